"""What the tables of a label store became from version to version, in SQLite and in PostgreSQL.

The number of a store's version is in `alembic_version`, as Alembic keeps it; a store without that
table is of version 0001. Alembic is imported only where something has to be changed. To change the
tables: change schema.py, and add a function here under the next number.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from sqlalchemy import Column, Connection, MetaData, String, Table, delete, insert, inspect, select

from ..errors import Conflict
from .schema import event_table, metadata

if TYPE_CHECKING:
    from alembic.operations import Operations

version_table = Table(
    "alembic_version", MetaData(), Column("version_num", String(32), primary_key=True)
)


def count_kinds(op: Operations) -> None:
    """An index by which labels are counted without reading every event."""
    op.create_index("ix_event_kind", "event", ["session", "kind"])


FIRST = "0001"
UPGRADES: dict[str, Callable[[Operations], None]] = {"0002": count_kinds}  # in their order
NEWEST = [FIRST, *UPGRADES][-1]


def bring_up_to_date(connection: Connection) -> None:
    """Make the tables, or change those of an older version, within the caller's transaction.

    Conflict where they are of a newer version than this program knows.
    """
    there = inspect(connection).get_table_names()
    if event_table.name not in there:
        metadata.create_all(connection)
        _write(connection, NEWEST)
        return
    found = FIRST
    if version_table.name in there:
        found = connection.execute(select(version_table.c.version_num)).scalar() or FIRST
    known = [FIRST, *UPGRADES]
    if found not in known:
        raise Conflict(
            f"The label store was written by a newer version of the app (tables {found[:32]}, this "
            f"version knows them up to {NEWEST}). Update the app; nothing was changed."
        )
    for number in known[known.index(found) + 1 :]:
        _upgrade(connection, UPGRADES[number])
        _write(connection, number)


def _upgrade(connection: Connection, change: Callable[[Operations], None]) -> None:
    from alembic.migration import MigrationContext
    from alembic.operations import Operations

    with Operations.context(MigrationContext.configure(connection)) as op:
        change(op)


def _write(connection: Connection, number: str) -> None:
    version_table.create(connection, checkfirst=True)
    connection.execute(delete(version_table))
    connection.execute(insert(version_table).values(version_num=number))
