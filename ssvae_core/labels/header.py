"""Whether the first row of a table names its columns, and how the columns are called."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from itertools import pairwise

MISSING = frozenset({"", "na", "n/a", "nan", "null", "none", "?", "-", "#n/a", "<na>", "nat"})
NUMBER = re.compile(
    r"[+-]?(\d+([.,]\d*)?|[.,]\d+|\d{1,3}(,\d{3})+(\.\d*)?|\d{1,3}(\.\d{3})+,\d*)"
    r"([eE][+-]?\d+)?|[+-]?inf(inity)?",
    re.ASCII,
)
DATE = re.compile(
    r"(\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}|\d{1,2}[-. ]+[A-Za-z]{3,9}[-., ]+\d{2,4}"
    r"|[A-Za-z]{3,9}\.? \d{1,2},? \d{4})([ T]\d{1,2}:\d\d.*)?|\d{1,2}:\d\d(:\d\d.*)?"
)
FILE = re.compile(r"(.*[/\\])?[^/\\]*[^/\\.\s]\.[A-Za-z]\w{0,4}|\S*[^/\\\s][/\\][^/\\\s]+")
ADDRESS = re.compile(r"(https?|ftp|s3|gs|data):\S*", re.IGNORECASE)


def kind_of(cell: str) -> str:
    """What a cell looks like: nothing, number, date, address, file or text."""
    cell = cell.strip()
    if cell.lower() in MISSING:
        return "nothing"
    if NUMBER.fullmatch(cell.lower()):
        return "number"
    if DATE.fullmatch(cell):
        return "date"
    if ADDRESS.fullmatch(cell):
        return "address"
    return "file" if FILE.fullmatch(cell) else "text"


def kind_of_column(cells: Sequence[str]) -> str:
    """What most of its cells that say something look like; nothing if none does."""
    kinds = Counter(kind for cell in cells if (kind := kind_of(cell)) != "nothing")
    return kinds.most_common(1)[0][0] if kinds else "nothing"


def is_header(rows: Sequence[Sequence[str]], known: Collection[str] = ()) -> bool:
    """Whether the first of these rows names the columns; `known` are names that columns have.

    Where nothing speaks for either, a table of several columns has a header.
    """
    first, below = [cell.strip() for cell in rows[0]], rows[1:]
    columns = [[row[n].strip() for row in below if n < len(row)] for n in range(len(first))]
    kinds = [
        (kind_of(cell), kind_of_column(column)) for cell, column in zip(first, columns, strict=True)
    ]
    if any(kind == "file" and under in ("file", "nothing") for kind, under in kinds):
        return False
    told = ("number", "date", "file", "address")
    if any(kind == "text" and under in told for kind, under in kinds):
        return True
    if any(kind == under and kind in ("date", "address") for kind, under in kinds):
        return False
    if any(kind == "number" for kind, _ in kinds):
        return _counts_columns(first, below, kinds)
    if any(
        cell.lower() in known and cell not in column
        for cell, column in zip(first, columns, strict=True)
    ):
        return True
    if any(cell and cell in column for cell, column in zip(first, columns, strict=True)):
        return False
    return len(first) > 1


def _counts_columns(
    first: Sequence[str], below: Sequence[Sequence[str]], kinds: Sequence[tuple[str, str]]
) -> bool:
    """Whether its numbers are those that pandas gives columns without a name: 0, 1, 2, ..."""
    if not below or not _is_run(first):
        return False
    if not _counts_from_start(first) and len(_numbers(first)) < 3:
        return False
    if any(kind == "number" and under in ("text", "file") for kind, under in kinds):
        return True
    if not first[0] and all(row[0].strip() for row in below):  # above an index, as pandas writes it
        return True
    numbers = [place for place, (kind, _) in enumerate(kinds) if kind == "number"]
    cells = [row[place].strip() for row in below for place in numbers if place < len(row)]
    are_whole = all(re.fullmatch(r"[+-]?\d+|", cell) for cell in cells)
    return (len(numbers) > 2 or not are_whole) and not _is_run(below[0])


def _is_run(cells: Sequence[str]) -> bool:
    """Whether its numbers rise by equal steps, as years or wavelengths over columns do."""
    numbers = _numbers(cells)
    steps = {round(after - before, 6) for before, after in pairwise(numbers)}
    return bool(numbers) and len(steps) <= 1 and all(step > 0 for step in steps)


def _counts_from_start(cells: Sequence[str]) -> bool:
    """Whether its numbers begin with 0 or 1, and go on by ones."""
    numbers = _numbers(cells)
    return numbers[0] in (0, 1) and numbers[-1] - numbers[0] == len(numbers) - 1


def _numbers(cells: Sequence[str]) -> list[float]:
    """Those of plain digits."""
    return [float(cell) for cell in cells if re.fullmatch(r"\s*\d+(\.\d+)?\s*", cell, re.ASCII)]


def column_names(header: Sequence[str] | None, n: int) -> tuple[tuple[str, ...], list[str]]:
    """A name of its own for each of n columns, and what was said twice.

    A column without a name is called as pandas calls it, one of a table without a header by its
    place.
    """
    if header is None:
        return tuple(f"column {place + 1}" for place in range(n)), []
    given = [cell.strip() or f"Unnamed: {place}" for place, cell in enumerate(header)]
    all_given = set(given)
    twice = [name for name, count in Counter(given).items() if count > 1]
    names: dict[str, None] = {}
    for name in given:
        own, again = name, 1
        while own in names or (again > 1 and own in all_given):
            again += 1
            own = f"{name} ({again})"
        names[own] = None
    return tuple(names), twice
