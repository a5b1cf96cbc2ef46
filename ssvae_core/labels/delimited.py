"""Text files of cells: CSV by whatever delimiter, in whatever encoding, with a header or without.

What a file is is told from its content and kept beside its rows, so that it can be shown and set
right; what cannot be understood is refused in a sentence. Read line by line, plain or as .gz.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ..errors import UserError
from .delimiter import (
    DELIMITERS,
    EXCEL_SAYS,
    are_names_and_classes,
    delimiter_of,
    has_decimal_commas,
    rows_of,
)
from .encoding import encoding_of, opened
from .header import column_names, is_header

SAMPLE = 100  # lines by which a file is told
SPREAD = 200  # lines from all of a file, at least if it has as many
WHOLE_WITH_COMMA = re.compile(r"(-?\d+),0+")
LONGEST_LINE = 16 * 2**20  # characters
MOST_EMPTY = 1_000_000  # empty lines in a row, as a small .gz may hold many more


@dataclass(frozen=True)
class Line:
    """The cells of one line, as many as there are columns."""

    line: int  # the last of the lines that it stands in
    cells: list[str]


@dataclass(frozen=True)
class BadLine:
    """A line that is no row, and why."""

    line: int
    why: str


@dataclass(frozen=True)
class Delimited:
    """A text file of cells, as it was understood."""

    path: Path
    encoding: str  # a codec of Python's
    delimiter: str  # a key of DELIMITERS
    has_header: bool
    columns: tuple[str, ...]  # each with a name of its own
    has_decimal_commas: bool = False
    n_above: int = 0  # lines before the first row or the header
    has_empty_end: bool = False  # each row ends with a delimiter too many
    notes: tuple[str, ...] = ()

    def rows(self) -> Iterator[Line | BadLine]:
        """Every row below the header."""
        n = len(self.columns)
        is_head = self.has_header
        with _lines(self.path, self.encoding) as lines:
            for row in _numbered(lines, self.delimiter, self.n_above, n):
                if isinstance(row, BadLine):
                    yield row
                elif is_head:
                    is_head = False
                elif any(cell.strip() for cell in row.cells):
                    yield self._fitted(row, n)

    def sample(self) -> list[list[str]]:
        """The cells of some rows, evenly spread over all of the file."""
        kept, every = list[str](), 1
        with _lines(self.path, self.encoding) as lines:
            for place, line in enumerate(lines):
                if place >= self.n_above + self.has_header and place % every == 0:
                    kept.append(line)
                if len(kept) == 2 * SPREAD:
                    kept, every = kept[1::2], 2 * every
        n = len(self.columns)
        rows = (row for line in kept for row in _cells([line], self.delimiter, n))
        fitted = (self._fitted(Line(0, row), n) for row in rows)
        return [row.cells for row in fitted if isinstance(row, Line)]

    def as_label(self, cell: str) -> str:
        """A cell as a class: 2,0 is 2 where commas are decimal points."""
        whole = WHOLE_WITH_COMMA.fullmatch(cell.strip()) if self.has_decimal_commas else None
        return whole[1] if whole else cell

    def _fitted(self, row: Line, n: int) -> Line | BadLine:
        cells = row.cells
        if self.has_empty_end and len(cells) == n + 1 and not cells[-1].strip():
            cells = cells[:-1]
        if len(cells) != n:
            return BadLine(row.line, f"{len(cells)} cells; {n} were expected")
        return Line(row.line, cells)


def read_delimited(
    path: Path,
    known: Collection[str] = (),
    *,
    encoding: str | None = None,
    delimiter: str | None = None,
    has_header: bool | None = None,
) -> Delimited:
    """What a text file of cells is; what is given is taken, the rest is told from its content.

    `known` are names, in small letters, that columns may have. Raises UserError if it cannot be
    read, or is no text.
    """
    if delimiter is not None and delimiter not in DELIMITERS:
        raise UserError(f"A delimiter is one of {', '.join(DELIMITERS.values())}.")
    found = encoding_of(path, encoding)
    with _lines(path, found.codec) as lines:
        some = [line for line, _ in zip(lines, range(SAMPLE), strict=False)]
    if not any(line.strip() for line in some):
        raise UserError(f"{path.name} is empty.")
    if delimiter is None:
        is_tsv = ".tsv" in path.name.lower() or ".tab" in path.name.lower()
        delimiter = delimiter_of([line for line in some if not line.startswith("#")], is_tsv)
    return _understood(path, found.codec, delimiter, has_header, some, known, found.note)


def _understood(
    path: Path,
    codec: str,
    delimiter: str,
    has_header: bool | None,
    some: list[str],
    known: Collection[str],
    note: str,
) -> Delimited:
    n_above = _above(some, delimiter)
    rows = [row for row in _cells(some[n_above:], delimiter) if any(map(str.strip, row))]
    if not rows:
        raise UserError(f"No line of {path.name} can be read as a row. Check its quotation marks.")
    if len(rows[0]) > 1 and rows[0][0].startswith("#"):  # a header as NumPy writes it
        rows[0] = [rows[0][0].lstrip("# "), *rows[0][1:]]
    has_header = is_header(rows, known) if has_header is None else has_header
    below = rows[has_header:]
    header, n, has_empty_end = _width(rows[0] if has_header else None, below)
    names, twice = column_names(header, n)
    several = ", ".join(twice[:5]) + (", …" if len(twice) > 5 else "")
    notes = [f"{path.name} has several columns called {several}."] if twice else []
    return Delimited(
        path,
        codec,
        delimiter,
        has_header,
        names,
        has_decimal_commas(below, delimiter),
        n_above,
        has_empty_end,
        (*([note] if note else []), *notes),
    )


def _width(
    header: list[str] | None, below: Sequence[Sequence[str]]
) -> tuple[list[str] | None, int, bool]:
    """The header, how many columns there are, and whether each row ends with an empty cell more."""
    counts = Counter(map(len, below)).most_common(1)
    usual = counts[0][0] if counts else len(header or ())
    if header is None:
        return None, usual, False
    if len(header) != usual - 1:
        return header, len(header), False
    if all(not row[-1].strip() for row in below if len(row) == usual):
        return header, len(header), True
    return ["", *header], usual, False  # as R writes the names of rows


def _above(lines: Sequence[str], delimiter: str) -> int:
    """Lines before the table: Excel's sep=, comments that are no header, and empty ones."""
    counts = Counter(len(row) for row in _cells(lines, delimiter)).most_common(1)
    usual = counts[0][0] if counts else 0
    for place, line in enumerate(lines):
        if not line.strip() or (place == 0 and EXCEL_SAYS.fullmatch(line)):
            continue
        if (
            not line.startswith("#")
            or usual < 2
            or len(next(_cells([line], delimiter), [])) == usual
        ):
            return place
    return 0


