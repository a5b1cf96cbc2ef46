"""Class names of an import, in the order they end up in."""

import numpy as np
import pytest

from ssvae_core.data import load_dataset
from ssvae_core.data.library import read_manifest, set_role
from ssvae_core.data.stored import CLASSES
from ssvae_core.errors import Conflict
from ssvae_core.importing import class_order
from ssvae_core.importing.class_order import MOST_CLASSES, ClassOrder
from ssvae_core.importing.import_data import Choice, add_later, import_to_end
from ssvae_core.importing.items import Item
from tests.support.small_files import picture
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
