"""The label store's database: how it is opened, and what is said where it does not do its work."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event, exc, make_url
from sqlalchemy.engine import URL

from ..errors import Unavailable

BUSY = "another program keeps the label store busy. Try again in a moment."
CONNECT_WITHIN = 10  # seconds
NOT_TAKEN = (exc.OperationalError, exc.TimeoutError)


class NotSaved(Unavailable):
    """The database did not take it. The same operation, sent again, does no harm."""


class Database:
    """A database of SQLite or, by its URL, of PostgreSQL. Any thread may use it."""

    def __init__(self, url: str | Path, timeout: float):
        """Open or create; a path means SQLite. `timeout`: seconds to wait for another writer."""
        self._engine = open_engine(url, timeout)
        self._writer = self._engine.execution_options(immediate=True)
        self._file = _file_of(self._engine)
        self._identity = _identity_of(self._file)
        self._turn, self._timeout = threading.Lock(), timeout

    def close(self) -> None:
        """Let go of it."""
        self._engine.dispose()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection to read with. UserError where that cannot be."""
        try:
            with self._engine.connect() as connection:
                yield connection
        except NOT_TAKEN as error:
            raise Unavailable(f"The label store cannot be read: {_reason(error)}") from error
        except exc.DatabaseError as error:
            said = self._damaged(error)
            raise Unavailable(f"The label store cannot be read: {said}") from error

    @contextmanager
    def writing(self, what: str) -> Iterator[Connection]:
        """A transaction that has the database to itself, committed at the end."""
        # Threads take turns here: SQLite lets some of those who ask again and again wait for long.
        if not self._turn.acquire(timeout=self._timeout):
            raise NotSaved(f"{what} is NOT saved: {BUSY}")
        try:
            self._check_place(what)
            with self._writer.begin() as connection:
                yield connection
            self._check_place(what)
        except NOT_TAKEN as error:
            raise NotSaved(f"{what} is NOT saved: {_reason(error)}") from error
        except exc.DatabaseError as error:  # the label is still whole where it came from
            raise NotSaved(f"{what} is NOT saved: {self._damaged(error)}") from error
        finally:
            self._turn.release()

    def _check_place(self, what: str) -> None:
        """A file that was removed takes everything, and is gone with the process."""
        if _identity_of(self._file) != self._identity:
            raise NotSaved(
                f"{what} is NOT saved: the label store was moved, removed or replaced while the "
                f"app runs. Put {self._file} back, or start the app again."
            )

    def _damaged(self, error: exc.DatabaseError) -> str:
        """The sentence for a file that is no database any more; raises what is a bug as it is."""
        if self._file is None or type(error) is not exc.DatabaseError:
            raise error
        return (
            f"the label store {self._file} is damaged: {error.orig}. Stop the app, then put the "
            "newest backup in place: python -m ssvae_core restore"
        )


def open_engine(url: str | Path, timeout: float) -> Engine:
    """An engine for this URL or, for SQLite, path of a file; its folder is made if need be."""
    if isinstance(url, Path) or "://" not in url:
        parsed = URL.create("sqlite", database=str(url))
    else:
        parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        milliseconds = max(int(1000 * timeout), 1)
        settings = f"-c lock_timeout={milliseconds} -c synchronous_commit=on"
        wishes = {"connect_timeout": CONNECT_WITHIN, "options": settings}
        return create_engine(parsed, pool_pre_ping=True, connect_args=wishes)
    if parsed.database:
        _keep_from_others(Path(parsed.database))
    engine = create_engine(parsed, connect_args={"timeout": timeout})
    event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _keep_from_others(database: Path) -> None:
    """Make the file, if need be, and let nobody but its owner read it.

    SQLite gives the files beside it, where the newest labels are, the permissions that it has.
    """
    with suppress(OSError):  # of another owner, or on a disk that takes nothing: opening says so
        database.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(database, os.O_RDWR | os.O_CREAT, 0o600))
    for end in ("", "-wal", "-shm"):
        with suppress(OSError):
            os.chmod(f"{database}{end}", 0o600)


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


def _file_of(engine: Engine) -> Path | None:
    """The file of an SQLite database."""
    is_file = engine.url.get_backend_name() == "sqlite" and engine.url.database
    return Path(str(engine.url.database)) if is_file else None


def _identity_of(file: Path | None) -> tuple[int, int] | None:
    """Which file this is, whatever it is called; None if there is none."""
    if file is None:
        return None
    try:
        stat = file.stat()
    except OSError:
        return None
    return stat.st_dev, stat.st_ino


def _reason(error: exc.SQLAlchemyError) -> str:
    """Why the database did not take something, and what to do."""
    said = str(getattr(error, "orig", None) or error)
    if (
        "lock timeout" in said
        or "locked" in said
        or "busy" in said
        or isinstance(error, exc.TimeoutError)
    ):
        return BUSY
    if "connection" in said or "server closed" in said or "terminating" in said:
        return f"the database cannot be reached ({said.splitlines()[0][:200]}). Try again."
    if "full" in said or "No space left" in said:
        return "the disk is full. Free some space, then try again."
    if "readonly" in said or "read-only" in said:
        return "the label store may only be read. Change the permissions of its file, try again."
    if "disk I/O error" in said:  # the system's word is lost on the way: a quota, a limit, a disk
        return (
            "the disk does not take it. It may be full, or out of reach. "
            "See to the disk, then try again."
        )
    if "unable to open" in said or "no such table" in said:
        return "the label store is out of reach. Is its folder there, and may it be written?"
    return f"the label store cannot be written ({said}). Try again."
