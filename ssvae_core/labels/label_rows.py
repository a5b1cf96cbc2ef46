"""What a file of labels says, row by row, whatever kind of file it is."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

from .names import WHOLE, ClassNames, clean, label_text, listed

STATES = ("unsure", "junk", "skipped")
TIME_COLUMNS = ("labelled_at", "updated_at", "created_at", "timestamp", "time", "date")
PERSON_COLUMNS = ("annotator", "completed_by", "annotator_id", "labeler", "labeller", "user")
MILLISECONDS_FROM = 1e11  # a number of seconds as large as this is of the year 5138
UPLOADED = re.compile(r"\A[0-9a-f]{8}-")  # Label Studio puts it before the name of an upload


@dataclass(frozen=True, slots=True)
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
    is_by_group: bool = False  # it was said of a whole group of images


@dataclass(frozen=True)
class LabelFile:
    """What a file says, oldest first where it says when; of several rows the last one stands."""

    classes: tuple[str, ...]
    rows: tuple[LabelRow, ...]
    notes: tuple[str, ...] = ()  # what of the file was left out, in words
    lists_classes: bool = False  # `classes` are all there are, not only those of the rows


class SeveralClasses(ValueError):
    """A row names more than one class."""


def label_file(
    rows: Iterable[LabelRow],
    *,
    declared: Iterable[str] = (),
    are_ours: bool = False,
    notes: Iterable[str] = (),
) -> LabelFile:
    """Rows with their class names cleaned, in the order of their times.

    `declared` are the classes that the file lists. The names in a file of ours are as they were,
    unless a tool between has made all numbers of them fractions.
    """
    found = list(rows)
    if are_ours:
        if all(WHOLE.fullmatch(row.class_name) for row in found if row.class_name is not None):
            found = [replace(row, class_name=label_text(row.class_name)) for row in found]
        classes = [*declared, *(row.class_name for row in found if row.class_name is not None)]
        return LabelFile(tuple(dict.fromkeys(classes)), _by_time(found), tuple(notes), True)
    known = [clean(name) for name in declared]
    names = ClassNames(known)
    kept = []
    for row in found:
        name = names.of(row.class_name)
        if name is not None or row.state is not None:
            kept.append(replace(row, class_name=name))
    classes = [name for each in known if (name := names.of(each))]
    classes += [row.class_name for row in kept if row.class_name is not None]
    every_note = (*notes, *names.notes())
    return LabelFile(tuple(dict.fromkeys(classes)), _by_time(kept), every_note, bool(known))


def _by_time(rows: Iterable[LabelRow]) -> tuple[LabelRow, ...]:
    """Oldest first, what has no time before that, in its order; and last what overrules."""

    def moment(row: LabelRow) -> tuple[bool, float]:
        return row.is_settled, -math.inf if row.at is None else row.at

    return tuple(sorted(rows, key=moment))


def of_record(record: Mapping[str, Any], file_name: str, label: str | None) -> Iterator[LabelRow]:
    """What a row of a table says: votes, then what stands, then what a model guessed."""
    state = text_of(record.get("state"))
    annotator, at = first_text(record, PERSON_COLUMNS) or "", time_in(record)
    number = str(record.get("example"))
    example = int(number) if number.isdecimal() else None
    votes = _votes_in(record.get("votes"))
    for person, name in votes.items():
        if (person, name) != (annotator, label):
            yield LabelRow(file_name, name, annotator=person, example=example)
    if label is not None or state in STATES:
        is_audit = str(record.get("audit")).lower() == "true"
        state = state if state in STATES else None
        settled = label is not None and bool(votes) and votes.get(annotator) != label
        by_group = label is not None and record.get("origin") == "group"
        said = label, state, annotator, at, True, is_audit, example, settled, by_group
        yield LabelRow(file_name, *said)
    if guess := text_of(record.get("guess")):
        who = f"{text_of(record.get('model')) or ''} {text_of(record.get('model_version')) or ''}"
        guessed_at = time_of(record.get("guessed_at"))
        yield LabelRow(file_name, guess, None, who.strip(), guessed_at, False, False, example)


def _votes_in(cell: Any) -> dict[str, Any]:
    """What people voted, {person: class}; none where another tool's column has that name."""
    if isinstance(cell, str):
        try:
            cell = json.loads(cell)
        except ValueError:
            return {}
    return {person: name for person, name in cell.items() if name} if isinstance(cell, dict) else {}


def several_note(files: Iterable[str]) -> tuple[str, ...]:
    """What is said of files that are left out as they show several classes."""
    named = list(dict.fromkeys(files))
    if not named:
        return ()
    return (f"Said to show several classes, and left out: {listed(named)}.",)


# Cells


def text_of(value: Any) -> str | None:
    """A cell as text, None for an empty one. Raises SeveralClasses for more than one value."""
    if isinstance(value, dict) and "choices" in value:
        value = value["choices"]
    if isinstance(value, list | tuple) and len(value) < 2:
        value = value[0] if value else None
    if isinstance(value, dict | list | tuple):
        raise SeveralClasses
    text = label_text(value) if isinstance(value, float | bytes) else value
    return None if text is None or text == "" else str(text)


def first_text(record: Mapping[str, Any], names: Iterable[str]) -> str | None:
    """The first of some cells that says something."""
    for name in names:
        if isinstance(value := record.get(name), dict):  # a person, as Label Studio writes one
            value = value.get("email") or value.get("id")
        if not isinstance(value, list) and (text := text_of(value)) is not None:
            return text
    return None


def time_in(record: Mapping[str, Any]) -> float | None:
    """When a row was written, by the first of its columns that is a time."""
    times = (time_of(record.get(name)) for name in TIME_COLUMNS)
    return next((at for at in times if at is not None), None)


def time_of(value: Any) -> float | None:
    """Seconds since 1970 of a number or of a date; None for what is neither, or may be two."""
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).timestamp()
    if isinstance(value, date):
        value = value.isoformat()
    if isinstance(value, str) and re.fullmatch(r"\d+(\.\d+)?", value.strip()):
        value = float(value)
    if isinstance(value, int | float):
        if not math.isfinite(value):
            return None
        return float(value) / 1000 if value >= MILLISECONDS_FROM else float(value)
    if not isinstance(value, str):
        return None
    try:
        at = datetime.fromisoformat(_as_iso(value.strip()))
    except ValueError:
        return None
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()


def _as_iso(text: str) -> str:
    """2026/01/02, 02.01.2026 and " UTC" in ISO's way. 01/02/2026 is two days: it stays."""
    text = re.sub(r"\A(\d{4})/(\d\d?)/(\d\d?)", _dashed, text.removesuffix(" UTC"))
    text = re.sub(r"\A(\d\d?)\.(\d\d?)\.(\d{4})", _reversed, text)
    return re.sub(r"(?<=[ T])(\d):", r"0\1:", text)


def _dashed(found: re.Match[str]) -> str:
    return f"{found[1]}-{int(found[2]):02}-{int(found[3]):02}"


def _reversed(found: re.Match[str]) -> str:
    return f"{found[3]}-{int(found[2]):02}-{int(found[1]):02}"


def file_in(address: str) -> str:
    """The file that an address or a path names, without what Label Studio puts before it."""
    parts = urlsplit(address) if "://" in address or address.startswith("/data/") else None
    if parts is None:
        return address
    local = re.search(r"(?:^|&)d=([^&]+)", parts.query)
    path = unquote(local[1] if local else parts.path)
    if "/upload/" in parts.path:
        return UPLOADED.sub("", PurePosixPath(path).name)
    return path
