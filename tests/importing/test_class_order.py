"""Class names of an import, in the order they end up in."""

import pytest

from ssvae_core.data import load_dataset
from ssvae_core.importing.class_order import MOST_CLASSES, ClassOrder
from ssvae_core.importing.items import Item
from tests.support.small_files import picture
from tests.support.small_imports import Rows, take_in


def test_too_many_folders_are_no_classes(root):
    items = [Item(f"{n}.png", picture(n, 4, 4), f"patient {n}") for n in range(251)]
    imported = take_in(Rows(items), root)
    assert imported.report.class_role == "ignore"
    assert "more than 250" in imported.report.sentences()[0]
    assert load_dataset(imported.id, root).class_names == ()


def test_earlier_classes_stay_then_known_ones_then_the_others_by_number():
    table = ClassOrder(known=("b", "a"), earlier=("z",))
    ids = [table.id_of(name) for name in ("10", "2", "a", None, " ", "z", "2")]
    assert ids == [1, 2, 3, -1, -1, 0, 2]
    places, names = table.in_order()
    assert names == ["z", "b", "a", "2", "10"]
    assert [names[places[k]] for k in (0, 1, 2, 3)] == ["z", "10", "2", "a"]
    assert table.notes() == []


@pytest.mark.parametrize("earlier", [(), ("z",)])
def test_beyond_the_most_classes_there_are_none_or_only_those_there_were(earlier):
    table = ClassOrder(earlier=earlier)
    for number in range(MOST_CLASSES + 1):
        table.id_of(f"class {number}")
    _, names = table.in_order()
    assert len(names) == (MOST_CLASSES if earlier else 0)
    assert len(table.notes()) == 1
