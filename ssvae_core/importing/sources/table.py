"""Tables: CSV and Parquet of feature vectors, of paths and labels, or of image files' bytes.

Read row by row (CSV) or some rows at a time (Parquet). A row that does not fit is skipped with its
line.
"""

from __future__ import annotations

import csv
import gzip
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from ...data.import_report import Skipped
from ...errors import UserError
from ..items import Item, Source, shown
from .layout import TableLayout, label_text, layout_of

CSVS = (".csv", ".tsv", ".csv.gz", ".tsv.gz")
PARQUETS = (".parquet", ".pq")
SAMPLE = 50  # rows by which the columns' kinds are told
ROWS_AT_ONCE = 512


class Table(Source):
    """Rows of a table."""

    title = "CSV or Parquet"

    def __init__(self, where: str):
        super().__init__(where)
        self.path = Path(where)
        self._reader: CsvRows | ParquetRows = (
            ParquetRows(self.path) if self.path.suffix.lower() in PARQUETS else CsvRows(self.path)
        )
        self.layout = layout_of(self._reader.kinds, self.path.name)
        is_image = self.layout.file or self.layout.image or self.layout.pixels
        self.kind = "image" if is_image else "vector"
        self.class_names = self._reader.class_names(self.layout)

    @staticmethod
    def accepts(where: str) -> bool:
        """By suffix."""
        return where.lower().endswith((*CSVS, *PARQUETS)) and Path(where).is_file()

    def count(self) -> int | None:
        """Rows, where the file says it."""
        return self._reader.count()

    def items(self) -> Iterator[Item | Skipped]:
        """Every row."""
        for place, row in enumerate(self._reader.rows(self.layout)):
            yield row if isinstance(row, Skipped) else self._item(place, row)

    def _item(self, place: int, row: Mapping[str, Any]) -> Item | Skipped:
        layout = self.layout
        label = label_text(row[layout.label]) if layout.label else None
        if label is not None and self.class_names and label.isdecimal():
            label = self.class_names[int(label)] if int(label) < len(self.class_names) else label
        if layout.file:
            return self._file_item(place, str(row[layout.file] or "").strip(), label)
        if layout.image:
            return _image_item(place, row[layout.image], label)
        name = shown(str(row[layout.name])) if layout.name else f"#{place}"
        try:
            values = _numbers(row, layout)
        except (ValueError, TypeError) as error:
            return Skipped(f"row {place + 1}", "bad-row", str(error))
        return Item(name, values, label)

    def _file_item(self, place: int, named: str, label: str | None) -> Item | Skipped:
        if not named or "\0" in named:
            return Skipped(f"row {place + 1}", "bad-row", "it names no file")
        path = self.path.parent.resolve() / named.removeprefix("file://")
        if not self.may_open(path):
            return Skipped(shown(named), "no-permission", "it lies outside of what may be read")
        if path.exists() and not path.is_file():
            return Skipped(shown(named), "not-image", "not a regular file")
        return Item(shown(named), path, label)


def _image_item(place: int, value: Any, label: str | None) -> Item | Skipped:
    """Of a column of bytes, or of {bytes, path} as Hugging Face writes it."""
    content, name = value, None
    if isinstance(value, dict):
        content, name = value.get("bytes"), value.get("path")
    if not isinstance(content, bytes):
        return Skipped(f"row {place + 1}", "bad-row", "it holds no image")
    return Item(shown(Path(name).name if name else f"#{place}"), lambda: content, label)


def _numbers(row: Mapping[str, Any], layout: TableLayout) -> NDArray[Any]:
    """A row's features as a vector, or as an image of bytes. ValueError if they are not numbers."""
    if layout.vector:
        values = np.array(row[layout.vector], np.float32)
    else:
        values = np.array([float(row[column]) for column in layout.features], np.float32)
    if layout.pixels is None:
        return values
    if not ((values >= 0) & (values <= 255)).all():
        raise ValueError("a pixel is outside of 0 to 255")
    return values.astype(np.uint8).reshape(layout.pixels)


