"""Rows of a text file of cells, and what its columns look like."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from ...data.import_report import Skipped
from ...errors import UserError
from ...labels.delimited import BadLine, read_delimited
from ...labels.delimiter import DELIMITERS, number_in
from ...labels.encoding import ENCODINGS
from ...labels.header import kind_of, kind_of_column
from ...limits import check_columns
from ..reading import Reading
from .columns import FEW_ROWS, LABELS, Column
from .layout import FILES, NAMES, TableLayout

HEADER, NO_HEADER = "first-row", ""
SIGNS = {name: sign for sign, name in DELIMITERS.items()}
LEAST_SHARE = 0.8  # of a column's cells that are of its kind
KNOWN = frozenset({*FILES, *LABELS, *NAMES} - {""})


class CsvRows:
    """Rows of a CSV, all cells text."""

    def __init__(self, path: Path, reading: Reading):
        self._path = path
        delimiter, header = reading.chosen("delimiter"), reading.chosen("header")
        self._found = found = read_delimited(
            path,
            KNOWN,
            encoding=reading.chosen("encoding"),
            delimiter=None if delimiter is None else SIGNS.get(delimiter, delimiter),
            has_header=None if header is None else header == HEADER,
        )
        check_columns(path.name, len(found.columns))
        self.notes = list(found.notes)
        if found.encoding not in ("utf-8", "utf-8-sig"):
            codec = found.encoding.removesuffix("-le").removesuffix("-be")
            reading.choose("encoding", "Encoding", ENCODINGS, codec)
        names = {name: name.capitalize() for name in SIGNS}
        reading.choose("delimiter", "Delimiter", names, DELIMITERS[found.delimiter])
        headers = {HEADER: "The first row", NO_HEADER: "None"}
        reading.choose("header", "Header", headers, HEADER if found.has_header else NO_HEADER)
        cells = [*zip(*found.sample(), strict=True)] or [()] * len(found.columns)
        self.columns = [
            Column(name, _kind(values), values, has_commas=found.has_decimal_commas)
            for name, values in zip(found.columns, cells, strict=True)
        ]
        if not any(values for values in cells):
            raise UserError(
                f"{path.name} has no rows. Its columns: {', '.join(found.columns[:12])}."
            )

    def count(self) -> int | None:
        """Unknown without reading it."""
        return None

    def numbers(self, cells: Sequence[Any]) -> list[float]:
        """Cells as numbers, nan for nothing. ValueError if one is something else."""
        if not self._found.has_decimal_commas:
            with suppress(ValueError):
                return [*map(float, cells)]
        return [
            math.nan
            if kind_of(cell) == "nothing"
            else number_in(cell, self._found.has_decimal_commas)
            for cell in cells
        ]

    def rows(self, layout: TableLayout) -> Iterator[Mapping[str, Any] | Skipped]:
        """Every row as {column: text}."""
        for row in self._found.rows():
            if isinstance(row, BadLine):
                yield Skipped(f"line {row.line}", "bad-row", row.why)
            else:
                cells = dict(zip(self._found.columns, row.cells, strict=True))
                if layout.label is not None:
                    cells[layout.label] = self._found.as_label(cells[layout.label])
                yield cells


def _kind(values: tuple[str, ...]) -> str:
    """Of a column whose cells are these; in doubt it is text."""
    kind = kind_of_column(values)
    said = [each for each in map(kind_of, values) if each != "nothing"]
    is_mixed = len(said) >= FEW_ROWS and said.count(kind) < LEAST_SHARE * len(said)
    return "text" if is_mixed else kind
