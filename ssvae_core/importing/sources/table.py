"""Tables: CSV and Parquet of feature vectors, texts, paths and labels, or image files' bytes.

Read row by row (CSV) or some rows at a time (Parquet). A row that does not fit is skipped with its
line.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...data.import_report import Skipped
from ...labels.names import label_text, name_at, shown
from ..gaps import choose_missing
from ..items import Item, Source, name_of
from ..reading import AS_FOUND
from . import pixels
from .beside import Beside, NotFoundBeside
from .csv_rows import CsvRows
from .layout import TRIED, layout_of
from .parquet_rows import ParquetRows
from .text_column import text_item

TEXTS = (".csv", ".tsv", ".tab", ".psv", ".data", ".txt")
CSVS = (*TEXTS, *(f"{suffix}.gz" for suffix in TEXTS))
PARQUETS = (".parquet", ".pq")


class Table(Source):
    """Rows of a table."""

    title = "CSV or Parquet"

    def __init__(self, where: str, reading: Mapping[str, str] = AS_FOUND):
        super().__init__(where, reading)
        self.path = Path(where)
        self._reader: CsvRows | ParquetRows = (
            ParquetRows(self.path)
            if self.path.suffix.lower() in PARQUETS
            else CsvRows(self.path, self.reading)
        )
        columns, beside = self._reader.columns, Beside(self.path)
        self.layout = layout_of(columns, self.reading, beside, self.path.name)
        is_image = self.layout.file or self.layout.image or self.layout.shape != pixels.VECTOR
        self.columns = () if is_image else self.layout.features
        self.kind = "text" if self.layout.text else "image" if is_image else "vector"
        self.class_names, self.has_features = self.layout.class_names, bool(self.layout.known)
        named = [column.said[:TRIED] for column in columns if column.name == self.layout.file]
        self._beside = Beside(self.path, named[0]) if named else beside
        if self.kind == "vector":
            has_gaps = any(
                len(column.said) < len(column.values)
                for column in columns
                if column.name in self.columns
            )
            choose_missing(self.reading, is_seen=has_gaps)
        self.notes += [*self._reader.notes, *self.layout.notes, *self._beside.notes]

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
            found = row if isinstance(row, Skipped) else self._item(place, row)
            if self.layout.domain and isinstance(found, Item) and isinstance(row, Mapping):
                found = replace(found, domain=label_text(row[self.layout.domain]))
            if self.layout.known and isinstance(found, Item) and isinstance(row, Mapping):
                found = self._with_features(found, row)
            yield found

    def _with_features(self, item: Item, row: Mapping[str, Any]) -> Item | Skipped:
        known = self.layout.known
        is_list = len(known) == 1
        try:
            values = row[known[0]] if is_list else self._reader.numbers([row[c] for c in known])
            features = np.array(values, np.float32)
        except (ValueError, TypeError):
            features = np.zeros(0, np.float32)
        if features.ndim != 1 or not features.size:
            return Skipped(item.name, "bad-row", "its features are no numbers")
        return replace(item, features=features)

    def _item(self, place: int, row: Mapping[str, Any]) -> Item | Skipped:
        layout = self.layout
        label = name_at(label_text(row[layout.label]) if layout.label else None, self.class_names)
        if layout.file:
            return self._file_item(place, str(label_text(row[layout.file]) or ""), label)
        if layout.image:
            return self._image_item(place, row[layout.image], label)
        name = shown(str(row[layout.name])) if layout.name else f"#{place}"
        if layout.text:
            return text_item(f"row {place + 1}", name, row[layout.text], label)
        try:
            values = self._numbers(row)
        except (ValueError, TypeError) as error:
            return Skipped(f"row {place + 1}", "bad-row", str(error))
        return Item(name, values, label)

    def _image_item(self, place: int, value: Any, label: str | None) -> Item | Skipped:
        """Of a column of bytes, or of {bytes, path} as Hugging Face writes it."""
        content, name = value, None
        if isinstance(value, dict):
            content, name = value.get("bytes"), value.get("path")
        if content is None and name:  # the bytes were left in their file
            return self._file_item(place, str(name), label)
        if not isinstance(content, bytes):
            return Skipped(f"row {place + 1}", "bad-row", "it holds no image")
        return Item(name_of(str(name)) if name else f"#{place}", lambda: content, label)

    def _file_item(self, place: int, named: str, label: str | None) -> Item | Skipped:
        if not named:
            return Skipped(f"row {place + 1}", "bad-row", "it names no file")
        try:
            path = self._beside.path(named)
        except NotFoundBeside as error:
            if not all(map(self.may_open, self._beside.ways(named))):
                return _elsewhere(named)  # whether it is there is not said
            return Skipped(shown(named), "missing", str(error))
        if not self.may_open(path):
            return _elsewhere(named)
        if not path.is_file():
            return Skipped(shown(named), "not-image", "not a regular file")
        return Item(shown(named), path, label)

    def _numbers(self, row: Mapping[str, Any]) -> NDArray[Any]:
        """A row's features as a vector, or as an image. ValueError if they are not numbers."""
        layout = self.layout
        if layout.vector:
            return np.array(row[layout.vector], np.float32)
        cells = [row[column] for column in layout.features]
        try:
            values = np.array(self._reader.numbers(cells), np.float32)
        except (ValueError, TypeError):
            raise ValueError(self._why_no_numbers(row)) from None
        if layout.shape == pixels.VECTOR:
            return values
        if np.isnan(values).any():
            raise ValueError(f"there is no number in {layout.features[np.isnan(values).argmax()]}")
        if layout.are_bytes:
            if not ((values >= 0) & (values <= 255) & (values == np.rint(values))).all():
                raise ValueError("a pixel is no whole number of 0 to 255, as those before are")
            values = values.astype(np.uint8)
        return pixels.arranged(values[None], layout.shape)[0]

    def _why_no_numbers(self, row: Mapping[str, Any]) -> str:
        """Which of a row's features is none."""
        for column in self.layout.features:
            try:
                self._reader.numbers([row[column]])
            except (ValueError, TypeError):
                return f"'{shown(str(row[column]).strip()[:40])}' is no number in {column}"
        return "they are no numbers"


def _elsewhere(named: str) -> Skipped:
    return Skipped(shown(named), "no-permission", "it lies outside of what may be read")
