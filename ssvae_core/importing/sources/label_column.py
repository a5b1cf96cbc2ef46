"""Which column of a table holds the classes."""

from __future__ import annotations

from collections.abc import Sequence

from .columns import MOST_KINDS, MOST_NAMES, Column
from .pixels import COUNTED, LEAST_SIDE, PIXEL, shapes_of

MOST_AT_AN_END = 20  # different numbers of a class that has no name
MOST_OFFERED = 60  # columns to choose from


def label_candidates(columns: Sequence[Column], others: tuple[str, ...]) -> list[Column]:
    """Columns that a person may choose: of many the ends, and what is no number."""
    could_be = [each for each in columns if each.could_be_class and each.name not in others]
    if len(could_be) <= MOST_OFFERED:
        return could_be
    ends = {could_be[0].name, could_be[-1].name}
    some = [
        each
        for each in could_be
        if each.name in ends or each.is_answer or each.kind == "text" or each.class_names
    ]
    return some[:MOST_OFFERED]


def find_label(
    columns: Sequence[Column],
    candidates: Sequence[Column],
    others: tuple[str, ...],
    is_list: bool = False,
) -> str | None:
    """The column of the classes; None if none can be told.

    `others` are of another use; `is_list` where the examples are these, and no numbers.
    """
    if by_schema := [column for column in candidates if column.class_names]:
        return _of_schema(by_schema).name
    for column in sorted((each for each in candidates if each.is_answer), key=_rank):
        if not _are_too_many(column):
            return column.name
    if any(column.is_answer and column.kind == "several" for column in columns):
        return None
    found = _by_looks([each for each in columns if each.name not in others], is_list)
    return found.name if found else None


def notes_on_labels(columns: Sequence[Column], candidates: Sequence[Column]) -> list[str]:
    """Why columns that are called as classes hold none."""
    notes = [_no_class(each) for each in columns if each.is_answer and each not in candidates]
    notes += [
        f"{column.name} holds {column.n_distinct} or more different numbers: no classes."
        for column in candidates
        if column.is_answer and not column.class_names and _are_too_many(column)
    ]
    return [note for note in notes if note]


def _are_too_many(column: Column) -> bool:
    """Whether its numbers measure something, and do not name classes."""
    return column.kind == "number" and not (column.is_whole and column.n_distinct <= MOST_NAMES)


def _rank(column: Column) -> int:
    return column.rank


def _of_schema(columns: Sequence[Column]) -> Column:
    """Of several: by name, else the finest that an example can have."""
    named = [column for column in columns if column.is_answer]
    if named:
        return min(named, key=_rank)
    few = [column for column in columns if len(column.class_names) <= MOST_NAMES]
    return max(few or columns, key=lambda column: len(column.class_names))


def _by_looks(columns: Sequence[Column], is_list: bool) -> Column | None:
    """Told from values alone: a list's other column, words that repeat, or the number at an end."""
    if is_list and len(columns) == 1 and columns[0].could_be_class:
        return columns[0]
    texts = [column for column in columns if column.kind == "text" and column.looks_like_class]
    if len(texts) == 1:
        return texts[0]
    for end in (columns[-1:], columns[:1]):
        if end and end[0] in texts:
            return end[0]
    numbers = [column for column in columns if column.kind == "number"]
    if is_list:
        return None
    if len(numbers) < 2:
        return numbers[0] if numbers and len(columns) > 1 and numbers[0].looks_like_class else None
    return _beside_pixels(numbers) or _at_an_end(numbers)


def _beside_pixels(numbers: Sequence[Column]) -> Column | None:
    """The one column that is no pixel, where all others are."""
    others = [column for column in numbers if not PIXEL.fullmatch(column.name.strip())]
    if len(others) == 1:
        return others[0] if others[0].looks_like_class else None
    has_shape = shapes_of(len(numbers) - 1, LEAST_SIDE)
    if not has_shape or not all(COUNTED.fullmatch(each.name.strip()) for each in numbers):
        return None
    ends = [each for each in (numbers[0], numbers[-1]) if each.is_whole]
    return min(ends, key=_like_pixel, default=None)


def _like_pixel(column: Column) -> tuple[bool, float, int]:
    """A key that is low for classes: pixels are bright, or in a corner the same in most images."""
    is_bright = max(column.numbers) > MOST_KINDS
    return is_bright, round(1 - column.evenness, 1), column.n_distinct


def _at_an_end(numbers: Sequence[Column]) -> Column | None:
    """The last or the first, if its whole numbers are few, and far fewer than any other's."""
    for column in (numbers[-1], numbers[0]):
        others = [each.n_distinct for each in numbers if each is not column]
        is_few = column.looks_like_class and column.n_distinct <= MOST_AT_AN_END
        if is_few and min((n for n in others if n > 1), default=0) > 2 * column.n_distinct:
            return column
    return None


def _no_class(column: Column) -> str:
    """Why a column that is called as classes are holds none."""
    if column.kind == "several":
        return (
            f"{column.name} holds several classes for a row: an example has one here, so none was "
            "taken from it."
        )
    if column.kind in ("image", "other", "vector"):
        what = {"image": "images", "other": "records", "vector": "lists of numbers"}[column.kind]
        return f"{column.name} holds {what}: no classes were taken from it."
    return ""
