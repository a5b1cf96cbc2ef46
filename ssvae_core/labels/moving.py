"""The labels of one store copied to another, SQLite or PostgreSQL, and compared row by row."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Table, func, insert, select

from ..errors import Conflict
from .schema import event_table, metric_table, session_table
from .store import LabelStore

TABLES = (session_table, event_table, metric_table)  # those that others refer to come first
ROWS = 2000  # at once

Progress = Callable[[int, int], None]  # rows done, of all


@dataclass(frozen=True)
class Moved:
    """How much was copied, and found the same."""

    sessions: int
    events: int
    metrics: int


def copy_labels(
    source: LabelStore, target: LabelStore, progress: Progress = lambda done, of: None
) -> Moved:
    """Copy all of a store into one that is empty; nothing is there unless all is, and is the same.

    Nobody else may write to either. UserError where the target has sessions already.
    """
    with source.reading() as read:
        counts = {table: _count(read, table) for table in TABLES}
        total, done = 2 * sum(counts.values()), 0
        with target.writing("The copy") as write:
            if _count(write, session_table):
                raise Conflict(
                    "There are sessions in the database already, and it is not overwritten. "
                    "Name an empty one."
                )
            for table in TABLES:
                for rows in _parts(read, table):
                    write.execute(insert(table), rows)
                    done += len(rows)
                    progress(done, total)
            for table in TABLES:
                pairs = zip(_parts(read, table), _parts(write, table), strict=False)
                same = 0
                for ours, theirs in pairs:
                    if ours != theirs:
                        raise Conflict(
                            f"A row of '{table.name}' is not the same in the copy, so nothing was "
                            "copied. Report this as a bug, with the kinds of both databases."
                        )
                    same += len(ours)
                    progress(done + same, total)
                if not same == counts[table] == _count(write, table):
                    raise Conflict(
                        f"'{table.name}' changed while it was copied, so nothing was. Stop "
                        "everybody who uses it, then do it again."
                    )
                done += same
    return Moved(counts[session_table], counts[event_table], counts[metric_table])


def _count(connection: Connection, table: Table) -> int:
    return int(connection.execute(select(func.count()).select_from(table)).scalar_one())


def _parts(connection: Connection, table: Table) -> Iterator[list[dict[str, Any]]]:
    """All rows in the order of their key, some at a time.

    Texts are ordered by their bytes: databases differ in how languages order them.
    """
    keys = list(table.primary_key.columns)
    order = [key.collate(_bytewise(connection)) if _is_text(key) else key for key in keys]
    rows = connection.execute(select(table).order_by(*order))
    names = [column.key for column in table.columns]
    while part := rows.fetchmany(ROWS):
        yield [dict(zip(names, row, strict=True)) for row in part]


def _bytewise(connection: Connection) -> str:
    return "C" if connection.dialect.name == "postgresql" else "BINARY"


def _is_text(column: Any) -> bool:
    return column.type.python_type is str
