"""Image files of an export tell the truth: name, ending, size and content belong together."""

import csv
import io
import json
import zipfile
from pathlib import PurePosixPath

import numpy as np
import pytest
from PIL import Image, ImageOps

from ssvae_core.csv_cells import unmarked
from ssvae_core.export import FORMATS, export
from ssvae_core.export.from_session import content_of
from ssvae_core.export.images import ENDINGS
from ssvae_core.labels.label_files import read_labels
from ssvae_core.session.trainer_client import Trainer
from ssvae_core.session.workspace import Workspace
from tests.support.export_files import written
from tests.support.small_export import small_content
from tests.support.small_originals import file_of, files_of_many_kinds, session_on, write_files

FILES = files_of_many_kinds()


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Trainer, "start", lambda self: None)
        patch.setenv("SSVAE_THREADS", "1")
        workspace = Workspace(tmp_path_factory.mktemp("workspace"))
        yield workspace
        workspace.close()


@pytest.fixture(scope="module")
def session(workspace, tmp_path_factory):
    """On a folder of files of many kinds."""
    folder = tmp_path_factory.mktemp("photos")
    write_files(folder, FILES)
    session = session_on(workspace, folder)
    assert len(session.data) == len(FILES)
    return session


def fits(path):
    """Whether a file's ending is that of its content."""
    with Image.open(path) as image:
        kind = "JPEG" if image.format == "MPO" else image.format
        return path.suffix.lower() in ENDINGS[kind]


def upright(content):
    """Height and width of a file as it is looked at."""
    with Image.open(io.BytesIO(content)) as image:
        width, height = ImageOps.exif_transpose(image).size
        return height, width


def table(path):
    with path.open(encoding="utf-8", newline="") as file:
        return [
            {name: unmarked(cell) for name, cell in row.items()} for row in csv.DictReader(file)
        ]


def test_an_import_writes_down_the_sizes_of_the_originals_as_they_are_looked_at(session):
    found = {
        name: session.data.provenance.size(i) for i, name in enumerate(session.data.file_names)
    }
    assert found == {name: size for name, (_, size) in FILES.items()}


def test_originals_are_exported_as_they_came_under_endings_that_are_true(session, tmp_path):
    folder = written(content_of(session), "imagefolder", tmp_path / "out")
    rows = table(folder / "train" / "metadata.csv")
    assert len(rows) == len(FILES)
    for row in rows:
        path = folder / "train" / row["file_name"]
        assert path.read_bytes() == FILES[row["original_name"]][0]
        assert fits(path), path.name
        assert path.parent.name == row["label"]
    names = {path.name for path in (folder / "train").glob("*/*")}
    assert {"c0.png", "disguised.webp", "no ending.jpg", "v1.2.png", "turned.tif"} <= names
    assert "disguised.jpg" in names  # what was called .png
    about = json.loads((folder / "export.json").read_text())
    assert about["images"] == {"originals": len(FILES), "copies": 0}
    assert about["choices"]["images"] == "originals"


def test_copies_have_names_that_no_original_of_another_size_has(session, tmp_path):
    folder = written(content_of(session), "imagefolder", tmp_path / "out", images="copies")
    for row in table(folder / "train" / "metadata.csv"):
        path = folder / "train" / row["file_name"]
        size = upright(path.read_bytes())
        original = FILES[row["original_name"]][1]
        assert fits(path), path.name
        assert max(size) <= 256
        assert (f"-{size[1]}x{size[0]}" in path.name) == (size != original)
    names = {path.name for path in (folder / "train").glob("*/*")}
    assert {"c0-256x192.jpg", "turned-192x256.jpg", "CON_.png"} <= names


def test_names_of_files_are_taken_by_every_file_system(session, tmp_path):
    folder = written(content_of(session), "label-studio", tmp_path / "out")
    names = [path.name for path in (folder / "images").iterdir()]
    assert len({name.casefold() for name in names}) == len(FILES)
    for name in names:
        stem = PurePosixPath(name).stem
        assert len(name.encode()) <= 255
        assert not set(name) & set('<>:"/\\|?*;')
        assert stem == stem.strip(" .")
        assert stem.casefold() not in ("con", "prn", "aux", "nul")


def test_coco_gives_the_size_of_the_original_that_it_names(session, tmp_path):
    folder = written(content_of(session), "coco", tmp_path / "out")
    found = json.loads((folder / "labels.json").read_text("utf-8"))
    said = {each["image_id"]: each for each in found["annotations"]}
    n_named = 0
    for image in found["images"]:
        name = image.get("original_name", image["file_name"])
        assert (image["height"], image["width"]) == FILES[name][1]
        assert said[image["id"]]["bbox"] == [0, 0, image["width"], image["height"]]
        assert said[image["id"]]["area"] == image["width"] * image["height"]
        n_named += 1
    assert n_named == len(FILES)
    # Some of these files have no ending of an image: all are brought along.
    assert {path.name for path in (folder / "images").iterdir()} == {
        image["file_name"] for image in found["images"]
    }


