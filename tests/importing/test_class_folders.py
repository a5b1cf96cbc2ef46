"""Which folders are classes, in folders and zips as people publish them."""

import zipfile
from dataclasses import replace

import pytest

from ssvae_core.data import load_dataset
from ssvae_core.importing.class_folders import ClassFolders
from ssvae_core.importing.import_data import add_later, import_to_end
from tests.support.small_files import encoded, picture, write
from tests.support.small_imports import HERE, take_in

# {files: the classes that they make, "" for none}
LAYOUTS = {
    "a wrapper beside a readme": {
        "readme.txt": None,
        "PetImages/Cat/1.jpg": "Cat",
        "PetImages/Dog/1.jpg": "Dog",
        "PetImages/Dog/Thumbs.db": None,
    },
    "what a Mac leaves behind": {
        ".DS_Store": None,
        "pets/.DS_Store": None,
        "__MACOSX/pets/cat/._1.png": None,
        "pets/cat/1.png": "cat",
        "pets/dog/1.png": "dog",
    },
    "a part in a part of the same name": {
        "training_set/training_set/cats/1.png": "cats",
        "training_set/training_set/dogs/1.png": "dogs",
        "training_set/training_set/_DS_Store": None,
        "test_set/test_set/cats/1.png": "cats",
    },
    "two wrappers": {"dataset/images/cat/1.png": "cat", "dataset/images/dog/1.png": "dog"},
    "parts in a wrapper": {"archive/train/cat/1.png": "cat", "archive/test/dog/1.png": "dog"},
    "a wrapper in parts in a wrapper": {
        "v1/train/images/cat/1.png": "cat",
        "v1/test/images/dog/1.png": "dog",
        "v1/train/labels/1.txt": None,
    },
    "parts with a word more": {
        "seg_train/seg_train/sea/1.png": "sea",
        "seg_train/seg_train/ice/1.png": "ice",
        "seg_test/seg_test/sea/1.png": "sea",
        "seg_pred/seg_pred/1.png": "",
    },
    "a part without classes": {
        "train/cat/1.png": "cat",
        "train/dog/1.png": "dog",
        "test/1.png": "",
    },
    "stray images in a wrapper": {
        "PetImages/sample.png": "",
        "PetImages/Cat/1.png": "Cat",
        "PetImages/Dog/1.png": "Dog",
    },
    "stray images beside a wrapper": {
        "sample.png": "",
        "PetImages/Cat/1.png": "Cat",
        "PetImages/Dog/1.png": "Dog",
    },
    "no classes": {"photos/1.png": "", "photos/2.png": "", "readme.md": None},
    "one folder": {"cat/1.png": "", "cat/2.png": ""},
    "one folder, and images that lie in none": {"cat/1.png": "cat", "2.png": ""},
    "folders in classes": {
        "cat/2021/a.png": "cat",
        "cat/2022/b.png": "cat",
        "dog/2021/a.png": "dog",
    },
    "all of it twice": {
        "chest/train/well/1.png": "well",
        "chest/train/ill/1.png": "ill",
        "chest/test/ill/1.png": "ill",
        "chest/chest/train/well/2.png": "well",
        "chest/chest/test/ill/2.png": "ill",
    },
    "what servers and systems leave behind": {
        "cat/1.png": "cat",
        "cat/@eaDir/1.png/thumb.png": None,
        "dog/1.png": "dog",
        "@eaDir/thumb.png": None,
        "$RECYCLE.BIN/2.png": None,
        ".thumbnails/1.png": None,
    },
    "a class called as a part is": {
        "train/1.png": "train",
        "plane/1.png": "plane",
        "bus/1.png": "bus",
    },
    "classes called as parts are, in parts": {
        "train/train/1.png": "train",
        "train/plane/1.png": "plane",
        "test/train/1.png": "train",
    },
    "what passed and what did not": {"valid/1.png": "valid", "invalid/1.png": "invalid"},
    "only parts": {"Training/1.png": "", "val2017/1.png": ""},
    "a folder whose files only say that they are images": {
        "PetImages/Cat/1.png": "Cat",
        "PetImages/Dog/1.png": "Dog",
        "previews/1.png": None,
    },
    "images whose names do not say it": {"x/cat/001": "cat", "x/dog/002.dat": "dog"},
}


