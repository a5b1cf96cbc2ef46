"""Labels in a file, as this app and other tools write them: what each file says of which image.

Reads our own exports, and CSV, JSON Lines and Parquet with a column for the file and one for the
class, Label Studio's JSON, and COCO. Nothing of a file is run, and a file is never changed.
"""

from __future__ import annotations

import csv
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from ..errors import UserError
from .file_matching import ENDING
from .label_json import Coco, is_coco, is_label_studio, read_json, read_jsonl, read_label_studio
from .label_rows import LabelFile
from .label_tables import ADVICE, LabelTable, parquet_records, table_of_records
from .names import label_text

TEXTS = (".csv", ".tsv", ".tab", ".txt", ".csv.gz", ".tsv.gz", ".txt.gz")
Found = TypeVar("Found")
# What a file that is no file of labels makes its reader say.
DAMAGE = (
    *(ValueError, TypeError, KeyError, AttributeError, ArithmeticError, RecursionError, EOFError),
    *(csv.Error, zipfile.BadZipFile),
)


def read_labels(path: Path) -> LabelFile:
    """The labels in this file; its ending and its content say what it is.

    Raises UserError if it cannot be read, holds no labels, or does not name the files.
    """
    readers: dict[str, Callable[[Path], LabelFile]] = {
        ".jsonl": _jsonl,
        ".ndjson": _jsonl,
        ".json": _json,
        ".parquet": _parquet,
        ".pq": _parquet,
    }
    is_text = path.name.lower().endswith(TEXTS)
    reader = _text if is_text else readers.get(path.suffix.lower())
    if reader is None:
        raise UserError(
            f"{path.name} is no file of labels that can be read. "
            f"Name one of: {', '.join((*TEXTS[:4], *readers))}."
        )
    found = _guarded(reader, path)
    if not found.rows:
        raise UserError(" ".join([f"{path.name} holds no labels.", *found.notes]))
    return found


@dataclass(frozen=True)
class LabelList:
    """One label for each file, in their order, as it is written."""

    labels: list[Any]
    notes: tuple[str, ...] = ()


def labels_in_order(path: Path) -> LabelList | None:
    """The labels of a file that names no files; None if it names them.

    Raises UserError if it cannot be read.
    """
    if path.suffix.lower() == ".npy":
        return _guarded(_array, path)
    if path.name.lower().endswith(TEXTS):
        return _guarded(_list, path)
    return None


def _guarded(reader: Callable[[Path], Found], path: Path) -> Found:
    try:
        return reader(path)
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror or error}.") from error
    except UserError:
        raise
    except DAMAGE as error:
        why = f"{error} is missing" if isinstance(error, KeyError) else str(error).rstrip(".")
        raise UserError(f"{path.name} is damaged, or is no file of labels: {why}.") from error


def _text(path: Path) -> LabelFile:
    table = LabelTable(path)
    if table.roles.file is None:
        raise UserError(f"{path.name} names no files. {ADVICE}.")
    return table.labels()


def _list(path: Path) -> LabelList | None:
    table = LabelTable(path)
    labels = table.in_order()
    return None if labels is None else LabelList(labels, table.notes)


def _jsonl(path: Path) -> LabelFile:
    records, notes = read_jsonl(path)
    return table_of_records(records, path.name, notes)


def _parquet(path: Path) -> LabelFile:
    return table_of_records(parquet_records(path), path.name)


def _json(path: Path) -> LabelFile:
    found, notes = read_json(path)
    if is_coco(found):
        labels = Coco(found).read()
    elif is_label_studio(found):
        labels = read_label_studio(found)
    elif isinstance(found, list) and all(isinstance(record, dict) for record in found):
        labels = table_of_records(found, path.name)
    else:
        raise ValueError(
            "expected Label Studio's tasks, or COCO's images, annotations and categories"
        )
    return replace(labels, notes=(*notes, *labels.notes))


def _array(path: Path) -> LabelList:
    values = np.load(path, mmap_mode="r", allow_pickle=False)
    if values.ndim != 1 or values.dtype.kind not in "buifUS":
        raise UserError(
            f"{path.name} must hold one label for each file; it has shape {values.shape} of "
            f"{values.dtype}."
        )
    labels = [value.item() for value in values]
    if values.dtype.kind in "US":
        for number, value in enumerate(labels):
            if ENDING.search(label_text(value) or ""):
                raise UserError(
                    f'Row {number} of {path.name} is "{label_text(value)}", which is no class. '
                    "Expected one label for each file, in their order."
                )
    return LabelList(labels)