def _cells(lines: Sequence[str], delimiter: str, n: int = 0) -> Iterator[list[str]]:
    """Of the lines that can be read; the sample may end in the middle of one."""
    if not n and delimiter == " " and are_names_and_classes(lines):
        n = 2
    rows = rows_of(lines, delimiter, n)
    while True:
        try:
            if row := next(rows):
                yield row
        except StopIteration:
            return
        except csv.Error:
            continue


def _numbered(
    lines: Iterator[str], delimiter: str, n_above: int, n: int
) -> Iterator[Line | BadLine]:
    """Rows with the numbers of their lines."""
    at = n_above
    for _ in range(n_above):
        next(lines, "")

    def counted() -> Iterator[str]:
        nonlocal at
        for line in lines:
            at += 1
            yield line

    rows = rows_of(counted(), delimiter, n)
    while True:
        before = at
        try:
            cells = next(rows)
            yield Line(at, cells)
        except StopIteration:
            return
        except csv.Error as error:
            yield BadLine(before + 1, _in_words(error, before + 1, at))


def _in_words(error: csv.Error, first: int, last: int) -> str:
    if "expected after" in str(error):
        return "a quotation mark stands within a cell; one that belongs to it is written twice"
    if "field limit" in str(error):
        return f"a cell holds more than {csv.field_size_limit():,} characters. Cut it into parts"
    if last > first:
        return f"a quotation mark is not closed: lines {first} to {last} are lost with it"
    return str(error)


@contextmanager
def _lines(path: Path, codec: str) -> Iterator[Iterator[str]]:
    with opened(path) as raw, io.TextIOWrapper(raw, codec, newline="") as file:
        yield _limited(file, path)


def _limited(file: io.TextIOWrapper, path: Path) -> Iterator[str]:
    """Line by line. UserError where one is, or empty ones are, more than any table has."""
    number = n_empty = 0
    while line := file.readline(LONGEST_LINE + 1):
        number += 1
        n_empty = n_empty + 1 if line in ("\n", "\r\n", "\r") else 0
        if n_empty > MOST_EMPTY:
            raise UserError(
                f"{path.name} has more than {MOST_EMPTY:,} empty lines in a row, up to line "
                f"{number:,}: that is no table. Was it written as one?"
            )
        if len(line) > LONGEST_LINE:
            raise UserError(
                f"Line {number} of {path.name} has more than {LONGEST_LINE // 2**20} million "
                "characters: that is no row of a table. Was it written as one?"
            )
        yield line
