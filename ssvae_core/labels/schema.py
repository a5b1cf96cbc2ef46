"""The tables of the label store, and how its database is opened."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Double,
    Engine,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    create_engine,
    event,
    exc,
    make_url,
)
from sqlalchemy.engine import URL

BUSY = "another program keeps the label store busy. Try again in a moment."

metadata = MetaData()

session_table = Table(
    "session",
    metadata,
    Column("id", String, primary_key=True),
    Column("name", Text, nullable=False),
    Column("data", Text, nullable=False),
    Column("model", Text, nullable=False),
    Column("n_examples", Integer, nullable=False),
    Column("classes", Text, nullable=False),  # JSON
    Column("config", Text, nullable=False),  # JSON
    Column("seed", BigInteger, nullable=False),
    Column("created", Double, nullable=False),
    Column("head", BigInteger, nullable=False),
    Column("generation", BigInteger, nullable=False),
)

event_table = Table(
    "event",
    metadata,
    Column("session", ForeignKey("session.id"), primary_key=True),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("op_id", String, nullable=False),
    Column("part", Integer, nullable=False),
    Column("kind", String, nullable=False),
    Column("at", Double, nullable=False),
    Column("example", Integer),
    Column("label", Integer),
    Column("target", String),
    Column("annotator", Text, nullable=False),
    UniqueConstraint("session", "op_id", "part"),
)

metric_table = Table(
    "metric",
    metadata,
    Column("session", ForeignKey("session.id"), primary_key=True),
    Column("label_seq", BigInteger, primary_key=True, autoincrement=False),
    Column("n_labels", Integer, nullable=False),
    Column("speaker", String, key="predicted_by", nullable=False),  # its name in older files
    Column("accuracy", Double, nullable=False),
    Column("at", Double, nullable=False),
)


def open_engine(url: str | Path, timeout: float) -> Engine:
    """An engine for this URL or, for SQLite, path of a file; its folder is made if need be."""
    if isinstance(url, Path) or "://" not in url:
        parsed = URL.create("sqlite", database=str(url))
    else:
        parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return create_engine(parsed, pool_pre_ping=True)
    if parsed.database:
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(parsed, connect_args={"timeout": timeout})
    event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _set_up_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    """Readers beside a writer (WAL), nothing acknowledged before it is on the disk (FULL)."""
    connection.isolation_level = None  # transactions begin where we say so, below
    _use_wal(connection)
    for setting in ("synchronous = FULL", "foreign_keys = ON"):
        connection.execute(f"PRAGMA {setting}")


def _use_wal(connection: sqlite3.Connection) -> None:
    """A new database becomes WAL once; who meets another writer then is refused without a wait.

    SQLite does not ask its busy handler here, so the connection's own timeout is kept by hand.
    """
    (timeout_ms,) = connection.execute("PRAGMA busy_timeout").fetchone()
    last_try = time.monotonic() + timeout_ms / 1000
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > last_try:
                raise
            time.sleep(0.01)


def _begin_sqlite(connection: Connection) -> None:
    # A transaction that reads first and writes later is refused when others write as well
    # (94 % "database is locked" with 8 writers): writers ask for the lock at once and wait.
    is_writing = connection.get_execution_options().get("immediate", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if is_writing else "BEGIN")


def reason(error: exc.SQLAlchemyError) -> str:
    """Why the database did not take something, and what to do."""
    said = str(getattr(error, "orig", None) or error)
    if "locked" in said or "busy" in said or isinstance(error, exc.TimeoutError):
        return BUSY
    if "full" in said:
        return "the disk is full. Free some space, then try again."
    if "readonly" in said or "read-only" in said:
        return "the label store may only be read. Change the permissions of its file, try again."
    return f"the label store cannot be written ({said}). Try again."
