"""Labels in tables: which column names the file and which the class, and what the rows say.

A column is known by its name, or else by what its cells look like. What cannot be told is refused;
a list of nothing but labels goes by order, and only where it clearly is one.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import Any

from ..csv_cells import unmarked
from ..errors import UserError
from ..limits import MOST_ITEM, check_item, labels_within, lines_of
from .delimited import BadLine, Delimited, Line, read_delimited
from .encoding import opened
from .file_matching import ENDING, OF_IMAGES
from .header import FILE, kind_of_column
from .label_rows import (
    PERSON_COLUMNS,
    TIME_COLUMNS,
    LabelFile,
    LabelRow,
    SeveralClasses,
    file_in,
    first_text,
    label_file,
    of_record,
    several_note,
    text_of,
    time_in,
)
from .names import shown

FILE_COLUMNS = (
    *("original_name", "file_name", "filename", "file name", "file", "image", "image_path"),
    *("image_name", "image_file", "path", "file_path", "filepath", "img", "img_path", "picture"),
)
ID_COLUMNS = ("image_id", "id_code", "name", "id", "key", "example")  # names without their endings
CLASS_COLUMNS = (
    *("person_label", "label", "class", "category", "class_name", "label_name", "labels", "target"),
    *("y", "truth", "species", "variety", "answer", "choice", "breed", "class_id", "label_id"),
    *("fine_label", "diagnosis", "classes", "digit", "coarse_label"),
)
INDEX_COLUMNS = ("", "index", "unnamed: 0")
OTHER_COLUMNS = frozenset(
    {*TIME_COLUMNS, *PERSON_COLUMNS, "annotation_id", "lead_time", "split", "confidence", "state"}
)
KNOWN = frozenset({*FILE_COLUMNS, *ID_COLUMNS, *CLASS_COLUMNS, *INDEX_COLUMNS, *OTHER_COLUMNS})
OWN_COLUMNS = {"model_version", "guessed_at"}  # columns by which our own tables are known
SAMPLE = 100  # rows by which columns are told
# A delimiter, or a file's name anywhere: "a.png: cat", "a.png=cat" and "cat (a.png)" are no class.
NO_LABEL_ALONE = re.compile(rf"[,;|\t]|{OF_IMAGES}(?![\w.])", re.I)
ADVICE = "Expected a column of file names and one of classes, or one label a line for each file"

ROWS_AT_ONCE = 4096


@dataclass(frozen=True)
class Roles:
    """The columns that matter. Without one of files, labels go by order."""

    file: str | None
    label: str
    notes: tuple[str, ...] = ()


def roles_of(columns: Sequence[str], rows: Sequence[Sequence[str]], name: str) -> Roles:
    """From the names of the columns and some of their cells. UserError if they do not tell."""
    left = [
        column
        for place, column in enumerate(columns)
        if _key(column) not in OTHER_COLUMNS
        and not (_key(column) in INDEX_COLUMNS and _counts([row[place] for row in rows]))
    ]
    if set(map(_key, columns)) >= OWN_COLUMNS:
        return Roles(_first(FILE_COLUMNS, columns), _first(CLASS_COLUMNS, columns) or "label")
    cells = {column: [row[n] for row in rows if n < len(row)] for n, column in enumerate(columns)}
    are_files = [column for column in left if _are_files(cells[column])]
    label = _first(CLASS_COLUMNS, [column for column in left if column not in are_files])
    could_name = [column for column in left if column != label]
    file = (
        _first(FILE_COLUMNS, could_name)
        or next(iter(are_files), None)
        or next((column for column in could_name if kind_of_column(cells[column]) == "file"), None)
        or _first(ID_COLUMNS, could_name)
    )
    if len(left) == 1:  # whether its cells are labels, LabelTable.in_order sees
        return Roles(None, left[0])
    if file not in are_files and any(_key(column) in INDEX_COLUMNS for column in are_files):
        raise UserError(
            f'Files are named in a column of {name} that has no name, and not in "{file}". Is one '
            "missing in its header?"
        )
    others = [column for column in could_name if column != file]
    if label is None and len(others) == 1:
        label = others[0]
    if label is None and file is None and len(left) == 2:  # whether it names files, matching shows
        file, label = left
    if label is None:
        raise UserError(
            f"It cannot be told which column of {name} is the class. Its columns: "
            f'{", ".join(columns[:12])}. Call it "label".'
        )
    if file is None and len(left) > 1:
        raise UserError(
            f"No column of {name} names files. Its columns: {', '.join(columns[:12])}. {ADVICE}."
        )
    several = [column for column in others if _key(column) in CLASS_COLUMNS and column != label]
    note = f'The classes of {name} are in its column "{label}"; not in {", ".join(several)}.'
    return Roles(file, label, (note,) if several else ())


def _are_files(cells: Sequence[str]) -> bool:
    said = [cell for cell in cells if cell.strip()]
    return bool(said) and all(ENDING.search(cell.strip()) for cell in said)


def _key(column: str) -> str:
    return column.strip().lower()


def _first(wanted: Iterable[str], columns: Sequence[str]) -> str | None:
    lowered = {_key(column): column for column in reversed(columns)}
    return next((lowered[name] for name in wanted if name in lowered), None)


def _counts(cells: Sequence[str]) -> bool:
    """Whether these are the numbers of rows, from 0 or 1."""
    if not all(cell.strip().isdecimal() for cell in cells):
        return False
    numbers = [int(cell) for cell in cells]
    return any(numbers == [*range(start, start + len(numbers))] for start in (0, 1))


class LabelTable:
    """A text file of cells in which labels stand."""

    def __init__(self, path: Path):
        self._table = _opened(path)
        self.roles = roles_of(self._table.columns, _sampled(self._table), path.name)
        self.notes = (*self._table.notes, *self.roles.notes)

    def labels(self) -> LabelFile:
        """What its rows say. ValueError names a line that is no row."""
        return labels_of(self._records(), self.roles, self._table.path.name, self.notes)

    def in_order(self) -> list[str] | None:
        """Its labels, if it names no files. UserError where they look like something else."""
        if self.roles.file is not None:
            return None
        if not self._table.delimiter:
            return _one_a_line(self._table)
        place = self._table.columns.index(self.roles.label)
        labels = [self._table.as_label(row.cells[place]) for row in self._lines()]
        if _are_files(labels):
            raise UserError(f"{self._table.path.name} names files, and no classes. {ADVICE}.")
        return labels

    def _lines(self) -> Iterator[Any]:
        for row in labels_within(self._table.rows(), self._table.path.name, _size_of):
            if isinstance(row, BadLine):
                raise ValueError(f"line {row.line}: {row.why}")
            yield row

    def _records(self) -> Iterator[dict[str, Any]]:
        columns = self._table.columns
        is_ours = set(columns) >= OWN_COLUMNS
        for row in self._lines():
            cells = [unmarked(cell) for cell in row.cells] if is_ours else row.cells
            record = dict(zip(columns, cells, strict=True))
            record[self.roles.label] = self._table.as_label(record[self.roles.label])
            yield record


def _opened(path: Path) -> Delimited:
    table = read_delimited(path, KNOWN)
    if table.has_header and not KNOWN & set(map(_key, table.columns)):
        rows = _sampled(table)
        kinds = {kind_of_column([row[n] for row in rows]) for n in range(len(table.columns))}
        if kinds <= {"text", "nothing"}:  # nothing tells the first row from the others
            return read_delimited(path, KNOWN, has_header=False)
    return table


def _sampled(table: Delimited) -> list[list[str]]:
    some = islice(table.rows(), SAMPLE)
    return [row.cells for row in some if not isinstance(row, BadLine)]


def _one_a_line(table: Delimited) -> list[str]:
    """The lines of a list of labels, empty ones too. UserError where one is no class."""
    with opened(table.path) as file, io.TextIOWrapper(file, table.encoding) as text:
        found = labels_within(lines_of(text, table.path.name), table.path.name, len)
        lines = [line.removesuffix("\n") for line in found]
    first = table.n_above + table.has_header
    labels = []
    for number, line in enumerate(lines[first:], first + 1):
        cells = next(csv.reader([line]), [""]) if line.startswith('"') else [line.strip()]
        is_quoted = len(cells) == 1 and line.startswith('"')
        if len(cells) > 1 or (not is_quoted and NO_LABEL_ALONE.search(cells[0])):
            raise UserError(
                f'Line {number} of {table.path.name} is "{shown(line.strip()[:60])}", which is no '
                f"class alone. {ADVICE}."
            )
        labels.append(cells[0])
    if all(FILE.fullmatch(label) for label in labels if label):
        raise UserError(f"{table.path.name} names files, and no classes. {ADVICE}.")
    return labels


def table_of_records(
    records: Iterable[dict[str, Any]], name: str, notes: Sequence[str] = ()
) -> LabelFile:
    """The labels in rows of any source: JSON Lines, Parquet, a list of JSON."""
    rows = iter(records)
    some = list(islice(rows, SAMPLE))
    if not some:
        raise UserError(f"{name} holds no labels.")
    columns = list(dict.fromkeys(column for record in some for column in record))
    cells = [[_sample(record.get(column)) for column in columns] for record in some]
    roles = roles_of(columns, cells, name)
    if roles.file is None:
        raise UserError(f"No column of {name} names files. Its columns: {', '.join(columns)}.")
    return labels_of(chain(some, rows), roles, name, (*notes, *roles.notes))


def _sample(value: Any) -> str:
    return "" if value is None or isinstance(value, dict | list | bytes) else str(value)


def labels_of(
    records: Iterable[Mapping[str, Any]], roles: Roles, name: str, notes: Sequence[str] = ()
) -> LabelFile:
    """What rows say, each a mapping from columns to cells."""
    rows: list[LabelRow] = []
    several: list[str] = []
    are_ours = False
    odd_time = ""
    for record in records:
        lowered = {_key(column): cell for column, cell in record.items()}
        are_ours = lowered.keys() >= OWN_COLUMNS
        file_name = str(record.get(roles.file or "") or "")
        if not are_ours:
            file_name = file_in(file_name.strip())
        try:
            rows += of_record(lowered, file_name, text_of(record.get(roles.label)))
        except SeveralClasses:
            several.append(file_name)
        if not odd_time and time_in(lowered) is None:
            odd_time = first_text(lowered, TIME_COLUMNS) or ""
    if odd_time:
        notes = [
            *notes,
            f'Times in {name} cannot be told ("{odd_time}"): write them as 2026-02-01.',
        ]
    return label_file(rows, are_ours=are_ours, notes=[*notes, *several_note(several)])


def parquet_records(path: Path) -> Iterator[dict[str, Any]]:
    """The rows of a Parquet file. ValueError if it is damaged."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as file:
            largest = _largest_chunk(file.metadata)
            check_item(path.name, largest)
            # No cell is larger than what holds it.
            at_once = max(1, min(ROWS_AT_ONCE, MOST_ITEM // max(1, largest)))
            rows = chain.from_iterable(batch.to_pylist() for batch in file.iter_batches(at_once))
            yield from labels_within(rows, path.name, _text_in)
    except pa.ArrowException as error:
        raise ValueError(str(error)) from error


def _largest_chunk(metadata: Any) -> int:
    """Bytes, unpacked, of the largest part of the file.

    Not of a column in it: asked for a damaged one's, pyarrow ends the process.
    """
    groups = map(metadata.row_group, range(metadata.num_row_groups))
    return max((int(group.total_byte_size) for group in groups), default=0)


def _text_in(record: Mapping[str, Any]) -> int:
    return sum(len(cell) for cell in record.values() if isinstance(cell, str))


def _size_of(row: Line | BadLine) -> int:
    return sum(map(len, row.cells)) if isinstance(row, Line) else len(row.why)
