"""Folders of images, read by Hugging Face datasets."""

import gc
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from ssvae_core.export import ExportOptions
from ssvae_core.export.content import Said
from ssvae_core.export.folders import safe_names
from ssvae_core.export.rows import rows
from tests.support.export_files import slow, text, written
from tests.support.small_export import IDS, NAMES, small_content

NAME_OF = dict(zip(IDS, NAMES, strict=True))


@pytest.fixture(scope="module")
def folder_of_images(tmp_path_factory):
    """An image folder whose files came from several folders, with colliding names."""
    names = [f"{'abc'[i % 3]}/test_{i // 6}.jpeg" for i in range(24)]
    content = small_content(file_names=names)
    folder = tmp_path_factory.mktemp("images") / "out"
    return content, written(content, "imagefolder", folder)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # its open files
def test_hugging_face_reads_the_image_folder(folder_of_images, tmp_path):
    content, folder = folder_of_images
    datasets = pytest.importorskip("datasets")
    datasets.disable_progress_bars()
    found = datasets.load_dataset("imagefolder", data_dir=str(folder), cache_dir=str(tmp_path))
    assert list(found) == ["train"]
    assert len(found["train"]) == 23
    for row in found["train"]:
        i = row["example"]
        assert np.array_equal(np.asarray(row["image"]), content.values[i, ..., 0])
        said = content.said.get(i, Said())
        expected = said.label if said.label is not None else int(content.guesses.classes[i])
        assert row["label"].removeprefix("'") == NAME_OF[expected]
        assert row["source"] == ("model" if said.label is None else "person")
        assert row["original_name"] == content.file_names[i]
    del found
    gc.collect()  # what it leaves open is warned of in this test, not in a later one


def test_the_folders_are_the_classes(folder_of_images):
    content, folder = folder_of_images
    homes = [path.name for path in (folder / "train").iterdir() if path.is_dir()]
    assert sorted(homes) == sorted(safe_names(NAMES))
    shown = Counter()
    for row in rows(content, ExportOptions()):
        shown[safe_names(NAMES)[NAMES.index(row.shown)]] += 1
    files = Counter(path.parent.name for path in (folder / "train").glob("*/*.png"))
    assert files == shown


def test_names_of_folders_differ_and_are_safe():
    names = ["a/b", "a_b", "A:B", "con", "..", "", "test", "my-val 2", "=x", "x" * 300, "x" * 299]
    found = safe_names(names)
    assert len({name.casefold() for name in found}) == len(names)
    assert found[:7] == ["a_b", "a_b+2", "A_B+3", "con_", "_", "_+2", "~test"]
    assert found[7:9] == ["my-~val 2", "~=x"]
    assert all(len(name.encode()) < 200 for name in found)
    whole = ["\U0001f468\u200d\U0001f469", "\u0645\u06cc\u200c\u062e", "\u732b\u3000a", "caf\xe9"]
    assert safe_names(whole) == whole
    assert safe_names(["cafe\u0301", "caf\xe9"]) == ["caf\xe9", "caf\xe9+2"]


def test_a_kept_original_is_written_as_it_came(tmp_path):
    content = small_content(
        original=lambda i: (b"bytes %d" % i, "image/jpeg"),
        file_names=[f"IMG_{i}.JPG" for i in range(24)],
    )
    folder = written(content, "imagefolder", tmp_path / "out")
    found = {path.name: path.read_bytes() for path in (folder / "train").glob("*/*")}
    assert found["IMG_0.JPG"] == b"bytes 0"
    assert len(found) == 23


def test_colours_come_out_as_they_are(tmp_path):
    pixels = np.random.default_rng(1).integers(0, 255, (24, 8, 8, 3), np.uint8)
    folder = written(small_content(values=pixels), "imagefolder", tmp_path / "out")
    (path,) = folder.glob("train/*/000011.png")
    assert np.array_equal(np.asarray(Image.open(path)), pixels[11])


@slow
@given(names=st.lists(text, min_size=1, max_size=8, unique=True))
def test_any_class_makes_a_folder_of_its_own(names, tmp_path_factory):
    folder = tmp_path_factory.mktemp("any")
    found = safe_names(names)
    for name in found:
        assert name not in (".", "..")
        (folder / name).mkdir()
    assert len(list(folder.iterdir())) == len(names)
