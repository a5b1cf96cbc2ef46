"""Exports of labels and guesses, read again by what reads such files elsewhere, and by us."""

import csv
import dataclasses
import errno
import json
from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from PIL import Image
from small_export import AT, IDS, NAMES, small_content

from ssvae_core.errors import UserError
from ssvae_core.export import FORMATS, ExportOptions, export
from ssvae_core.export.content import ClassInfo, Said, best_guesses
from ssvae_core.export.folders import safe_names
from ssvae_core.export.reading import place, standing
from ssvae_core.export.rows import COLUMNS, rows
from ssvae_core.export.writing import ABOUT
from ssvae_core.labels.label_files import read_labels

LIGHT = [name for name, kind in FORMATS.items() if not kind.needs_model]
READ_BACK = [name for name, kind in FORMATS.items() if kind.reads_back]
NAME_OF = dict(zip(IDS, NAMES, strict=True))


def written(content, name, folder, **options):
    """The folder of an export."""
    *_, last = export(content, name, folder, ExportOptions(**options))
    assert last.done == folder
    return folder


def read_again(content, folder, name):
    """What an export says of each example, by our own reader."""
    names = [content.file_name(i) for i in range(len(content))]
    placed = place(read_labels(folder / FORMATS[name].reads_back), names, content.classes)
    assert placed.unknown_files == placed.new_classes == ()
    return standing(placed, content.classes)


def same(said, other):
    """Whether two say the same, times to the microsecond."""
    times = [(0 if each.at is None else each.at) for each in (said, other)]
    return abs(times[0] - times[1]) < 2e-6 and dataclasses.replace(
        said, at=None
    ) == dataclasses.replace(other, at=None)


# Every format


@pytest.mark.parametrize("name", LIGHT)
def test_every_format_writes_a_folder_that_says_what_it_is(name, tmp_path):
    content = small_content()
    folder = written(content, name, tmp_path / "out")
    about = json.loads((folder / ABOUT).read_text("utf-8"))
    assert about["format"] == name
    assert about["data_fingerprint"] == "f00d"
    assert about["model_version"] == "12.840"
    assert about["labels"] == 7
    assert list(about["classes"].values()) == list(NAMES)
    assert [path.name for path in tmp_path.iterdir()] == ["out"]  # nothing is left beside it


@pytest.mark.parametrize("name", LIGHT)
def test_every_format_has_a_title_and_says_what_it_is_for(name):
    assert FORMATS[name].title
    assert len(FORMATS[name].about) > 10


@pytest.mark.parametrize("name", LIGHT)
def test_an_export_is_never_written_over_something_else(name, tmp_path):
    (tmp_path / "mine.txt").write_text("precious")
    with pytest.raises(UserError, match=r"is no export\. It is left as it is"):
        list(export(small_content(), name, tmp_path, replace=True))
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


@pytest.mark.parametrize("name", LIGHT)
def test_an_earlier_export_is_replaced_only_when_that_is_said(name, tmp_path):
    out = written(small_content(), name, tmp_path / "out")
    before = sorted(path.name for path in out.rglob("*"))
    (out / "note.txt").write_text("mine")
    with pytest.raises(UserError, match="holds an earlier export"):
        list(export(small_content(), name, out))
    list(export(small_content(), name, out, replace=True))
    assert sorted(path.name for path in out.rglob("*")) == before
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize("name", LIGHT)
def test_an_export_that_is_stopped_leaves_nothing(name, tmp_path):
    work = export(small_content(), name, tmp_path / "out")
    next(work)
    work.close()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", LIGHT)
def test_an_empty_session_can_be_exported(name, tmp_path):
    written(small_content(said={}, guesses=None, truth=None, audit=None), name, tmp_path / "out")


@pytest.mark.parametrize("name", [name for name in LIGHT if FORMATS[name].needs_images])
def test_vectors_are_refused_by_formats_for_images(name, tmp_path):
    content = small_content(values=np.zeros((24, 5), np.float32))
    with pytest.raises(UserError, match=f"'{name}' is for images; 'pets' holds vectors"):
        list(export(content, name, tmp_path / "out"))


