"""What stands between the cells of a text file, told from its first lines."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from .header import FILE, NUMBER, kind_of_column

# "" is for a file of one cell a line.
DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar", " ": "spaces", "": "none"}
LEAST_SHARE = 0.5  # of the lines have as many cells as most
EXCEL_SAYS = re.compile(r"sep=(.)\s*", re.IGNORECASE)  # in the first line
NAME_THEN_CLASS = re.compile(r"(\S.*?\.[A-Za-z]\w{1,4})\s+(\S.*)")
DECIMAL_COMMA = re.compile(r"[+-]?(\d{1,3}(\.\d{3})+|\d*),\d+([eE][+-]?\d+)?")
GROUPED = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d*)?")  # 1,234.5
DECIMAL_POINT = re.compile(r"[+-]?(\d{1,3}(,\d{3})+|\d*)\.\d+([eE][+-]?\d+)?")


def delimiter_of(lines: Sequence[str], is_tsv: bool = False) -> str:
    """One of DELIMITERS, by which most of these lines have the same number of cells, above one."""
    if lines and (said := EXCEL_SAYS.fullmatch(lines[0])) and said[1] in DELIMITERS:
        return said[1]
    found = {sign: _rows_at(sign, lines) for sign in ",;\t|"}
    scores = {sign: _agreement(rows) for sign, rows in found.items()}
    if is_tsv and scores["\t"] >= LEAST_SHARE:
        return "\t"
    if scores[","] and _are_decimals(found[";"]):
        return ";"
    best = max(scores, key=lambda sign: scores[sign])
    if scores[best] >= LEAST_SHARE:
        return best
    return " " if _are_spaced(lines) else ""


def rows_of(lines: Iterable[str], delimiter: str, n: int = 0) -> Iterator[list[str]]:
    """The cells of each line. Raises csv.Error where a quotation mark is not closed.

    Of spaces-separated lines of n = 2 cells the name may hold spaces, up to its ending.
    """
    if delimiter == "":
        return ([line.rstrip("\r\n")] for line in lines)
    if delimiter == " ":
        return (_spaced(line, n) for line in lines)
    return csv.reader(lines, delimiter=delimiter, strict=True)


def has_decimal_commas(rows: Iterable[Sequence[str]], delimiter: str) -> bool:
    """Whether 1,5 is a number in these cells: some are written so, and none with a point.

    Between commas 1,234 is a thousand.
    """
    commas = points = 0
    for row in rows:
        for cell in map(str.strip, row):
            is_thousands = delimiter == "," and GROUPED.fullmatch(cell) is not None
            commas += DECIMAL_COMMA.fullmatch(cell) is not None and not is_thousands
            points += DECIMAL_POINT.fullmatch(cell) is not None
    return commas > 0 and points == 0


def are_names_and_classes(lines: Sequence[str]) -> bool:
    """Whether each line is a file and, after its ending, a class; either may hold spaces."""
    said = [line.strip() for line in lines if line.strip()]
    below = said[1:] if said and len(said[0].split()) == 2 else said
    found = [NAME_THEN_CLASS.fullmatch(line) for line in below]
    are_attributes = all(  # of a file, many numbers
        len(line.split()) > 2 and FILE.fullmatch(line.split()[0]) and _are_numbers(line.split()[1:])
        for line in below
    )
    return bool(found) and all(found) and not are_attributes


def _are_numbers(cells: Sequence[str]) -> bool:
    return all(NUMBER.fullmatch(cell) for cell in cells)


def _spaced(line: str, n: int) -> list[str]:
    line = line.strip()
    if n == 2 and '"' not in line and (found := NAME_THEN_CLASS.fullmatch(line)):
        return [found[1], found[2]]
    if '"' in line:
        reader = csv.reader([line.replace("\t", " ")], delimiter=" ", skipinitialspace=True)
        return next(reader, [])
    return line.split()


def _rows_at(delimiter: str, lines: Sequence[str]) -> list[list[str]]:
    rows: list[list[str]] = []
    reader = rows_of(lines, delimiter)
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return rows
        except csv.Error:
            continue
        if row:
            rows.append(row)


def _agreement(rows: Sequence[Sequence[str]]) -> float:
    """The share of rows that have as many cells as most, if those are several; else 0."""
    counts = Counter(len(row) for row in rows)
    if not counts:
        return 0.0
    n, of = counts.most_common(1)[0]
    return of / len(rows) if n > 1 else 0.0


def _are_decimals(rows: Sequence[Sequence[str]]) -> bool:
    """Whether every comma in these cells is one of a decimal, below a possible header."""
    cells = [cell.strip() for row in rows[1:] or rows for cell in row]
    with_comma = [cell for cell in cells if "," in cell]
    are = all(DECIMAL_COMMA.fullmatch(cell) for cell in with_comma)
    return bool(with_comma) and are and _agreement(rows) >= LEAST_SHARE


def _are_spaced(lines: Sequence[str]) -> bool:
    """Whether spaces part files from classes, or numbers from numbers: not the words of a name."""
    said = [line.strip() for line in lines if line.strip()]
    if not said:
        return False
    if are_names_and_classes(said):
        return True
    rows = [_spaced(line, 0) for line in said]
    n = Counter(map(len, rows)).most_common(1)[0][0]
    if n < 2 or sum(len(row) in (n, n - 1) for row in rows) < 0.9 * len(rows):
        return False
    below = [row for row in rows[1:] or rows if len(row) == n]
    kinds = [kind_of_column([row[place] for row in below]) for place in range(n)]
    if n == 2:
        return kinds == ["number", "number"] or any(
            all(FILE.fullmatch(row[place]) for row in below) for place in (0, 1)
        )
    return sum(kind == "number" for kind in kinds) >= n / 2


def number_in(cell: str, has_commas: bool) -> float:
    """A cell as a number. ValueError if it is none."""
    cell = cell.strip()
    if has_commas and "," in cell:
        cell = cell.replace(".", "").replace(",", ".")
    elif GROUPED.fullmatch(cell):
        cell = cell.replace(",", "")
    return float(cell)