def files_of(layout):
    """{name: bytes} of a layout, every image of its own."""
    return {
        name: b"no image" if label is None and "thumb" not in name else encoded(picture(seed))
        for seed, (name, label) in enumerate(layout.items())
    }


def in_folder(layout, tmp_path):
    for name, content in files_of(layout).items():
        write(tmp_path / "in" / name, content)
    return tmp_path / "in"


def in_zip(layout, tmp_path):
    path = tmp_path / "in.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files_of(layout).items():
            archive.writestr(name, content)
    return path


@pytest.mark.parametrize("packed", [in_folder, in_zip])
@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_classes_are_told_by_where_images_lie(layout, packed, tmp_path, root):
    source = packed(layout, tmp_path)
    data = load_dataset(take_in(source, root).id, root)
    if data.test_images is not None:  # a part that is kept apart; here all are looked at
        joined = replace(HERE, reading={"test": "none"})
        data = load_dataset(take_in(source, root, "joined", joined).id, root)
    expected = {name: label for name, label in layout.items() if label is not None}
    key = [-1] * len(data) if data.answer_key is None else data.answer_key
    found = {
        name: data.class_names[label] if label >= 0 else ""
        for name, label in zip(data.file_names, key, strict=True)
    }
    assert len(found) == len(expected)
    for name, label in found.items():  # names begin below what all images lie in
        assert [expected[full] for full in expected if f"/{full}".endswith(f"/{name}")] == [label]


def test_a_link_to_a_wrapper_is_one(tmp_path, root):
    for seed, name in enumerate(("cat", "dog")):
        write(tmp_path / "elsewhere" / "pets" / name / "1.png", encoded(picture(seed)))
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "link").symlink_to(tmp_path / "elsewhere")
    assert list(take_in(tmp_path / "in", root).report.classes) == ["cat", "dog"]


def test_what_was_taken_for_no_class_is_said(tmp_path, root):
    write(tmp_path / "in" / "train" / "cat" / "1.png", encoded(picture(1)))
    assert take_in(tmp_path / "in", root).report.notes == [
        'The folder "train" is a part of the data set, no class.',
        'All images lie in the folder "cat": alone it tells nothing apart, and is no class.',
    ]
    assert ClassFolders([("train", "x"), ("test", "x"), ("val", "y")]).notes == [
        'The folders "test", "train", "val" are parts of the data set, not classes.'
    ]


def test_a_folder_called_as_a_class_that_is_there_is_one_though_it_comes_alone(tmp_path, root):
    for seed, name in enumerate(("train", "dog")):
        write(tmp_path / "in" / name / "1.png", encoded(picture(seed)))
    take_in(tmp_path / "in", root)
    write(tmp_path / "more" / "train" / "9.png", encoded(picture(9)))
    added = import_to_end(add_later(tmp_path / "more", root, to="scans", choice=HERE))
    assert added.report.classes == {"dog": 1, "train": 2}


@pytest.mark.parametrize(
    ("folders", "path", "expected"),
    [
        ([("~train",), ("~test",)], ("~train",), "~train"),  # as an export of ours calls a class
        ([("train", "2021"), ("plane", "2021")], ("train", "2021"), "train"),
        ([("train", "a"), ("train", "b"), ("figures",)], ("train", "a"), "a"),
        ([("a", "cat"), ()], ("a", "cat"), "cat"),
        ([("cat",), ("cat", "2021"), ()], ("cat", "2021"), "cat"),
        ([("a", "b")], ("a", "c", "d"), "c"),  # of a file that came later
        ([], ("a",), "a"),
        ([()], (), None),
    ],
)
def test_of_folders_alone(folders, path, expected):
    assert ClassFolders(folders).class_of(path) == expected