@pytest.mark.parametrize("name", [name for name in LIGHT if not FORMATS[name].needs_images])
def test_vectors_can_be_exported_by_the_others(name, tmp_path):
    written(small_content(values=np.zeros((24, 5), np.float32)), name, tmp_path / "out")


def test_a_full_disk_is_said_and_leaves_nothing(tmp_path, monkeypatch):
    def full(self, data):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(
        UserError, match=r"^The disk is full: the export to .* was not written, and"
    ):
        list(export(small_content(), "imagefolder", tmp_path / "out"))
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_may_not_be_written_is_said(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match=r"cannot be written to .*: File exists\. Name another"):
        list(export(small_content(), "csv", tmp_path / "file" / "out"))


def test_an_unknown_format_is_refused_with_those_there_are(tmp_path):
    with pytest.raises(UserError, match=r"Unknown format 'xls'\. Choose one of: csv, jsonl"):
        list(export(small_content(), "xls", tmp_path))


def test_choices_out_of_range_are_refused():
    with pytest.raises(UserError, match="between 0 and 1, got 50"):
        ExportOptions(min_confidence=50)
    with pytest.raises(UserError, match="Unknown choice 'some'"):
        ExportOptions("some")


# What is in an export


def test_junk_is_left_out_unless_asked_for():
    content = small_content()
    assert 3 not in {row.example for row in rows(content, ExportOptions())}
    assert 3 in {row.example for row in rows(content, ExportOptions(with_junk=True))}


def test_all_is_every_example_labels_what_people_said_guesses_the_rest():
    content = small_content()
    found = {what: [row.example for row in rows(content, ExportOptions(what))] for what in
             ("all", "labels", "guesses")}  # fmt: skip
    assert found["all"] == [i for i in range(24) if i != 3]
    assert found["labels"] == [0, 1, 2, 4, 5, 6, 7, 8, 9]
    assert found["guesses"] == list(range(10, 24))
    assert all(row.guess is None for row in rows(content, ExportOptions("labels")))
    assert all(row.label is None for row in rows(content, ExportOptions("guesses")))


def test_a_guess_that_only_repeats_a_label_is_not_told_as_one():
    found = {row.example: row for row in rows(small_content(), ExportOptions())}
    assert found[0].label == "cat"
    assert found[0].guess is None  # the model has been told
    assert found[5].guess is not None  # held out from training: a guess of its own
    assert found[2].guess is not None


def test_guesses_below_the_least_confidence_are_left_out():
    content = small_content()
    found = {row.example: row for row in rows(content, ExportOptions(min_confidence=0.7))}
    sure = content.guesses.confidence >= 0.7
    assert len(found) == 23  # the example stays, without a guess
    assert all((found[i].guess is not None) == sure[i] for i in range(10, 24))
    kept = [row.example for row in rows(content, ExportOptions("guesses", 0.7))]
    assert kept == [i for i in range(10, 24) if sure[i]]


def test_the_best_guess_of_nothing_is_none():
    classes, confidence = best_guesses(np.array([[0, 0, 0], [0.2, 0.7, 0.1]], np.float16))
    assert classes.tolist() == [-1, 1]
    assert confidence == pytest.approx([0, 0.7], abs=1e-3)


# Read by others


