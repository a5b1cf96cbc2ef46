"""Labels in a file, as this app and other tools write them: what each file says of which image.

Reads our own exports, and CSV, JSON Lines and Parquet with a column for the file and one for the
class, Label Studio's JSON, and COCO. Nothing of a file is run, and a file is never changed.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

from ..csv_cells import unmarked
from ..errors import UserError

STATES = ("unsure", "junk", "skipped")
FILE_COLUMNS = (
    "original_name",
    "file_name",
    "filename",
    "file",
    "image",
    "image_path",
    "path",
    "name",
)
CLASS_COLUMNS = ("person_label", "label", "class", "category", "class_name", "label_name")
OWN_COLUMNS = {"model_version", "guessed_at"}  # columns by which our own tables are known


@dataclass(frozen=True)
class LabelRow:
    """One thing said of one image. Without a class and without a state, that it has no label."""

    file_name: str
    class_name: str | None = None
    state: str | None = None  # one of STATES
    annotator: str = ""
    at: float | None = None  # seconds since 1970
    is_human: bool = True  # or what a model guessed
    is_audit: bool = False
    example: int | None = None  # its number, where the file is an export of ours
    is_settled: bool = False  # it overrules what people voted


@dataclass(frozen=True)
class LabelFile:
    """What a file says, oldest first where it says when; of several rows the last one stands."""

    classes: tuple[str, ...]
    rows: tuple[LabelRow, ...]
    notes: tuple[str, ...] = ()  # what of the file was left out, in words


def read_labels(path: Path) -> LabelFile:
    """The labels in this file; its ending and its content say what it is.

    Raises UserError if it cannot be read, or holds no labels.
    """
    readers: dict[str, Callable[[Path], LabelFile]] = {
        ".csv": lambda path: _table(_csv_records(path)),
        ".tsv": lambda path: _table(_csv_records(path, "\t")),
        ".jsonl": lambda path: _table(_jsonl_records(path)),
        ".parquet": lambda path: _table(_parquet_records(path)),
        ".json": _json,
    }
    if path.suffix.lower() not in readers:
        raise UserError(
            f"{path.name} is no file of labels that can be read. Name one of: {', '.join(readers)}."
        )
    try:
        found = readers[path.suffix.lower()](path)
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror or error}.") from error
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, csv.Error) as error:
        raise UserError(f"{path.name} is damaged, or is no file of labels: {error}.") from error
    if not found.rows:
        raise UserError(f"{path.name} holds no labels.")
    return found


# Tables


def _csv_records(path: Path, separator: str = ",") -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file, delimiter=separator, strict=True)
        is_ours = set(reader.fieldnames or ()) >= OWN_COLUMNS
        for record in reader:
            if None in record:
                raise ValueError(f"line {reader.line_num} has more cells than the header")
            if is_ours:
                record = {name: unmarked(cell or "") for name, cell in record.items()}
            yield record


def _jsonl_records(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8-sig", newline="\n") as file:
        for line in file:
            if line.strip():
                yield json.loads(line)


def _parquet_records(path: Path) -> Iterator[dict[str, Any]]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches():
                yield from batch.to_pylist()
    except pa.ArrowException as error:
        raise ValueError(str(error)) from error


def _table(records: Iterable[dict[str, Any]]) -> LabelFile:
    rows: list[LabelRow] = []
    for record in records:
        lowered = {str(name).strip().lower(): value for name, value in record.items()}
        file_column = _column(lowered, FILE_COLUMNS, "of the file")
        class_column = _column(lowered, CLASS_COLUMNS, "of the class")
        rows += _of_record(lowered, _text(lowered[file_column]) or "", class_column)
    return LabelFile(_classes(rows), tuple(rows))


def _column(record: Mapping[str, Any], names: tuple[str, ...], what: str) -> str:
    for name in names:
        if name in record:
            return name
    raise ValueError(
        f"it has no column {what} ({', '.join(names)}); it has {', '.join(record) or 'none'}"
    )


def _of_record(record: dict[str, Any], file_name: str, class_column: str) -> Iterator[LabelRow]:
    """What a row of a table says: votes, then what stands, then what a model guessed."""
    label, state = _text(record[class_column]), _text(record.get("state"))
    annotator, at = _text(record.get("annotator")) or "", _time(record.get("labelled_at"))
    number = record.get("example")
    example = int(number) if number not in (None, "") else None
    votes = record.get("votes") or {}
    votes = json.loads(votes) if isinstance(votes, str) else dict(votes)
    for person, name in votes.items():
        if (person, name) != (annotator, label):
            yield LabelRow(file_name, name, annotator=person, example=example)
    if label is not None or state in STATES:
        is_audit = str(record.get("audit")).lower() == "true"
        state = state if state in STATES else None
        settled = label is not None and bool(votes) and votes.get(annotator) != label
        yield LabelRow(file_name, label, state, annotator, at, True, is_audit, example, settled)
    if guess := _text(record.get("guess")):
        who = f"{_text(record.get('model')) or ''} {_text(record.get('model_version')) or ''}"
        guessed_at = _time(record.get("guessed_at"))
        yield LabelRow(file_name, guess, None, who.strip(), guessed_at, False, False, example)


# JSON


def _json(path: Path) -> LabelFile:
    with path.open(encoding="utf-8-sig") as file:
        found = json.load(file)
    if isinstance(found, dict) and {"images", "annotations", "categories"} <= found.keys():
        return _coco(found)
    if isinstance(found, list) and all(isinstance(task, dict) for task in found):
        if found and not any("data" in task for task in found):
            return _table(found)
        return _label_studio(found)
    raise ValueError("expected Label Studio's tasks, or COCO's images, annotations and categories")


def _coco(found: dict[str, Any]) -> LabelFile:
    names = {each["id"]: str(each["name"]) for each in found["categories"]}
    said: dict[Any, list[dict[str, Any]]] = {}
    for annotation in found["annotations"]:
        said.setdefault(annotation["image_id"], []).append(annotation)
    is_ours = isinstance(found.get("info"), dict) and "ssvae" in found["info"]
    rows: list[LabelRow] = []
    several = 0
    for image in found["images"]:
        example = image["id"] - 1 if is_ours else None
        annotations = said.get(image["id"], [])
        name = image.get("original_name") or image["file_name"]
        if len({annotation["category_id"] for annotation in annotations}) > 1:
            several += 1
        elif annotations:
            found_row = annotations[0] | {"label": names[annotations[0]["category_id"]]}
            rows += _of_record(found_row | {"example": example}, name, "label")
        elif image.get("state") in STATES:
            rows += _of_record(image | {"label": None, "example": example}, name, "label")
    notes = (f"{several} images show several classes; they are left out.",) if several else ()
    return LabelFile(tuple(names.values()), tuple(rows), notes)


def _label_studio(tasks: list[dict[str, Any]]) -> LabelFile:
    rows: list[LabelRow] = []
    several = 0
    for task in tasks:
        name = _file_of(task["data"])
        meta = task.get("meta")
        if isinstance(meta, dict) and isinstance(meta.get("ssvae"), dict):
            rows += _of_record(meta["ssvae"], name, "label")
        else:
            for annotation in task.get("annotations", task.get("completions", [])):
                chosen = _chosen(annotation)
                several += len(chosen) > 1
                state = "skipped" if annotation.get("was_cancelled") else None
                if len(chosen) == 1 or state:
                    label = None if state else chosen[0]
                    who, at = _who(annotation), _time(annotation.get("created_at"))
                    rows.append(LabelRow(name, label, state, who, at))
        for prediction in task.get("predictions", []):
            if isinstance(prediction, dict) and len(chosen := _chosen(prediction)) == 1:
                version = str(prediction.get("model_version") or "")
                rows.append(LabelRow(name, chosen[0], annotator=version, is_human=False))
    notes = (f"{several} answers name several classes; they are left out.",) if several else ()
    return LabelFile(_classes(rows), tuple(rows), notes)


def _chosen(answer: dict[str, Any]) -> list[str]:
    """The classes that an annotation or a prediction of Label Studio names."""
    results = [each for each in answer.get("result") or [] if each.get("type") == "choices"]
    return [str(name) for each in results for name in each["value"]["choices"]]


def _who(annotation: dict[str, Any]) -> str:
    who = annotation.get("completed_by")
    return str(who.get("email", who.get("id", ""))) if isinstance(who, dict) else str(who or "")


def _file_of(data: dict[str, Any]) -> str:
    """The name of a task's file: as we wrote it, or the end of its address."""
    if data.get("file_name"):
        return str(data["file_name"])
    address = urlsplit(str(data.get("image", next(iter(data.values()), ""))))
    local = re.search(r"(?:^|&)d=([^&]+)", address.query)
    name = PurePosixPath(unquote(local[1] if local else address.path)).name
    # What is uploaded to Label Studio gets eight digits and a dash before its name.
    return re.sub(r"\A[0-9a-f]{8}-", "", name) if "/upload/" in address.path else name


# Cells


def _text(value: Any) -> str | None:
    return None if value is None or value == "" else str(value)


def _time(value: Any) -> float | None:
    """Seconds since 1970 of a number or of ISO 8601; None for what is neither."""
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).timestamp()
    if isinstance(value, int | float):
        return float(value)
    try:
        at = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return None
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()


def _classes(rows: Iterable[LabelRow]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(row.class_name for row in rows if row.class_name is not None))
