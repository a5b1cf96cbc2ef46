"""Data sets by their Hugging Face id: without the package, and without the data set."""

import numpy as np
import pytest

from ssvae_core.errors import UserError
from ssvae_core.importing.import_data import Choice
from ssvae_core.importing.sources import open_source
from tests.support.small_files import encoded
from tests.support.small_sources import KEY, NAMES, PICTURES, N, taken_in


def test_without_the_package_it_is_said_what_to_do(monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "datasets", None)
    with pytest.raises(UserError, match="pip install datasets"):
        open_source("hf:some/where")


def test_a_data_set_that_datasets_cannot_find_is_said(tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(UserError, match="could not load"):
        open_source(f"hf:{tmp_path / 'empty'}")


def test_of_several_columns_the_names_and_the_schema_decide_and_it_is_said(tmp_path, root):
    from datasets import ClassLabel, Dataset, Features, Image, Sequence

    names = ClassLabel(names=list(NAMES))
    images = [{"bytes": encoded(each), "path": None} for each in PICTURES]
    masks = [{"bytes": encoded(255 - each), "path": None} for each in PICTURES]
    columns = {"mask": masks, "picture": images, "tags": [[0, 1]] * N, "race": KEY}
    kinds = {"mask": Image(), "picture": Image(), "tags": Sequence(names), "race": names}
    found = Dataset.from_dict(columns, features=Features(kinds))
    found.save_to_disk(str(tmp_path / "set"))
    data, report = taken_in(f"hf:{tmp_path / 'set'}", root)
    assert np.array_equal(data.images[..., 0], PICTURES)
    assert data.class_names == NAMES
    assert "The images are those of the column picture" in report.notes[0]
    choice = Choice(n_processes=0, reading={"image": "mask", "label": "none"})
    data, _ = taken_in(f"hf:{tmp_path / 'set'}", root, choice)
    assert np.array_equal(data.images[..., 0], 255 - PICTURES)
    assert data.class_names == ()
