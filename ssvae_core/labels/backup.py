"""Copies of the label store while it is at work, and the way back to one.

A copy is made by SQLite itself from one moment of the store, beside its writers; it is looked at
before it takes its place, so that a damaged store drives no whole copy out. Copies are numbered:
the order does not depend on the clock.
"""

from __future__ import annotations

import logging
import os
import re
import sqlite3
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from ..errors import NotFound, NotWritten, UserError
from ..storage.paths import BACKUPS, WRITING
from ..storage.whole import flush_to_disk
from .health import Content, content_of, damage_of, difference, n_changes, reading

KEEP_NEWEST = 5  # copies; and beside them
KEEP_DAYS = 7  # the last one of each of so many days
LOOK_EVERY = 15.0  # seconds
AFTER_CHANGES = 100
AFTER_SECONDS = 300.0  # with any change at all
ASIDE = "aside-"  # how a copy is called that holds more than the older one that was restored
BESIDE = ("", "-wal", "-shm")  # the files of a store

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Backup:
    """A copy of a label store that can be read."""

    path: Path
    number: int
    made_at: str  # local time: 2026-11-30 14:02
    content: Content

    def __str__(self) -> str:
        """When it was made, and how much is in it."""
        return f"{self.path.name}: {self.made_at}, {self.content}"


def backups(database: Path) -> list[Backup]:
    """The copies of this store that are whole, newest first."""
    found = []
    for number, path in reversed(_numbered(database)):
        with suppress(sqlite3.Error, ValueError):
            found.append(Backup(path, number, _made_at(path), content_of(path)))
    return found


def make_backup(database: Path) -> Path | None:
    """Copy the store; None, and everything is as it was, if it is damaged.

    OSError or sqlite3.Error where it cannot be read or written.
    """
    earlier = _numbered(database)
    number = earlier[-1][0] + 1 if earlier else 1
    folder = database.parent / BACKUPS
    folder.mkdir(mode=0o700, exist_ok=True)
    for left in folder.glob(f"{WRITING}*"):
        left.unlink(missing_ok=True)
    path = folder / f"labels-{number:06d}-{datetime.now():%Y%m%d-%H%M%S}.db"
    scratch = folder / f"{WRITING}{path.name}"
    try:
        copy_store(database, scratch)
        newest = next((old for _, old in reversed(earlier) if not damage_of(old)), None)
        why = damage_of(database) or damage_of(scratch)
        if not why and newest is not None:
            why = difference(scratch, newest)
        if why:
            log.error("No backup is made of %s: %s.", database, why)
            return None
        scratch.replace(path)
        flush_to_disk(folder)
    finally:
        scratch.unlink(missing_ok=True)
    for old in _outlived([*(old for _, old in earlier), path]):
        old.unlink(missing_ok=True)
    return path


def restore(database: Path, backup: Path) -> Path | None:
    """Put a copy in the store's place; where the store is now that was there, if one was.

    Nobody else may use it. UserError if the copy is damaged, or the disk does not take it.
    """
    if not os.path.isfile(backup):
        raise NotFound(f"There is no backup {backup}. See those there are: restore --list.")
    if why := damage_of(backup):
        raise UserError(f"The backup {backup} is damaged: {why}. Choose another: restore --list.")
    scratch = database.with_name(f"{WRITING}{database.name}")
    try:
        copy_store(backup, scratch)
        aside = put_aside(database)
        scratch.replace(database)
        flush_to_disk(database.parent)
        if backup.parent == database.parent / BACKUPS:
            set_aside(path for _, path in _numbered(database) if path.name > backup.name)
    except (OSError, sqlite3.Error) as error:
        raise NotWritten(f"The backup could not be put in place of {database}: {error}.") from error
    finally:
        scratch.unlink(missing_ok=True)
    return aside


def set_aside(copies: Iterable[Path]) -> None:
    """Keep copies of what is no longer the store's own past, under names that are not read."""
    for path in copies:
        path.rename(path.with_name(ASIDE + path.name))


def aside_name(database: Path) -> Path:
    """Where a store that is no longer used is kept: a name beside it that is free."""
    stem = f"{database.name}.damaged-{datetime.now():%Y%m%d-%H%M%S}"
    names = [stem, *(f"{stem}-{k}" for k in range(2, 100))]
    return database.with_name(
        next(name for name in names if not os.path.lexists(database.with_name(name)))
    )


def put_aside(database: Path) -> Path | None:
    """Rename the store's files to a name that is free; None if there are none."""
    kept = aside_name(database)
    for end in BESIDE:
        path = database.with_name(database.name + end)
        if os.path.lexists(path):
            path.rename(kept.with_name(kept.name + end))
    return kept if os.path.lexists(kept) else None


class BackupThread:
    """Copies a store now and then, in a thread of its own: no label waits for it."""

    def __init__(self, database: Path, look_every: float = LOOK_EVERY):
        """Begin; a store with changes that no copy has is copied at once."""
        self._database, self._look_every = database, look_every
        self._copied, self._copied_at = -1, time.monotonic()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="backup", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End it, after a last copy."""
        self._stopping.set()
        self._thread.join()
        self._in_words(lambda: self._copy(after=1))

    def _run(self) -> None:
        self._in_words(self._begin)
        while not self._stopping.wait(self._look_every):
            self._in_words(self._look)

    def _begin(self) -> None:
        found = backups(self._database)
        self._copied = found[0].content.n_changes if found else 0
        self._copy(after=1)

    def _look(self) -> None:
        is_old = time.monotonic() - self._copied_at > AFTER_SECONDS
        self._copy(1 if is_old else AFTER_CHANGES)

    def _copy(self, after: int) -> None:
        """Copy the store if there are so many changes since the last time."""
        now = n_changes(self._database)
        if now - max(self._copied, 0) >= after:
            make_backup(self._database)
            self._copied, self._copied_at = now, time.monotonic()

    def _in_words(self, work: Callable[[], None]) -> None:
        try:
            work()
        except (OSError, sqlite3.Error) as error:
            log.warning("No backup of %s could be made just now: %s", self._database, error)


def copy_store(database: Path, to: Path) -> None:
    """Copy a store, whole and on the disk when this returns, for its owner alone."""
    to.unlink(missing_ok=True)
    os.close(os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    with reading(database) as source, closing(sqlite3.connect(to)) as target:
        source.backup(target)  # in one step: the writers beside it do not make it start again
        target.execute("PRAGMA journal_mode = DELETE")  # one file, without a log beside it
    flush_to_disk(to)


def _numbered(database: Path) -> list[tuple[int, Path]]:
    """The copies by number, oldest first."""
    found = []
    for path in (database.parent / BACKUPS).glob("labels-*.db"):
        if match := re.fullmatch(r"labels-(\d+)-\d{8}-\d{6}\.db", path.name):
            found.append((int(match[1]), path))
    return sorted(found)


def _made_at(path: Path) -> str:
    """As its name says: labels-000012-20261130-140207.db."""
    stamp = path.name.split("-", 2)[2].removesuffix(".db")
    return f"{datetime.strptime(stamp, '%Y%m%d-%H%M%S'):%Y-%m-%d %H:%M}"


def _outlived(paths: list[Path]) -> list[Path]:
    """Those to remove, of copies from the oldest to the newest."""
    last_of_day = {path.name.split("-")[2]: path for path in paths}
    kept = {*paths[-KEEP_NEWEST:], *list(last_of_day.values())[-KEEP_DAYS:]}
    return [path for path in paths if path not in kept]
