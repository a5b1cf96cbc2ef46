"""How much of a file is decoded: one set of limits for every source, and a process held to one.

A small file can say that it holds gigabytes, and a smaller one can hold them. What a header says
is checked before anything is decoded; what no header says is decoded in a process that may die.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import IO, TypeVar

from .errors import TooLarge

T = TypeVar("T")
MB = 1_000_000
MOST_ITEM = 100 * MB  # bytes of one example, as a file in another or as a row of numbers
MOST_PIXELS = 40 * MB  # of one image
MOST_NUMBERS = 1_000_000  # of one vector
MOST_COLUMNS = 200_000  # of a table
MOST_SIDE = 64 * MB  # bytes of an array of labels or names
MOST_JSON = 300 * MB  # bytes that a JSON file may take in memory, about
MOST_JSON_LINE = 4 * MB  # characters of one line of JSON Lines
MOST_LABELS = 400 * MB  # bytes that the labels of a file may take in memory, about
LABEL_COST = 200  # bytes that one takes besides its text
MOST_TEXT = 1024  # characters of a name or a reason that is kept
MOST_UNPACKED = 2_000 * MB  # bytes of all that a file holds, unless it is a fair part of them
MOST_TIMES = 200
MOST_MEMORY = 2_000 * MB  # bytes that a process which reads or decodes may take
# What Python's objects of JSON take, in bytes, by the character that each begins or ends with.
JSON_COSTS = {b"{": 232, b"[": 88, b",": 40, b'"': 32}


def confine(most: int = MOST_MEMORY) -> None:
    """Let this process take no more memory: what wants more gets a MemoryError, or dies.

    Where the system cannot hold it to that, nothing is done.
    """
    import resource

    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_DATA, (most, most))
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def check_unpacked(name: str, unpacked: int, packed: int) -> None:
    """Raise TooLarge for a packed file that holds more than files of data do."""
    if unpacked > max(MOST_UNPACKED, MOST_TIMES * packed):
        raise TooLarge(
            f"{name} would unpack to {unpacked / 2**30:.1f} GB, more than {MOST_TIMES} times its "
            "size. It was not read: images do not do that."
        )


def check_item(name: str, n_bytes: int) -> None:
    """Raise TooLarge for examples that take more than is decoded at once."""
    if n_bytes > MOST_ITEM:
        raise TooLarge(
            f"One example of {name} takes {n_bytes / MB:,.0f} MB; {MOST_ITEM // MB} MB are read "
            "at most. Cut it into smaller ones, or save it as image files."
        )


def check_vector(name: str, n: int) -> None:
    """Raise TooLarge for vectors of more numbers than a model can take."""
    if n > MOST_NUMBERS:
        raise TooLarge(
            f"A row of {name} holds {n:,} numbers; {MOST_NUMBERS:,} are read at most. "
            "Save fewer features of each."
        )


def check_columns(name: str, n: int) -> None:
    """Raise TooLarge for tables of more columns than are read."""
    if n > MOST_COLUMNS:
        raise TooLarge(
            f"{name} has {n:,} columns; {MOST_COLUMNS:,} are read at most. "
            "Save fewer features of each example, or save them as .npy."
        )


def check_json(file: IO[bytes], name: str) -> None:
    """Raise TooLarge if this JSON would take too much memory; the file is at its start again.

    What it takes is told from its length and from how many objects it holds.
    """
    cost = 0
    while chunk := file.read(2**20):
        cost += 3 * len(chunk) + sum(chunk.count(mark) * each for mark, each in JSON_COSTS.items())
        if cost > MOST_JSON:
            raise TooLarge(
                f"{name} would take more than {MOST_JSON // MB} MB of memory. "
                "Save its labels as CSV or JSON Lines: they are read line by line."
            )
    file.seek(0)


def lines_of(file: IO[str], name: str) -> Iterator[str]:
    """The lines of JSON Lines. TooLarge for one that is longer than those of data are."""
    while line := file.readline(MOST_JSON_LINE + 1):
        if len(line) > MOST_JSON_LINE:
            raise TooLarge(
                f"A line of {name} is longer than {MOST_JSON_LINE // MB} million characters. "
                "Expected a line for each example."
            )
        yield line


def labels_within(rows: Iterable[T], name: str, size: Callable[[T], int]) -> Iterator[T]:
    """The rows of a file of labels. TooLarge where they are more than are held in memory."""
    cost = 0
    for row in rows:
        cost += LABEL_COST + size(row)
        if cost > MOST_LABELS:
            raise TooLarge(
                f"{name} holds more labels than are read at once ({MOST_LABELS // MB} MB). "
                "Divide it into several files."
            )
        yield row


def cut(text: str) -> str:
    """At most MOST_TEXT characters of it."""
    return text if len(text) <= MOST_TEXT else f"{text[: MOST_TEXT - 1]}…"
