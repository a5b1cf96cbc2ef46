"""Originals found again, one for each example, whatever happened to the source."""

import json
import shutil

import numpy as np
import pytest

from ssvae_core.data import load_dataset
from ssvae_core.importing.import_data import Choice, add_later, import_to_end
from ssvae_core.importing.original_files import OriginalFiles
from tests.support.small_imports import folder_of_classes, take_in

HERE = Choice(n_processes=0)


@pytest.fixture
def source(tmp_path):
    folder = tmp_path / "in"
    folder_of_classes(folder)
    return folder


def files_of(imported, root, n_processes=0):
    data = load_dataset(imported.id, root)
    return data, OriginalFiles(data.file_names, data.provenance, n_processes)


def test_each_example_has_its_file(source, root):
    data, files = files_of(take_in(source, root), root)
    found = list(files(range(len(data))))
    assert found == [(source / name).read_bytes() for name in data.file_names]
    assert list(files([2, 7])) == [found[2], found[7]]
    assert list(files([])) == []


def test_what_is_gone_or_another_is_none_and_the_rest_is_found(source, root):
    data, files = files_of(take_in(source, root), root)
    names = list(data.file_names)
    (source / names[1]).unlink()
    (source / names[4]).write_bytes((source / names[5]).read_bytes())
    (source / "cat" / "00.png").write_bytes((source / names[5]).read_bytes())
    found = list(files(range(len(names))))
    assert [k for k, each in enumerate(found) if each is None] == [1, 4]


def test_a_source_that_is_something_else_now_gives_nothing(source, root):
    data, files = files_of(take_in(source, root), root)
    source.rename(source.with_name("elsewhere"))
    assert set(files(range(len(data)))) == {None}
    source.write_text("a file, and no folder")
    assert set(files(range(len(data)))) == {None}


def test_images_added_later_are_found_in_their_own_place(source, root, tmp_path):
    take_in(source, root)
    folder_of_classes(tmp_path / "more", ("cat", "owl"), n=5)
    imported = import_to_end(add_later(tmp_path / "more", root, to="scans", choice=HERE))
    data, files = files_of(imported, root)
    found = list(files(range(len(data))))
    assert found[:12] == [(source / name).read_bytes() for name in data.file_names[:12]]
    assert found[12:] == [(tmp_path / "more" / name).read_bytes() for name in data.file_names[12:]]
    assert (np.asarray(data.provenance.sizes) == 12).all()


def test_where_nobody_wrote_down_the_earlier_files_they_are_not_guessed(source, root, tmp_path):
    take_in(source, root)
    folder_of_classes(tmp_path / "more", ("cat", "owl"), n=5)
    imported = import_to_end(add_later(tmp_path / "more", root, to="scans", choice=HERE))
    path = imported.folder / "manifest.json"  # as earlier versions wrote it
    manifest = json.loads(path.read_text())
    path.write_text(json.dumps({**manifest, "origins": None}))
    data, files = files_of(imported, root)
    found = list(files(range(len(data))))
    assert found[:12] == [None] * 12
    assert None not in found[12:]


def test_a_hundred_files_that_are_gone_cost_no_other(root, tmp_path):
    folder_of_classes(tmp_path / "in", ("a", "b"), n=100)
    data, files = files_of(take_in(tmp_path / "in", root), root)
    shutil.rmtree(tmp_path / "in" / "a")
    (tmp_path / "in" / "a").mkdir()
    found = list(files(range(len(data))))
    assert found[:100] == [None] * 100
    assert None not in found[100:]


def test_a_set_of_an_earlier_version_has_no_sizes_and_finds_its_files(source, root):
    imported = take_in(source, root)
    (imported.folder / "sizes.npy").unlink()
    data, files = files_of(imported, root)
    assert data.provenance.size(0) is None
    assert list(files([0])) == [(source / data.file_names[0]).read_bytes()]
    take_in(source, root)  # read again, it has them
    assert load_dataset(imported.id, root).provenance.size(0) == (12, 12)


def test_a_folder_that_has_one_more_inside_now_still_has_its_files(root, tmp_path):
    folder_of_classes(tmp_path / "in" / "wrapper", ("a",), n=3)
    data, files = files_of(take_in(tmp_path / "in", root), root)
    folder_of_classes(tmp_path / "in" / "another", ("b",), n=2)
    assert None not in list(files(range(len(data))))
