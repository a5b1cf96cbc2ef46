"""The class table against what a person expects of their classes."""

from dataclasses import dataclass

import pytest

from ssvae_core.labels.classes import KEYS, ClassTable


@dataclass
class Change:
    kind: str
    label: int | None = None
    text: str | None = None


def test_keys_go_by_place_and_no_command_key_is_among_them():
    table = ClassTable([f"kind {n}" for n in range(22)])
    assert [table.key(n) for n in (0, 9, 10, 20)] == ["0", "9", "w", "q"]
    assert table.key(21) == ""
    assert len(set(KEYS)) == len(KEYS)
    assert not set(KEYS) & set("crvlbgmknsupzxj")


def test_an_order_moves_keys_and_keeps_ids():
    table = ClassTable(["cat", "dog", "owl"], [Change("class-order", text="[2, 0]")])
    assert [known.name for known in table.active] == ["owl", "cat", "dog"]
    assert [table.key(n) for n in (0, 1, 2)] == ["1", "2", "0"]


def test_a_deleted_class_frees_its_name_and_its_key_but_not_its_id():
    changes = [Change("class-delete", 0), Change("class-add", 2, "cat")]
    table = ClassTable(["cat", "dog"], changes)
    assert [(known.id, known.name) for known in table.active] == [(1, "dog"), (2, "cat")]
    assert table.key(1) == "0"
    assert table.resolve(0) is None
    assert table.name(0) == "cat"


def test_merges_follow_each_other_and_a_circle_ends():
    chain = [Change("class-merge", 0, "1"), Change("class-merge", 1, "2")]
    assert [ClassTable("abc", chain).resolve(n) for n in range(4)] == [2, 2, 2, None]
    circle = [*chain, Change("class-merge", 2, "0")]
    assert [ClassTable("abc", circle).resolve(n) for n in range(3)] == [None] * 3


def test_changes_of_a_class_that_was_never_made_change_nothing():
    assert ClassTable("ab", [Change("class-rename", 7, "x")]).all == ClassTable("ab").all


@pytest.mark.parametrize(
    ("names", "glyphs"),
    [
        (["0", "10", "1"], ["0", "10", "1"]),
        (["cat", "cow", "crow"], ["C", "co", "cr"]),
        (["cat", "cow", "dog", "duck"], ["C", "co", "D", "du"]),
        (["aa", "aa "], ["A", "aa"]),
        (["→", "?"], ["?", "?1"]),
        (["ж", "日本"], ["Ж", "日"]),
        (["kind 1", "kind 2", "kind 12"], ["1", "2", "12"]),
        (["cell a", "cell b", "cell x y"], ["A", "B", "X"]),
        (["only"], ["O"]),
    ],
)
def test_glyphs_tell_classes_apart(names, glyphs):
    assert list(ClassTable(names).glyphs().values()) == glyphs
