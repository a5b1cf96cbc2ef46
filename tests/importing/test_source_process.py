"""Sources read in a process of their own: as here, within their memory, and past its death."""

import json
import subprocess
import sys

import numpy as np
import pytest

from ssvae_core.errors import NotFound, TooLarge, UserError
from ssvae_core.importing.import_data import Choice, import_data
from ssvae_core.importing.items import Item
from ssvae_core.importing.source_process import SourceProcess, open_apart
from ssvae_core.importing.sources import open_source
from ssvae_core.importing.sources.folder import Folder
from ssvae_core.system import environment
from tests.support.small_bombs import bombs
from tests.support.small_sources import (
    PICTURES,
    idx_bytes,
    in_csv_of_paths,
    in_parquet_of_bytes,
    in_zip,
    taken_in,
)

MOST_GROWTH = 100  # MB of this process, for files that hold more than that in one example
WATCH = """
import json, resource, sys
from pathlib import Path
from ssvae_core.errors import UserError
from ssvae_core.importing.import_data import Choice, import_data

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024

said, before = {}, peak()
for path in map(Path, sys.argv[2:]):
    try:
        for _ in import_data(path, Path(sys.argv[1]), name="x", choice=Choice(n_processes=1)):
            pass
        said[path.name] = "it was taken"
    except UserError as error:
        said[path.name] = str(error)
print(json.dumps({"said": said, "growth": peak() - before}))
"""


@pytest.fixture
def apart():
    """Opens sources apart, and closes them at the end."""
    opened = []

    def open_it(where, reading=()):
        opened.append(open_apart(where, dict(reading)))
        return opened[-1]

    yield open_it
    for source in opened:
        source.close()


def content_of(item):
    content = item.content() if callable(item.content) else item.content
    return content.tolist() if isinstance(content, np.ndarray) else content


def given(source):
    return [
        (item.name, item.class_name, content_of(item)) if isinstance(item, Item) else item
        for item in source.items()
    ]


def some_sources(folder):
    (folder / "x.idx").write_bytes(idx_bytes(PICTURES))
    np.savez(folder / "x.npz", x=PICTURES, y=np.arange(12) % 3, file_names=["é \udcff"] * 12)
    for name in ("csv", "parquet", "zip"):
        (folder / name).mkdir()
    return [
        folder / "x.idx",
        folder / "x.npz",
        in_csv_of_paths(folder / "csv"),
        in_parquet_of_bytes(folder / "parquet"),
        in_zip(folder / "zip"),
    ]


def test_a_source_is_apart_what_it_is_here(tmp_path, apart):
    for path in some_sources(tmp_path):
        here, there = open_source(path), apart(path)
        assert given(there) == given(here), path.name
        assert given(there) == given(here), "a second time"
        assert [*there.names()] == [*here.names()]
        some = [item.name for item in there.some(5, 2)]
        assert some == [item.name for item in here.some(5, 2)]
        for name in ("title", "kind", "are_folders", "class_names", "above", "notes"):
            assert getattr(there, name) == getattr(here, name), name
        assert (there.count(), there.value_range()) == (here.count(), here.value_range())
        assert [vars(each) for each in there.reading.options] == [
            vars(each) for each in here.reading.options
        ]


def test_folders_are_read_here(tmp_path, apart):
    assert isinstance(apart(tmp_path), Folder)


def test_an_error_comes_in_its_words_and_kind(tmp_path, apart):
    (tmp_path / "x.npy").write_bytes(b"noise")
    with pytest.raises(UserError, match=r"x\.npy cannot be read"):
        apart(tmp_path / "x.npy")
    np.save(tmp_path / "y.npy", PICTURES)
    with pytest.raises(UserError, match="'axes' can be images"):
        apart(tmp_path / "y.npy", {"axes": "sideways"})
    with pytest.raises(NotFound):
        apart(tmp_path / "nowhere.npy")


def test_a_process_that_dies_costs_a_sentence_and_is_started_again(tmp_path, apart):
    np.save(tmp_path / "x.npy", np.random.default_rng(0).integers(0, 9, (999, 80, 80), np.uint8))
    source = apart(tmp_path / "x.npy")
    items = source.items()
    next(items)
    source._child.kill()
    with pytest.raises(TooLarge, match=r"x\.npy could not be read: it is damaged, or unpacks"):
        list(items)
    assert len([*source.items()]) == 999
    next(iter(source.items()))  # not heard to its end
    assert len([*source.some(100, 3)]) == 3


def test_links_out_of_what_may_be_read_are_refused_apart_too(tmp_path, root):
    path = in_csv_of_paths(tmp_path)
    choice = Choice(n_processes=1, within=(tmp_path / "elsewhere",))
    with pytest.raises(UserError, match="outside of what may be read"):
        [*import_data(path, root, name="x", choice=choice)]


def test_an_import_through_processes_is_the_same_as_one_without(tmp_path, root):
    path = in_zip(tmp_path)
    here, _ = taken_in(path, root, name="here")
    apart, _ = taken_in(path, root, Choice(n_processes=2), name="apart")
    assert np.array_equal(here.images, apart.images)
    assert here.answer_key.tolist() == apart.answer_key.tolist()


def test_small_files_that_hold_gigabytes_cost_the_app_little_and_are_refused_in_words(tmp_path):
    found = bombs(tmp_path)
    assert max(path.stat().st_size for path in found) < 2_000_000
    command = [sys.executable, "-c", WATCH, str(tmp_path / "root"), *map(str, found)]
    said = json.loads(subprocess.check_output(command, env=environment()))
    for path, words in found.items():
        assert words in said["said"][path.name], path.name
        assert path.name in said["said"][path.name]
    assert said["growth"] < MOST_GROWTH


def test_the_class_of_the_process_stands_for_no_file(tmp_path):
    assert not SourceProcess.accepts(str(tmp_path))