class CsvRows:
    """Rows of a CSV, all cells text."""

    def __init__(self, path: Path):
        self._path = path
        try:
            with self._open() as file:
                start = file.read(64 * 1024)
            self._dialect = _delimiter(start, path)
            with self._open() as file:
                rows = _sample(csv.reader(file, delimiter=self._dialect))
        except (OSError, EOFError) as error:
            raise UserError(f"{path.name} cannot be read: {error}.") from error
        if not rows:
            raise UserError(f"{path.name} is empty.")
        self._has_header = not all(map(_is_number, rows[0]))
        self._columns = rows[0] if self._has_header else [f"{n}" for n in range(len(rows[0]))]
        sample = rows[1:] if self._has_header else rows
        self.kinds = {
            column: "number" if _all_numbers(row[n] for row in sample if n < len(row)) else "text"
            for n, column in enumerate(self._columns)
        }

    def count(self) -> int | None:
        """Unknown without reading it."""
        return None

    def class_names(self, layout: TableLayout) -> tuple[str, ...]:
        """A CSV knows no order of classes."""
        return ()

    def rows(self, layout: TableLayout) -> Iterator[Mapping[str, Any] | Skipped]:
        """Every row as {column: text}."""
        with self._open() as file:
            reader = csv.reader(file, delimiter=self._dialect)
            if self._has_header:
                next(reader)
            while True:
                try:
                    cells = next(reader)
                except StopIteration:
                    return
                except (csv.Error, UnicodeError) as error:
                    yield Skipped(f"line {reader.line_num}", "bad-row", str(error))
                    continue
                except (OSError, EOFError) as error:
                    raise UserError(f"{self._path.name} is damaged: {error}.") from error
                if not cells:
                    continue
                if len(cells) != len(self._columns):
                    why = f"{len(cells)} cells; {len(self._columns)} were expected"
                    yield Skipped(f"line {reader.line_num}", "bad-row", why)
                    continue
                yield dict(zip(self._columns, cells, strict=True))

    def _open(self) -> IO[str]:
        how: dict[str, Any] = {"encoding": "utf-8-sig", "errors": "replace", "newline": ""}
        if self._path.suffix.lower() == ".gz":
            return gzip.open(self._path, "rt", **how)
        return self._path.open("r", **how)


class ParquetRows:
    """Rows of a Parquet file."""

    def __init__(self, path: Path):
        from pyarrow import ArrowException
        from pyarrow.parquet import ParquetFile

        try:
            self._file = ParquetFile(path)
            self.kinds = {field.name: _kind(field.type) for field in self._file.schema_arrow}
        except (OSError, ValueError, ArrowException) as error:
            raise UserError(f"{path.name} cannot be read: {error}.") from error
        self._path, self._error = path, ArrowException

    def count(self) -> int | None:
        """As its footer says."""
        return int(self._file.metadata.num_rows)

    def class_names(self, layout: TableLayout) -> tuple[str, ...]:
        """Of the label column, where Hugging Face's `datasets` wrote them down."""
        try:
            notes = json.loads(self._file.schema_arrow.metadata[b"huggingface"])
            names = notes["info"]["features"][layout.label]["names"]
            return tuple(str(name) for name in names)
        except (KeyError, TypeError, ValueError):
            return ()

    def rows(self, layout: TableLayout) -> Iterator[Mapping[str, Any] | Skipped]:
        """Every row as {column: value}."""
        named = (layout.file, layout.image, layout.vector, layout.label, layout.name)
        columns = [column for column in (*named, *layout.features) if column is not None]
        at_once = 16 if layout.image else ROWS_AT_ONCE
        try:
            for batch in self._file.iter_batches(at_once, columns=columns):
                yield from batch.to_pylist()
        except (OSError, self._error) as error:
            raise UserError(f"{self._path.name} is damaged: {error}") from error


def _kind(type_: Any) -> str:
    """What a Parquet column of this type can be."""
    from pyarrow import types

    if types.is_struct(type_):
        return "image" if type_.get_field_index("bytes") >= 0 else "other"
    if types.is_binary(type_) or types.is_large_binary(type_):
        return "image"
    if types.is_list(type_) or types.is_large_list(type_) or types.is_fixed_size_list(type_):
        return "vector" if _kind(type_.value_type) == "number" else "other"
    if types.is_dictionary(type_):
        return _kind(type_.value_type)
    if types.is_string(type_) or types.is_large_string(type_):
        return "text"
    is_number = types.is_integer(type_) or types.is_floating(type_) or types.is_boolean(type_)
    return "number" if is_number else "other"


def _delimiter(start: str, path: Path) -> str:
    if ".tsv" in path.name.lower():
        return "\t"
    line = start.split("\n", 1)[0]
    return max(",;\t|", key=line.count)


def _sample(reader: Iterator[list[str]]) -> list[list[str]]:
    """The first rows that can be read."""
    rows: list[list[str]] = []
    while len(rows) < SAMPLE:
        try:
            if row := next(reader):
                rows.append(row)
        except StopIteration:
            break
        except csv.Error:
            continue
    return rows


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _all_numbers(cells: Iterator[str]) -> bool:
    """Whether all that say something are numbers, and one does."""
    said = [cell for cell in cells if cell.strip()]
    return bool(said) and sum(map(_is_number, said)) > len(said) / 2
