"""Whether a label store's file is whole: read only, so that a look at it makes nothing worse."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from .records import KINDS

MAGIC = b"SQLite format 3\0"
CHECK_WITHIN = 10.0  # seconds; a store too large for that is opened without all of the check
BUSY_TIMEOUT = 5.0  # seconds
PROGRESS_STEPS = 10_000  # of SQLite's machine between two looks at the clock


@dataclass(frozen=True)
class Content:
    """What a store holds, by session id."""

    heads: Mapping[str, int]  # the seq of its last event
    names: Mapping[str, str]
    n_labels: int

    def __str__(self) -> str:
        """32 labels in 2 sessions."""
        n = len(self.heads)
        return f"{self.n_labels:,} labels in {n:,} session{'s' * (n != 1)}"

    @property
    def n_changes(self) -> int:
        """Events and sessions: it only grows."""
        return sum(self.heads.values()) + len(self.heads)


def damage_of(database: Path, within: float = CHECK_WITHIN, *, rows_may_miss: bool = False) -> str:
    """What is wrong with a store's file, in words; "" if it is whole, or has no table yet."""
    try:
        if not database.is_file():
            return "it is no file"
        with database.open("rb") as file:
            start = file.read(len(MAGIC) + 2)
    except OSError as error:
        return f"it cannot be opened ({error.strerror})"
    if start and start[: len(MAGIC)] != MAGIC:
        return "it is no database: its beginning was overwritten"
    page = int.from_bytes(start[len(MAGIC) :], "big")
    if page > 1 and database.stat().st_size % page and not _has_log(database):
        return "its end is missing"
    try:
        with reading(database, within) as connection:
            return _structure(connection) or ("" if rows_may_miss else _gaps(connection))
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_INTERRUPT:
            return ""  # too large to be looked at in this time: nothing wrong was found
        return f"it cannot be read ({error})"
    except (sqlite3.Error, UnicodeDecodeError) as error:
        return f"it cannot be read ({error})"


def is_blank(database: Path) -> bool:
    """Whether the file is missing, or is one that nothing was ever written to."""
    if not database.exists() or (database.is_file() and not database.stat().st_size):
        return not _has_log(database)
    try:
        with reading(database) as connection:
            return not connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    except sqlite3.Error:
        return False


def content_of(database: Path) -> Content:
    """What a whole store holds. Raises sqlite3.Error if it cannot be read."""
    with reading(database) as connection:
        rows = connection.execute("SELECT id, name, head FROM session").fetchall()
        labels = "SELECT count(*) FROM event WHERE kind = 'label'"
        (n_labels,) = connection.execute(labels).fetchone()
    heads = {identity: head for identity, _, head in rows}
    return Content(heads, {identity: name for identity, name, _ in rows}, n_labels)


def n_changes(database: Path) -> int:
    """How much was ever stored, see Content. Raises sqlite3.Error."""
    with reading(database) as connection:
        query = "SELECT coalesce(sum(head), 0) + count(*) FROM session"
        return int(connection.execute(query).fetchone()[0])


def difference(database: Path, earlier: Path) -> str:
    """What of an earlier copy is missing or otherwise in a store, in words; "" if all is there.

    Events are only ever appended, so the copy is the beginning of the store.
    """
    now, before = content_of(database), content_of(earlier)
    for identity, head in before.heads.items():
        if now.heads.get(identity, -1) < head:
            has = f"{now.heads[identity]:,} of" if identity in now.heads else "none of"
            return f"'{before.names[identity]}' has {has} its {head:,} events"
    with reading(database) as connection:
        connection.execute("ATTACH ? AS earlier", (_uri(earlier),))
        try:
            (changed,) = connection.execute(_CHANGED).fetchone()
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_INTERRUPT:
                raise
            return ""  # too large to be compared in this time
    return f"{changed:,} events are not what they were" if changed else ""


@contextmanager
def reading(database: Path, within: float = CHECK_WITHIN) -> Iterator[sqlite3.Connection]:
    """A connection that can only read, and is interrupted after this time.

    It leaves a log beside the file (-wal) where it is, which one that may write would take in.
    """
    last = time.monotonic() + within
    with closing(sqlite3.connect(_uri(database), timeout=BUSY_TIMEOUT, uri=True)) as connection:
        connection.set_progress_handler(lambda: time.monotonic() > last, PROGRESS_STEPS)
        yield connection


_CHANGED = """
SELECT count(*) FROM earlier.event AS was LEFT JOIN main.event AS now USING (session, seq)
WHERE now.op_id IS NOT was.op_id OR now.part IS NOT was.part OR now.kind IS NOT was.kind
   OR now.example IS NOT was.example OR now.label IS NOT was.label OR now.at IS NOT was.at
   OR now.target IS NOT was.target OR now.annotator IS NOT was.annotator
"""

_IMPOSSIBLE = """
SELECT count(*) FROM event JOIN session ON session.id = event.session
WHERE (kind = 'label' AND (label IS NULL OR example IS NULL)) OR label < 0
   OR typeof(coalesce(label, 0)) <> 'integer' OR typeof(at) NOT IN ('real', 'integer')
   OR (example IS NOT NULL AND (typeof(example) <> 'integer' OR example < 0
                                OR example >= n_examples))
"""


def _structure(connection: sqlite3.Connection) -> str:
    found = [row[0] for row in connection.execute("PRAGMA integrity_check(1)")]
    if found != ["ok"]:
        return f"it is damaged inside ({found[0].splitlines()[-1]})"
    tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master")}
    if tables and not {"session", "event"} <= tables:
        return "it is another program's database"
    if not tables:
        return ""
    for name, classes, config in connection.execute("SELECT name, classes, config FROM session"):
        try:
            is_whole = isinstance(json.loads(classes), list) and isinstance(
                json.loads(config), dict
            )
        except (ValueError, TypeError):
            is_whole = False
        if not is_whole:
            return f"the row of the session '{name}' is damaged"
    kinds = {row[0] for row in connection.execute("SELECT DISTINCT kind FROM event")}
    if unknown := kinds - set(KINDS):
        return f"it holds events of an unknown kind ({sorted(map(str, unknown))[0]!r})"
    (n,) = connection.execute(_IMPOSSIBLE).fetchone()
    return f"{n:,} of its events cannot be" if n else ""


def _gaps(connection: sqlite3.Connection) -> str:
    """Rows that were there once: each session's events are numbered from 1 to its head."""
    if not connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
        return ""
    counted = """
        SELECT s.name, s.head, count(e.seq), coalesce(min(e.seq), 0), coalesce(max(e.seq), 0)
        FROM session AS s LEFT JOIN event AS e ON e.session = s.id GROUP BY s.id
    """
    for name, head, n, first, last in connection.execute(counted):
        if (n, first, last) != (head, min(head, 1), head):
            return f"rows are missing: '{name}' has {n:,} of its {head:,} events"
    orphans = "SELECT count(*) FROM event WHERE session NOT IN (SELECT id FROM session)"
    (n,) = connection.execute(orphans).fetchone()
    return f"rows are missing: {n:,} events are of a session that is gone" if n else ""


def _uri(database: Path) -> str:
    return f"{database.absolute().as_uri()}?mode=ro"


def _has_log(database: Path) -> bool:
    """Whether something lies in the log beside it, which comes first."""
    log = database.with_name(f"{database.name}-wal")
    return log.exists() and log.stat().st_size > 0
