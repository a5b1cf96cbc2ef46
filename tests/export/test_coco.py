"""COCO files, read by pycocotools."""

import json

import pytest

from tests.support.export_files import written
from tests.support.small_export import IDS, NAMES, small_content


def test_pycocotools_reads_labels_and_guesses(tmp_path, capsys):
    coco = pytest.importorskip("pycocotools.coco")
    folder = written(small_content(), "coco", tmp_path / "out")
    labels = coco.COCO(str(folder / "labels.json"))
    assert [each["name"] for each in labels.loadCats(labels.getCatIds())] == list(NAMES)
    assert len(labels.getImgIds()) == 23
    (first,) = labels.loadAnns(labels.getAnnIds(imgIds=[1]))
    assert (first["category_id"], first["annotator"], first["bbox"]) == (1, "Ana", [0, 0, 8, 8])
    assert len(labels.getAnnIds()) == 7  # of people only
    guesses = labels.loadRes(str(folder / "guesses.json"))
    (eleventh,) = guesses.loadAnns(guesses.getAnnIds(imgIds=[12]))
    assert eleventh["category_id"] == IDS[3] + 1
    assert eleventh["score"] == pytest.approx(0.3 + 0.7 * 11 / 23, abs=1e-6)
    names = [image["file_name"] for image in labels.loadImgs(labels.getImgIds())]
    assert all((folder / "images" / name).is_file() for name in names)


def test_coco_names_the_files_of_a_data_set_that_has_them(tmp_path):
    names = [f"b/{i}.jpg" for i in range(24)]
    folder = written(small_content(file_names=names), "coco", tmp_path / "out")
    found = json.loads((folder / "labels.json").read_text("utf-8"))
    assert [image["file_name"] for image in found["images"]] == [*names[:3], *names[4:]]
    assert not (folder / "images").exists()
