"""Class names of an import, in the order they end up in."""

import unicodedata

import numpy as np
import pytest

from ssvae_core.data import load_dataset
from ssvae_core.data.library import set_role
from ssvae_core.data.manifest import read_manifest
from ssvae_core.data.stored import CLASSES
from ssvae_core.errors import Conflict
from ssvae_core.importing import class_order
from ssvae_core.importing.class_order import MOST_CLASSES, ClassOrder
from ssvae_core.importing.import_data import Choice, add_later, import_to_end
from ssvae_core.importing.items import Item
from tests.support.small_files import encoded, picture, write
from tests.support.small_imports import HERE, Rows, take_in


def patients(n=MOST_CLASSES + 1):
    return Rows([Item(f"{k}.png", picture(k, 4, 4), f"patient {k}") for k in range(n)])


def test_more_classes_than_a_session_holds_are_kept_and_not_used(root):
    imported = take_in(patients(), root)
    assert imported.report.class_role == "ignore"
    assert "There are 251 classes, and a session holds at most 250." in imported.report.notes[0]
    assert load_dataset(imported.id, root).class_names == ()
    assert len(read_manifest(imported.folder)["class_names"]) == 251
    assert np.load(imported.folder / CLASSES).max() == 250
    for role in ("truth", "labels"):
        with pytest.raises(Conflict, match="It has 251 classes, and a session holds at most 250"):
            set_role(imported.id, role, root)


def test_labels_that_no_session_could_hold_are_refused(root):
    with pytest.raises(Conflict, match="scans would have more than 250 classes"):
        take_in(patients(), root, choice=Choice(role="labels", n_processes=0))
    assert list(root.iterdir()) == []
    assert len(take_in(patients(250), root).report.classes) == 250


@pytest.mark.parametrize("role", ["truth", "labels"])
def test_classes_that_are_added_beyond_those_a_session_holds_are_refused(root, role):
    first = take_in(patients(250), root, choice=Choice(role=role, n_processes=0))
    more = Rows([Item("x", picture(999, 4, 4), "one more")])
    with pytest.raises(Conflict, match="more than 250 classes"):
        import_to_end(add_later(more, root, to=first.id, choice=HERE))
    set_role(first.id, "ignore", root)
    added = import_to_end(add_later(more, root, to=first.id, choice=HERE))
    assert len(added.report.classes) == 251


def test_a_name_for_each_file_is_no_class(monkeypatch, root):
    monkeypatch.setattr(class_order, "MOST_NAMES", 2)
    imported = take_in(patients(3), root)
    assert imported.report.classes == {}
    assert "more than 2 different class names" in imported.report.notes[0]


def test_earlier_classes_stay_then_known_ones_then_the_others_by_number():
    table = ClassOrder(known=("b", "a"), earlier=("z",))
    ids = [table.id_of(name) for name in ("10", "2", "a", None, " ", "z", "2")]
    assert ids == [1, 2, 3, -1, -1, 0, 2]
    places, names = table.in_order()
    assert names == ["z", "b", "a", "2", "10"]
    assert [names[places[k]] for k in (0, 1, 2, 3)] == ["z", "10", "2", "a"]
    assert table.notes() == []


def test_known_names_that_nothing_has_give_way():
    table = ClassOrder(known=[f"class {number}" for number in range(MOST_CLASSES + 1)])
    table.id_of("class 7")
    assert table.in_order() == ([0], ["class 7"])
    assert table.name_of(0) == "class 7"


CELLS = ("cat", "none", "1.0", " cat", "caf\xe9", "cafe\u0301")


def by_folders(at):
    for n, name in enumerate(CELLS):
        write(at / "in" / name / f"{n}.png", encoded(picture(n)))
    return at / "in", None


def by_table(at):
    rows = [f'{n}.png,"{name}"' for n, name in enumerate(CELLS)]
    for n in range(len(CELLS)):
        write(at / f"{n}.png", encoded(picture(n)))
    (at / "t.csv").write_text("\n".join(["file_name,label", *rows]), "utf-8")
    return at / "t.csv", None


def by_file_of_labels(at):
    table, _ = by_table(at)
    return at, table.rename(at / "l.csv")


def by_arrays(at):
    images = np.stack([picture(n, 24, 24) for n in range(len(CELLS))])
    np.savez(at / "x.npz", images=images, labels=np.array(CELLS))
    return at / "x.npz", None


def by_labels_in_order(at):
    np.save(at / "l.npy", np.array(CELLS))
    for n in range(len(CELLS)):
        write(at / "in" / f"{n}.png", encoded(picture(n)))
    return at / "in", at / "l.npy"


@pytest.mark.parametrize(
    "made", [by_folders, by_table, by_file_of_labels, by_arrays, by_labels_in_order]
)
def test_every_source_reads_a_class_name_in_the_same_way(made, tmp_path, root):
    source, labels = made(tmp_path)
    imported = take_in(source, root, choice=Choice(labels=labels, n_processes=0))
    found = imported.report.classes
    composed = {unicodedata.normalize("NFC", name): n for name, n in found.items()}
    assert composed == {"1": 1, "cat": 2, "caf\xe9": 2}
    assert any('"none" (1)' in note for note in imported.report.notes)
    assert any("one class each" in note for note in imported.report.notes)


def test_bytes_and_numbers_of_an_array_are_names(tmp_path, root):
    images = np.stack([picture(n, 24, 24) for n in range(4)])
    for labels in (np.array([b"cat", b"dog", b"-1", b"cat"]), np.array([1.0, 2.0, np.nan, 1.0])):
        np.savez(tmp_path / "x.npz", images=images, labels=labels)
        imported = take_in(tmp_path / "x.npz", root)
        assert sorted(imported.report.classes.values()) == [1, 2]
        assert not any("b'" in name or "." in name for name in imported.report.classes)


def test_classes_of_before_keep_their_spelling_and_their_places():
    table = ClassOrder(earlier=("cafe\u0301", "none", "1.0"))
    assert [table.id_of(name) for name in ("caf\xe9", "none", "1", "None")] == [0, 1, 2, -1]
