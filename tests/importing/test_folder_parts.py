"""Folders to train and to test on: what is kept apart, and what a person says otherwise."""

import zipfile

import pytest

from ssvae_core.data import load_dataset
from ssvae_core.errors import UserError
from ssvae_core.importing.class_folders import ClassFolders
from ssvae_core.importing.folder_parts import FolderParts
from ssvae_core.importing.import_data import Choice, add_later, import_to_end
from ssvae_core.importing.reading import Reading
from tests.support.small_files import encoded, picture, write
from tests.support.small_sources import taken_in

PARTS = {"train": range(6), "val": range(6, 9), "test": range(9, 13)}


def name_of(part, k):
    return f"{part}/{'ab'[k % 2]}/{k:02}.png"


def in_parts(folder, parts=PARTS):
    for part, numbers in parts.items():
        for k in numbers:
            write(folder / name_of(part, k), encoded(picture(k, 300, 300)))
    return folder


def in_zip(folder):
    with zipfile.ZipFile(folder / "x.zip", "w") as archive:
        for part, numbers in PARTS.items():
            for k in numbers:
                archive.writestr(name_of(part, k), encoded(picture(k, 300, 300)))
    return folder / "x.zip"


@pytest.mark.parametrize("make", [in_parts, in_zip])
def test_a_test_part_is_kept_apart_with_its_classes_and_originals(make, tmp_path, root):
    n_processes = 1 if make is in_zip else 0  # a zip is read in a process of its own
    data, report = taken_in(make(tmp_path), root, Choice(n_processes=n_processes))
    assert (len(data), len(data.test_images), data.class_names) == (9, 4, ("a", "b"))
    assert {name.split("/")[0] for name in data.file_names} == {"train", "val"}
    assert data.test_images.shape[1:] == data.shape
    assert data.test_answer_key.tolist() == [0, 0, 1, 1]  # 10 and 12 are of a, 9 and 11 of b
    assert data.test_original(3)[1] == data.original(0)[1] == "image/jpeg"
    assert report.classes == {"a": 5, "b": 4}
    assert "4 images are the test part: nothing learns from it." in report.sentences()
    (option,) = report.reading
    assert (option["name"], option["value"]) == ("test", "test")
    assert option["options"] == [["test", "test/"], ["validation", "val/"], ["", "None"]]


@pytest.mark.parametrize(
    ("said", "apart"), [("test", "test"), ("validation", "val"), ("none", ""), ("", "")]
)
def test_which_part_it_is_can_be_said(said, apart, tmp_path, root):
    choice = Choice(n_processes=0, reading={"test": said})
    data, report = taken_in(in_parts(tmp_path / "in"), root, choice)
    assert (data.test_images is None) == (not apart)
    n_test = len(PARTS.get(apart, ()))
    assert (len(data), report.n_test) == (13 - n_test, n_test)
    assert apart not in {name.split("/")[0] for name in data.file_names}
    with pytest.raises(UserError, match=r"'test' can be test, validation, none; got 'train'\."):
        taken_in(tmp_path / "in", root, Choice(n_processes=0, reading={"test": "train"}))


def test_with_classes_ignored_the_test_part_has_no_answers(tmp_path, root):
    data, _ = taken_in(in_parts(tmp_path), root, Choice(n_processes=0, role="ignore"))
    assert (data.class_names, data.test_answer_key, len(data.test_images)) == ((), None, 4)


def test_images_added_later_leave_the_test_part_as_it_is_and_may_add_to_it(tmp_path, root):
    data, _ = taken_in(in_parts(tmp_path / "in"), root)
    more = {"train": [*range(20, 23), 9], "test": [30, 0]}  # of which 9 was to test on, 0 was not
    events = add_later(
        in_parts(tmp_path / "more", more), root, to="x", choice=Choice(n_processes=0)
    )
    imported = import_to_end(events)
    both = load_dataset(imported.id, root)
    assert (len(both), len(both.test_images)) == (12, 5)
    assert (both.images[:9] == data.images).all()
    assert (both.test_images[:4] == data.test_images).all()
    why = dict(imported.report.skipped["duplicate"].files)
    assert why["train/b/09.png"] == "same pixels as test/b/09.png, of the test part"
    assert why["test/a/00.png"].startswith("same pixels as example ")


@pytest.mark.parametrize(
    ("folders", "in_test"),
    [
        ({"train/a", "train/b", "test/a", "test/b"}, {"test/a", "test/b"}),
        (
            {"seg_train/seg_train/a", "seg_train/seg_train/b", "seg_test/seg_test/a"},
            {"seg_test/seg_test/a"},
        ),
        ({"train/a", "train/b", "validation/a"}, {"validation/a"}),
        ({"x/train/a", "x/train/b", "x/test/a"}, {"x/test/a"}),
        ({"train/a", "train/b", "test"}, set()),  # without classes it is there to be labelled
        ({"train", "test"}, set()),
        ({"test/a", "val/a"}, set()),  # none is to train on
        ({"train", "dog"}, set()),  # "train" is a class of vehicles
        ({"plane", "test"}, set()),
    ],
)
def test_where_no_one_says_a_part_with_classes_beside_one_to_train_on_is_tested_on(
    folders, in_test
):
    paths = [tuple(each.split("/")) for each in folders]
    parts = FolderParts(ClassFolders(paths), Reading())
    assert {"/".join(path) for path in paths if parts.is_in_test(path)} == in_test
