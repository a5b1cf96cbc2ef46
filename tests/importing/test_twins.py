"""The same pixels under two classes: no class is taken, and both are named."""

import json

import numpy as np
import pytest

from ssvae_core.data import load_dataset
from ssvae_core.data.import_report import Report
from ssvae_core.data.library import report_of
from ssvae_core.errors import UserError
from ssvae_core.importing.import_data import Choice, add_later, import_to_end
from ssvae_core.importing.items import Item
from tests.support.small_files import encoded, picture, write
from tests.support.small_imports import HERE, Rows, take_in

ONE, OTHER = picture(1), picture(2)


def classes_of(data):
    """{file: its class, "" for none}."""
    key = data.answer_key if data.answer_key is not None else data.labels
    return {
        name: data.class_names[label] if label >= 0 else ""
        for name, label in zip(data.file_names, key, strict=True)
    }


def in_files(folder, **files):
    """Files named CLASS/NAME.png, from {"CLASS/NAME": pixels}."""
    for name, pixels in files.items():
        write(folder / f"{name}.png", encoded(pixels))
    return folder


@pytest.mark.parametrize("role", ["truth", "labels"])
@pytest.mark.parametrize("keeps", [False, True])
def test_same_pixels_of_two_classes_have_none(tmp_path, root, role, keeps):
    files = {"cat/1": ONE, "cat/2": OTHER, "dog/1": ONE, "dog/3": picture(3)}
    choice = Choice(role=role, keeps_duplicates=keeps, n_processes=0)
    imported = take_in(in_files(tmp_path / "in", **files), root, choice=choice)
    found = classes_of(load_dataset(imported.id, root))
    kept = {"dog/1.png": ""} if keeps else {}
    assert found == {"cat/1.png": "", "cat/2.png": "cat", "dog/3.png": "dog", **kept}
    report = imported.report
    assert report.sentences()[0] == (
        "cat/1.png (cat) and dog/1.png (dog) have the same pixels: no class is taken until you "
        "give it one."
    )
    assert any(row.startswith("dog/1.png,Contradiction,") for row in report.as_csv().splitlines())
    assert report.n_duplicates == (0 if keeps else 1)
    again = Report.from_json(json.loads(json.dumps(report.to_json())))
    assert again.contradictions == report.contradictions


def test_across_parts_and_a_third_time(tmp_path, root):
    files = {"train/cat/1": ONE, "train/dog/1": OTHER, "test/dog/2": ONE, "val/cat/3": ONE}
    joined = Choice(n_processes=0, reading={"test": "none"})
    imported = take_in(in_files(tmp_path / "in", **files), root, choice=joined)
    assert classes_of(load_dataset(imported.id, root)) == {
        "test/dog/2.png": "",
        "train/dog/1.png": "dog",
    }
    assert imported.report.n_contradictions == 2
    assert "2 files have the pixels of a file of another class" in imported.report.sentences()[0]


def test_the_only_class_that_is_said_is_taken(tmp_path, root):
    items = [Item("a", ONE), Item("b", ONE, "cat"), Item("c", OTHER, "dog"), Item("d", OTHER)]
    imported = take_in(Rows(items), root)
    assert classes_of(load_dataset(imported.id, root)) == {"a": "cat", "c": "dog"}
    assert imported.report.n_duplicates == 2
    assert imported.report.contradictions == []


def test_a_label_file_arrays_and_tables_are_held_to_the_same(tmp_path, root):
    in_files(tmp_path / "in", a=ONE, b=ONE, c=OTHER)
    (tmp_path / "l.csv").write_text("file_name,label\na.png,cat\nb.png,dog\nc.png,dog\n")
    choice = Choice(labels=tmp_path / "l.csv", role="labels", n_processes=0)
    by_file = take_in(tmp_path / "in", root, "file", choice)
    np.savez(tmp_path / "x.npz", x=np.stack([ONE, ONE, OTHER]), y=np.array([0, 1, 1]))
    by_array = take_in(tmp_path / "x.npz", root, "array")
    (tmp_path / "x.csv").write_text("a,b,class\n1,2,cat\n1,2,dog\n3,4,dog\n")
    by_table = take_in(tmp_path / "x.csv", root, "table")
    for imported in (by_file, by_array, by_table):
        assert sorted(classes_of(load_dataset(imported.id, root)).values())[0] == ""
        assert imported.report.n_contradictions == 1
        assert imported.report.classes[imported.report.contradictions[0].class_name] == 1
    assert "have the same numbers: no class" in by_table.report.sentences()[0]


def test_what_is_added_later_contradicts_what_is_there_which_keeps_its_class(tmp_path, root):
    take_in(in_files(tmp_path / "in", **{"cat/1": ONE, "dog/2": OTHER}), root)
    more = in_files(tmp_path / "more", **{"dog/9": ONE, "dog/8": picture(8), "cat/7": picture(7)})
    second = import_to_end(add_later(more, root, to="scans", choice=HERE))
    assert classes_of(load_dataset(second.id, root))["cat/1.png"] == "cat"
    assert second.report.skipped["contradiction"].files == [
        ("dog/9.png", "same pixels as cat/1.png, cat; here dog")
    ]
    assert second.report.sentences()[0] == (
        "cat/1.png (cat) and dog/9.png (dog) have the same pixels: it keeps the class that it had "
        "before."
    )


def test_a_contradiction_is_not_forgotten_when_images_are_added(tmp_path, root):
    first = take_in(in_files(tmp_path / "in", **{"cat/1": ONE, "dog/1": ONE}), root)
    more = in_files(tmp_path / "more", **{"cat/1": ONE, "cat/5": picture(5), "dog/6": picture(6)})
    import_to_end(add_later(more, root, to=first.id, choice=HERE))
    assert classes_of(load_dataset("scans", root)) == {
        "cat/1.png": "",
        "cat/5.png": "cat",
        "dog/6.png": "dog",
    }
    assert report_of("scans", root).n_contradictions == 1


def test_nothing_but_a_contradiction_is_said_and_what_is_there_stays(tmp_path, root):
    first = take_in(in_files(tmp_path / "in", **{"cat/1": ONE, "dog/2": OTHER}), root)
    with pytest.raises(UserError, match=r"same pixels as cat/1.png, cat; here dog"):
        import_to_end(
            add_later(in_files(tmp_path / "m", **{"dog/9": ONE}), root, to="scans", choice=HERE)
        )
    assert classes_of(load_dataset(first.id, root))["cat/1.png"] == "cat"
