"""The columns of a table from import to import."""

import csv
import json

import numpy as np
import pytest

from ssvae_core.data import load_dataset
from ssvae_core.data.stored import MANIFEST
from ssvae_core.errors import Conflict
from ssvae_core.importing.import_data import Choice, add_later, import_to_end
from tests.support.small_imports import HERE, take_in

HEADER = ["length", "width", "kind"]
ROWS = [[1.5, 2, "a"], [3, "", "b"], [5, 4.5, "a"], [8, 9, "b"]]


def table(path, rows=ROWS, header=HEADER):
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    return path


def added(path, root, to):
    return import_to_end(add_later(path, root, to=to, choice=HERE))


@pytest.mark.parametrize("n_processes", [0, 1])
def test_names_and_raw_values_survive_the_import(n_processes, tmp_path, root):
    choice = Choice(n_processes=n_processes)
    imported = take_in(table(tmp_path / "x.csv"), root, choice=choice)
    data = load_dataset(imported.id, root)
    assert data.columns.names == ("length", "width")
    assert data.columns.are_examples
    assert np.isnan(data.columns.values[1, 1])
    assert data.images[1].tolist() == [3, 4.5]  # the median of 2, 4.5 and 9


def test_rows_that_are_added_have_the_same_columns(tmp_path, root):
    first = take_in(table(tmp_path / "x.csv"), root)
    more = table(tmp_path / "y.csv", [["", 7, "a"], [2, 3, "b"]])
    data = load_dataset(added(more, root, first.id).id, root)
    assert data.columns.names == ("length", "width")
    assert np.isnan(data.columns.values).tolist()[1] == [False, True]  # as it was
    assert np.isnan(data.columns.values).tolist()[4] == [True, False]
    assert data.images[4, 0] == np.median([1.5, 3, 5, 8, 2])


def test_rows_with_other_columns_are_refused_in_words(tmp_path, root):
    first = take_in(table(tmp_path / "x.csv"), root)
    other = table(tmp_path / "y.csv", header=["width", "length", "kind"])
    with pytest.raises(Conflict, match="has the columns length, width, and these rows have width"):
        added(other, root, first.id)


def test_an_older_data_set_without_columns_takes_more_rows(tmp_path, root):
    first = take_in(table(tmp_path / "x.csv"), root)
    path = first.folder / MANIFEST
    manifest = json.loads(path.read_text())
    del manifest["columns"]
    path.write_text(json.dumps(manifest))
    assert load_dataset(first.id, root).columns is None
    more = table(tmp_path / "y.csv", [[4, 7, "a"]])
    assert load_dataset(added(more, root, first.id).id, root).columns is None


def test_columns_that_are_damaged_are_left_out_with_a_note(tmp_path, root):
    first = take_in(table(tmp_path / "x.csv"), root)
    (first.folder / "columns.npy").write_bytes(b"no array")
    data = load_dataset(first.id, root)
    assert data.columns is None
    assert data.notes == ("The columns of 'scans' cannot be read and are left out.",)
    assert len(data) == 4