def check_table(table):
    """The facts of small_content in a table as pandas reads it."""
    assert list(table.columns) == list(COLUMNS)
    assert len(table) == 23
    by_example = table.set_index("example")
    assert by_example.loc[0, "label"] == "cat"
    assert by_example.loc[0, "annotator"] == "Ana"
    assert pd.Timestamp(by_example.loc[0, "labelled_at"]).timestamp() == AT
    assert pd.isna(by_example.loc[0, "guess"])
    assert json.loads(by_example.loc[1, "votes"]) == {"Ana": NAMES[0], "Bo": NAMES[3]}
    assert by_example.loc[2, "state"] == "unsure"
    assert by_example.loc[7, "label"] == NAMES[1]
    assert by_example.loc[9, "label"] == NAMES[3]
    assert by_example.loc[11, "guess"] == NAMES[3]
    assert by_example.loc[11, "confidence"] == pytest.approx(0.3 + 0.7 * 11 / 23)
    assert by_example.loc[11, "model_version"] == "12.840"
    assert set(by_example["predicted_by"].dropna()) == {"model"}
    assert by_example["audit"].dropna().astype(bool).sum() == 1


def test_pandas_reads_the_csv(tmp_path):
    folder = written(small_content(), "csv", tmp_path / "out")
    check_table(pd.read_csv(folder / "labels.csv", dtype={"model_version": str}))


def test_pandas_reads_the_parquet_with_times_as_times(tmp_path):
    folder = written(small_content(), "parquet", tmp_path / "out")
    table = pd.read_parquet(folder / "labels.parquet")
    check_table(table)
    assert str(table["labelled_at"].dtype).startswith("datetime64[us, UTC")


def test_pandas_reads_the_json_lines(tmp_path):
    folder = written(small_content(), "jsonl", tmp_path / "out")
    table = pd.read_json(folder / "labels.jsonl", lines=True, dtype={"model_version": str})
    assert table["votes"].dropna().tolist() == [{"Ana": NAMES[0], "Bo": NAMES[3]}]
    table["votes"] = table["votes"].map(json.dumps, na_action="ignore")
    check_table(table)


def test_no_cell_of_a_csv_is_a_formula(tmp_path):
    folder = written(small_content(), "csv", tmp_path / "out")
    with (folder / "labels.csv").open(encoding="utf-8", newline="") as file:
        cells = [cell for row in csv.reader(file) for cell in row]
    assert "'=1+1" in cells
    assert not [cell for cell in cells if cell[:1] in ("=", "+", "-", "@", "\t", "\r")]


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


CHOICE = {
    "type": "object",
    "required": ["from_name", "to_name", "type", "value"],
    "properties": {
        "from_name": {"const": "class"},
        "to_name": {"const": "image"},
        "type": {"const": "choices"},
        "value": {
            "type": "object",
            "required": ["choices"],
            "properties": {"choices": {"type": "array", "items": {"enum": list(NAMES)}}},
        },
        "score": {"type": "number", "minimum": 0, "maximum": 1},
    },
}
# As labelstud.io/guide/tasks and /guide/predictions document what can be imported.
TASKS = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["data"],
        "additionalProperties": False,
        "properties": {
            "data": {"type": "object", "required": ["image"]},
            "annotations": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["result"],
                    "properties": {
                        "result": {"type": "array", "items": CHOICE},
                        "was_cancelled": {"type": "boolean"},
                        "ground_truth": {"type": "boolean"},
                    },
                },
            },
            "predictions": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["result", "model_version", "score"],
                    "properties": {"result": {"type": "array", "minItems": 1, "items": CHOICE}},
                },
            },
            "meta": {"type": "object"},
        },
    },
}


def test_tasks_follow_label_studios_documented_schema(tmp_path):
    import jsonschema

    folder = written(small_content(), "label-studio", tmp_path / "out", with_junk=True)
    tasks = json.loads((folder / "tasks.json").read_text("utf-8"))
    jsonschema.validate(tasks, TASKS)
    assert tasks[0]["annotations"][0]["result"][0]["value"] == {"choices": ["cat"]}
    assert tasks[0]["predictions"] == []
    assert tasks[11]["annotations"] == []
    assert tasks[11]["predictions"][0]["model_version"] == "guided 12.840"
    assert [task["annotations"][0]["was_cancelled"] for task in tasks[3:6]] == [True, True, False]
    address = tasks[11]["data"]["image"]
    assert address == "/data/local-files/?d=images/000011.png"
    assert (folder / "images" / "000011.png").is_file()