def test_coco_names_files_where_all_are_files_and_writes_none(workspace, tmp_path):
    files = {"b/c0.png": (file_of(1), (480, 640)), "turned.jpg": FILES["turned.jpg"]}
    write_files(tmp_path / "in", files)
    session = session_on(workspace, tmp_path / "in")
    folder = written(content_of(session), "coco", tmp_path / "out")
    images = json.loads((folder / "labels.json").read_text("utf-8"))["images"]
    found = {image["file_name"]: (image["height"], image["width"]) for image in images}
    assert found == {name: size for name, (_, size) in files.items()}
    assert not (folder / "images").exists()
    folder = written(content_of(session), "coco", tmp_path / "copies", images="copies")
    for image in json.loads((folder / "labels.json").read_text("utf-8"))["images"]:
        content = (folder / "images" / image["file_name"]).read_bytes()
        assert upright(content) == (image["height"], image["width"])
        assert max(upright(content)) == 256
        assert image["original_name"] in files


@pytest.mark.parametrize("format_name", ["imagefolder", "coco", "label-studio"])
def test_files_that_are_gone_or_changed_are_copies_and_that_is_said(
    workspace, tmp_path, format_name
):
    files = {f"{k}.png": (file_of(k), (480, 640)) for k in range(5)} | {"x": (file_of(9), (1, 1))}
    write_files(tmp_path / "in", files)
    session = session_on(workspace, tmp_path / "in")
    (tmp_path / "in" / "1.png").unlink()
    (tmp_path / "in" / "3.png").write_bytes(file_of(77))  # another picture under its name
    (tmp_path / "in" / "0.png").write_bytes(b"")
    (tmp_path / "in" / "00.png").write_bytes(file_of(78))  # a new one before it
    folder = written(content_of(session), format_name, tmp_path / "out")
    copies = [path for path in folder.rglob("*") if "-256x192" in path.name]
    assert sorted(path.name for path in copies) == [f"{k}-256x192.jpg" for k in (0, 1, 3)]
    assert all(map(fits, copies))
    about = json.loads((folder / "export.json").read_text())
    assert about["images"] == {"originals": 3, "copies": 3}


def test_where_all_is_gone_the_last_word_says_so(workspace, tmp_path):
    write_files(tmp_path / "in", {"a.png": (file_of(1), (480, 640))})
    session = session_on(workspace, tmp_path / "in")
    (tmp_path / "in").rename(tmp_path / "elsewhere")
    *_, last = export(content_of(session), "imagefolder", tmp_path / "out")
    assert "1 of 1 images is a smaller copy" in last.message
    assert (tmp_path / "out" / "train" / "cat" / "a-256x192.jpg").is_file()


def zipped_files(folder):
    with zipfile.ZipFile(folder / "photos.zip", "w") as archive:
        for name, (content, _) in FILES.items():
            archive.writestr(f"photos/{name}", content)
    return folder / "photos.zip"


def table_of_files(folder):
    write_files(folder, FILES)
    with (folder / "files.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["file_name", "label"])
        writer.writerows([name, "cat"] for name in reversed(FILES))
    return folder / "files.csv"


@pytest.mark.parametrize("source", [zipped_files, table_of_files])
def test_originals_come_from_zips_and_tables_too(workspace, tmp_path, source):
    (tmp_path / "in").mkdir()
    session = session_on(workspace, source(tmp_path / "in"))
    folder = written(content_of(session), "imagefolder", tmp_path / "out")
    found = {path.read_bytes() for path in (folder / "train").glob("*/*")}
    kept = {content for name, (content, _) in FILES.items() if name in session.data.file_names}
    assert len(session.data) >= len(FILES) - 1
    assert found == kept


def test_an_image_of_an_array_is_a_png_of_its_own_pixels(workspace, tmp_path):
    values = np.random.default_rng(0).integers(0, 255, (5, 48, 64, 3), np.uint8)
    np.save(tmp_path / "x.npy", values)
    session = session_on(workspace, tmp_path / "x.npy")
    folder = written(content_of(session), "coco", tmp_path / "out")
    images = json.loads((folder / "labels.json").read_text("utf-8"))["images"]
    for image, expected in zip(images, values, strict=True):
        with Image.open(folder / "images" / image["file_name"]) as png:
            assert np.array_equal(np.asarray(png), expected)
        assert (image["width"], image["height"]) == (64, 48)


@pytest.mark.parametrize("images", ["originals", "copies"])
@pytest.mark.parametrize("format_name", ["imagefolder", "coco", "label-studio"])
def test_labels_come_back_from_an_export(session, tmp_path, format_name, images):
    folder = written(content_of(session), format_name, tmp_path / "out", images=images)
    rows = read_labels(folder / FORMATS[format_name].reads_back).rows
    found = {row.file_name: row.class_name for row in rows if row.is_human}
    names = list(session.data.file_names)
    assert found == {name: ("cat", "dog")[i % 2] for i, name in enumerate(names)}


def test_an_exported_folder_is_imported_with_the_same_classes(workspace, session, tmp_path):
    folder = written(content_of(session), "imagefolder", tmp_path / "out")
    again = session_on(workspace, folder, labels=())
    assert len(again.data) == len(FILES)
    for name in again.data.file_names:
        assert name.split("/")[-2] in ("cat", "dog")


def test_images_that_are_all_there_is_are_originals(tmp_path):
    for images in ("originals", "copies"):
        folder = written(small_content(), "coco", tmp_path / images, images=images)
        about = json.loads((folder / "export.json").read_text())
        assert about["images"] == {"originals": 23, "copies": 0}
        assert (folder / "images" / "000011.png").is_file()
