"""Rows of a Parquet file, and what its schema says of its columns."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from ...data.import_report import Skipped
from ...errors import TooLarge, UserError
from ...labels.delimited import SPREAD
from ...labels.header import kind_of_column
from ...limits import check_item
from ..items import IMAGE_HEADS
from .columns import Column
from .layout import TableLayout

ROWS_AT_ONCE = 512
IMAGES_AT_ONCE = 16
LONGEST_WORD = 80  # bytes of a class that is written as such
MOST_GROUPS = 20  # of rows, from which these come


class ParquetRows:
    """Rows of a Parquet file."""

    def __init__(self, path: Path):
        from pyarrow import ArrowException
        from pyarrow.parquet import ParquetFile

        self._path, self._error, self.notes = path, ArrowException, list[str]()
        try:
            self._file = ParquetFile(path)
            _ = self._file.schema_arrow.names  # which may be no UTF-8
        except (OSError, ValueError, ArrowException) as error:
            raise UserError(f"{path.name} cannot be read: {error}.") from error
        said = _schema_of_datasets(self._file.schema_arrow.metadata)
        kinds: dict[str, tuple[str, tuple[str, ...]]] = {}
        for field in self._file.schema_arrow:
            kinds[field.name] = _kind(field, said.get(field.name))
        light = [name for name, (kind, _) in kinds.items() if kind in ("number", "text", "date")]
        values = self._sample(light)
        self.columns = [
            _column(name, kind, values.get(name, ()), names)
            for name, (kind, names) in kinds.items()
        ]
        self._look_into_bytes()

    def _look_into_bytes(self) -> None:
        """Columns of bytes whose first value is no image hold words, or something else."""
        of_bytes = [column for column in self.columns if column.kind == "image"]
        if not of_bytes or not self.count():
            return
        (row,) = next(self._batches([column.name for column in of_bytes], 1, [0])).to_pylist()
        others = [
            column
            for column in of_bytes
            if isinstance(row[column.name], bytes) and not row[column.name].startswith(IMAGE_HEADS)
        ]
        for column in others:
            content = row[column.name]
            is_text = len(content) < LONGEST_WORD and content.isalnum()
            if is_text or len(others) < len(of_bytes):  # else it may be a broken image
                kind = "text" if is_text else "other"
                self.columns[self.columns.index(column)] = replace(column, kind=kind)

    def count(self) -> int | None:
        """As its footer says."""
        return int(self._file.metadata.num_rows)

    def numbers(self, cells: Sequence[Any]) -> list[float]:
        """Values as numbers, nan for None. ValueError or TypeError if one is something else."""
        return [math.nan if cell is None else float(cell) for cell in cells]

    def rows(self, layout: TableLayout) -> Iterator[Mapping[str, Any] | Skipped]:
        """Every row as {column: value}."""
        of_rows = (layout.file, layout.image, layout.vector, layout.text)
        named = (*of_rows, layout.label, layout.name, layout.domain)
        numbers = (*layout.features, *layout.known)
        columns = dict.fromkeys(each for each in (*named, *numbers) if each is not None)
        at_once = IMAGES_AT_ONCE if layout.image else ROWS_AT_ONCE
        for batch in self._batches([*columns], at_once):
            yield from self._values(batch)

    def _batches(
        self, columns: Sequence[str], at_once: int, groups: Sequence[int] | None = None
    ) -> Iterator[Any]:
        """Some rows at a time of some columns and row groups: the one place that reads values."""
        self._check_size(columns)
        try:
            yield from self._file.iter_batches(at_once, row_groups=groups, columns=columns)
        except MemoryError:
            raise TooLarge(
                f"{self._path.name} unpacks to more memory than is given to it. "
                "Save it in smaller row groups, or as image files."
            ) from None
        except (OSError, self._error) as error:
            raise UserError(f"{self._path.name} is damaged: {error}") from error

    def _check_size(self, columns: Sequence[str]) -> None:
        """Refuse at once what its footer says is more than is decoded of one row."""
        metadata = self._file.metadata
        for group in map(metadata.row_group, range(metadata.num_row_groups)):
            for chunk in map(group.column, range(group.num_columns)):
                of_one = chunk.total_uncompressed_size // max(1, group.num_rows)
                if chunk.path_in_schema.split(".")[0] in columns:
                    check_item(self._path.name, of_one)

    def _values(self, batch: Any) -> list[dict[str, Any]]:
        """Rows of Python values. UserError where text is not UTF-8, or a number is none of ours."""
        try:
            rows: list[dict[str, Any]] = batch.to_pylist()
            return rows
        except (ValueError, OverflowError, self._error) as error:
            raise UserError(f"{self._path.name} holds what cannot be read: {error}.") from error

    def _sample(self, columns: Sequence[str]) -> dict[str, tuple[str, ...]]:
        """Some values of each of these columns as text, from all row groups."""
        n_groups = self._file.metadata.num_row_groups
        if not columns or not n_groups:
            return {}
        groups = range(0, n_groups, max(1, n_groups // MOST_GROUPS))
        rows: list[dict[str, Any]] = []
        for group in groups:
            n_rows = self._file.metadata.row_group(group).num_rows
            every = max(1, n_rows * len(groups) // SPREAD)
            first = 0
            for batch in self._batches(columns, ROWS_AT_ONCE, [group]):
                picked = range(-first % every, batch.num_rows, every)
                for place in picked:
                    rows += self._values(batch.slice(place, 1))
                first += batch.num_rows
        return {name: tuple(_text(row[name]) for row in rows) for name in columns}


def _column(name: str, kind: str, values: tuple[str, ...], class_names: tuple[str, ...]) -> Column:
    if kind == "text":  # a path, an address, or a number that was written as text
        looks = kind_of_column(values)
        kind = looks if looks in ("file", "address") else "text"
    return Column(
        name, kind, values, class_names, has_schema=kind not in ("text", "file", "number")
    )


def _text(value: Any) -> str:
    if value is None or value != value:
        return ""
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, float | Decimal) and math.isfinite(value) and value == int(value):
        value = int(value)
    return str(value)


def _schema_of_datasets(metadata: Mapping[bytes, bytes] | None) -> dict[str, Any]:
    """What Hugging Face's `datasets` wrote down of each column; nothing where it did not."""
    try:
        features = json.loads((metadata or {})[b"huggingface"])["info"]["features"]
        return {str(name): feature for name, feature in features.items()}
    except (KeyError, TypeError, ValueError, AttributeError):
        return {}