def test_the_setup_of_label_studio_names_the_classes(tmp_path):
    from xml.etree import ElementTree

    folder = written(small_content(), "label-studio", tmp_path / "out")
    view = ElementTree.parse(folder / "config.xml").getroot()
    assert [choice.get("value") for choice in view.iter("Choice")] == list(NAMES)
    assert (view.find("Image").get("value"), view.find("Choices").get("toName")) == (
        "$image",
        "image",
    )


# Read again by us


@pytest.mark.parametrize("name", READ_BACK)
def test_an_export_read_again_gives_the_same_state(name, tmp_path):
    content = small_content()
    folder = written(content, name, tmp_path / "out", with_junk=True)
    found = read_again(content, folder, name)
    assert found.keys() == content.said.keys()
    for i, said in content.said.items():
        assert same(found[i], said), (i, found[i], said)


@pytest.mark.parametrize("name", READ_BACK)
def test_guesses_are_not_taken_for_labels_when_read(name, tmp_path):
    content = small_content(said={})
    folder = written(content, name, tmp_path / "out")
    if name == "coco":  # the guesses are in a file of their own
        with pytest.raises(UserError, match="holds no labels"):
            read_labels(folder / "labels.json")
        return
    read = read_labels(folder / FORMATS[name].reads_back).rows
    assert len(read) == 24
    assert not any(row.is_human for row in read)
    assert read[11].class_name == NAMES[3]


text = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)
words = st.lists(text, min_size=4, max_size=4, unique=True)
words = words | st.permutations(['a,"b"', "=cmd|' /C calc'!A0", "'x", "-1", "a\r\nb", "🐈", "a/b"])
slow = settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@pytest.mark.parametrize("name", READ_BACK)
@slow
@given(names=words, person=text)
@example(names=["a", " a", "a ", "\n"], person="'")
def test_any_class_name_comes_back(name, names, person, tmp_path_factory):
    folder = tmp_path_factory.mktemp("any") / "out"
    content = small_content(8, tuple(names[:4]), size=2)
    said = {i: Said(k, annotator=person, at=AT) for i, k in enumerate(content.classes)}
    content = dataclasses.replace(content, said=said)
    written(content, name, folder)
    assert read_again(content, folder, name) == said


@slow
@given(names=st.lists(text, min_size=1, max_size=8, unique=True))
def test_any_class_makes_a_folder_of_its_own(names, tmp_path_factory):
    folder = tmp_path_factory.mktemp("any")
    found = safe_names(names)
    for name in found:
        assert name not in (".", "..")
        (folder / name).mkdir()
    assert len(list(folder.iterdir())) == len(names)


def test_a_row_finds_its_image_by_the_end_of_its_path_unless_two_share_it():
    content = small_content(3, file_names=["a/1.png", "b/1.png", "b/2.png"])
    from ssvae_core.labels.label_files import LabelFile, LabelRow

    file = LabelFile(
        ("cat", "cow"),
        (
            LabelRow("a/1.png", "cat"),
            LabelRow("C:\\photos\\2.png", "cow"),
            LabelRow("x/1.png", "cat"),
            LabelRow("b/1.png", "cat", is_human=False),
        ),
    )
    placed = place(file, content.file_names, {0: ClassInfo("cat")})
    assert [i for i, _ in placed.rows] == [0, 2]
    assert placed.unknown_files == ("x/1.png",)
    assert placed.new_classes == ("cow",)
    assert standing(placed, {0: ClassInfo("cat")}).keys() == {0}
    assert standing(placed, {0: ClassInfo("cat"), 9: ClassInfo("cow")})[2].label == 9


def test_progress_goes_from_nothing_to_all(tmp_path):
    shares = [progress.share for progress in export(small_content(2000), "csv", tmp_path / "out")]
    assert shares == sorted(shares)
    assert len(shares) == 5
    assert shares[-1] == 1.0
