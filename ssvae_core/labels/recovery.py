"""What stands in the way of a label store at the start, in a sentence, and the ways out of it.

A store is held against what else remembers it: its newest copy, and the checkpoints of its
sessions, which know how many events they have learned from. So a log that is gone (-wal), or an
older file in its place, is noticed although the file is whole in itself.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path

from ..errors import Conflict, NotWritten, UserError
from ..storage.bundles import MANIFEST
from ..storage.paths import CHECKPOINTS, LABEL_DATABASE, SESSIONS
from .backup import Backup, aside_name, backups, copy_store, set_aside
from .health import Content, content_of, damage_of, difference, is_blank

RESTORE = "python -m ssvae_core restore"


class DamagedStore(Conflict):
    """The label store is not what it was; the sentence says how to have it back."""


def check_at_start(database: Path) -> None:
    """Raise DamagedStore unless the store is whole, or this is the first start ever."""
    try:
        why = _problem(database)
    except sqlite3.Error as error:
        why = f"it cannot be read ({error})"
    if why:
        raise DamagedStore(in_words(database, why))


def check_file(database: Path) -> None:
    """Raise DamagedStore if something is wrong with the file itself."""
    if why := damage_of(database):
        raise DamagedStore(in_words(database, why))


def in_words(database: Path, why: str) -> str:
    """What is wrong, where, and what to do."""
    said = f"The label store {database} is damaged: {why}. "
    if (backup := newest_whole(database)) is not None:
        said += (
            f"Its newest backup, {backup.path}, was made on {backup.made_at} and holds "
            f"{backup.content.n_labels:,} labels. Put it in place: {RESTORE}"
        )
    else:
        said += "There is no backup of it. Put a copy of yours in its place"
    if not _is_lost(database):
        said += f". Or go on with what is there: {RESTORE} --accept"
    return said if said.endswith(("restore", "--accept")) else f"{said}."


def newest_whole(database: Path) -> Backup | None:
    """The newest copy of the store that nothing is wrong with."""
    return next((each for each in backups(database) if not damage_of(each.path)), None)


def accept(database: Path) -> Path:
    """Go on with a store that lacks rows: each session up to the first that is missing.

    A copy of it as it was is kept: its path. UserError if it cannot be read at all.
    """
    if _is_lost(database):
        raise UserError(f"{database} cannot be read, so a backup has to be put in place: {RESTORE}")
    kept = aside_name(database)
    try:
        copy_store(database, kept)
        with closing(sqlite3.connect(database)) as connection, connection:
            _cut_at_gaps(connection)
        newer = [each.path for each in backups(database) if difference(database, each.path)]
        set_aside(newer)
    except (OSError, sqlite3.Error) as error:
        raise NotWritten(f"{database} could not be changed: {error}.") from error
    forget_ahead(database)
    return kept


def model_ahead(workspace: Path, content: Content) -> str:
    """The name of a session whose model knows labels that are not there; "" if there is none."""
    for checkpoint in _ahead(workspace / LABEL_DATABASE, content):
        return content.names.get(checkpoint.parent.name, checkpoint.parent.name)
    return ""


def forget_ahead(database: Path) -> None:
    """Remove the checkpoints that have learned from events that the store does not have."""
    for checkpoint in _ahead(database, content_of(database)):
        shutil.rmtree(checkpoint, ignore_errors=True)


def _problem(database: Path) -> str:
    if is_blank(database):
        return _missing(database)
    if why := damage_of(database):
        return why
    backup = newest_whole(database)
    if backup is not None and (why := difference(database, backup.path)):
        return f"{why} that its newest backup holds"
    if name := model_ahead(database.parent, content_of(database)):
        return f"the model of '{name}' has learned from labels that are missing here"
    return ""


def _missing(database: Path) -> str:
    """Why there is nothing where something was; "" if there never was."""
    sessions = database.parent / SESSIONS
    has_sessions = sessions.is_dir() and any(path.is_dir() for path in sessions.iterdir())
    if not has_sessions and not backups(database):
        return ""
    return "it is empty" if database.exists() else "it is gone"


def _is_lost(database: Path) -> bool:
    """Whether nothing can be gone on with."""
    return is_blank(database) or bool(damage_of(database, rows_may_miss=True))


def _ahead(database: Path, content: Content) -> Iterator[Path]:
    for manifest in (database.parent / SESSIONS).glob(f"*/{CHECKPOINTS}/{MANIFEST}"):
        head = content.heads.get(manifest.parents[1].name)
        if head is not None and _seq_in(manifest) > head:
            yield manifest.parent


def _seq_in(manifest: Path) -> int:
    """The last event that a checkpoint has learned from; 0 where that cannot be read."""
    try:
        found = json.loads(manifest.read_bytes())
    except (OSError, ValueError, RecursionError):
        return 0
    seq = found.get("label_seq") if isinstance(found, Mapping) else None
    return seq if isinstance(seq, int) else 0


def _cut_at_gaps(connection: sqlite3.Connection) -> None:
    connection.execute("DELETE FROM event WHERE session NOT IN (SELECT id FROM session)")
    for (identity,) in connection.execute("SELECT id FROM session").fetchall():
        events = "SELECT seq FROM event WHERE session = ? ORDER BY seq"
        seqs = [seq for (seq,) in connection.execute(events, (identity,))]
        head = next((n for n, seq in enumerate(seqs) if seq != n + 1), len(seqs))
        connection.execute("DELETE FROM event WHERE session = ? AND seq > ?", (identity, head))
        connection.execute(
            "DELETE FROM metric WHERE session = ? AND label_seq > ?", (identity, head)
        )
        connection.execute("UPDATE session SET head = ? WHERE id = ?", (head, identity))