def _kind(field: Any, feature: Any) -> tuple[str, tuple[str, ...]]:
    """What a column is, and the names of its classes where the schema has them."""
    kind = _kind_of_type(field.type)
    if kind == "vector" and (_is_of_classes(feature) or _is_called_labels(field)):
        return "several", ()
    said = feature.get("_type") if isinstance(feature, dict) else None
    names = feature.get("names") if isinstance(feature, dict) else None
    if isinstance(names, dict):  # as older versions wrote it: {"0": "cat"}
        names = list(names.values())
    if kind == "number" and isinstance(names, list) and said in (None, "ClassLabel"):
        return kind, tuple(map(str, names))
    return kind, ()


def _is_of_classes(feature: Any) -> bool:
    """Whether a list is one of ClassLabel, in any of the ways in which this was written."""
    inside = feature.get("feature") if isinstance(feature, dict) else feature
    inside = inside[0] if isinstance(inside, list) and inside else inside
    return isinstance(inside, dict) and inside.get("_type") == "ClassLabel"


def _is_called_labels(field: Any) -> bool:
    """Whether it has whole numbers, and the name of a column of classes."""
    from pyarrow import types

    return types.is_integer(field.type.value_type) and Column(field.name, "vector").is_answer


def _kind_of_type(type_: Any) -> str:
    from pyarrow import types

    if types.is_dictionary(type_):
        return _kind_of_type(type_.value_type)
    if types.is_struct(type_):
        return "image" if type_.get_field_index("bytes") >= 0 else "other"
    if types.is_binary(type_) or types.is_large_binary(type_) or types.is_binary_view(type_):
        return "image"
    if types.is_list(type_) or types.is_large_list(type_) or types.is_fixed_size_list(type_):
        return _kind_of_list(type_)
    if types.is_string(type_) or types.is_large_string(type_) or types.is_string_view(type_):
        return "text"
    if types.is_temporal(type_):
        return "date"
    if types.is_null(type_):
        return "nothing"
    is_number = types.is_integer(type_) or types.is_floating(type_) or types.is_boolean(type_)
    return "number" if is_number or types.is_decimal(type_) else "other"


def _kind_of_list(type_: Any) -> str:
    """A vector of numbers, several classes, or something else."""
    inside = _kind_of_type(type_.value_type)
    return {"number": "vector", "text": "several", "image": "images"}.get(inside, "other")
