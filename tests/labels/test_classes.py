"""The class table against what a person expects of their classes."""

from dataclasses import dataclass

import pytest

from ssvae_core.labels.classes import KEYS, ClassTable, same_names


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


def test_merges_follow_each_other():
    chain = [Change("class-merge", 0, "1"), Change("class-merge", 1, "2")]
    assert [ClassTable("abc", chain).resolve(n) for n in range(4)] == [2, 2, 2, None]


@pytest.mark.parametrize(
    ("merges", "left"),
    [
        ([(0, 1), (1, 0)], [1, 1, 2]),
        ([(0, 1), (1, 2), (2, 0)], [2, 2, 2]),
        ([(2, 0), (0, 1), (0, 2)], [1, 1, 1]),
        ([(1, 1)], [0, 1, 2]),
    ],
)
def test_of_classes_merged_in_a_circle_one_stays_also_in_logs_of_before(merges, left):
    table = ClassTable("abc", [Change("class-merge", n, str(into)) for n, into in merges])
    assert [table.resolve(n) for n in range(3)] == left
    assert table.circles == {merges[-1]}


def test_a_class_merged_into_one_that_is_gone_stays_what_it_was():
    gone = [Change("class-delete", 1), Change("class-merge", 0, "1"), Change("class-merge", 2, "9")]
    assert [ClassTable("abc", gone).resolve(n) for n in range(3)] == [0, None, 2]


def test_an_order_that_names_a_class_twice_shows_it_once():
    table = ClassTable("ab", [Change("class-order", text="[1, 1, 0, 7]")])
    assert [known.id for known in table.active] == [1, 0]


def test_names_that_read_the_same_are_the_same():
    names = ["Caf\u00e9", "cat", " CAFE\u0301 ", "a  b", "A B", "dog"]
    assert same_names(ClassTable(names).active) == {(0, 2), (3, 4)}


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
