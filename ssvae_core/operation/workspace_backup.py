"""A whole workspace written to one file while the app is at work, see copy_file.py.

Files of a workspace are written beside their place and renamed into it, so a hard link holds one
version of each; all are linked within a moment, then read. The label store is copied by the
database itself, after the rest: no checkpoint in the copy knows a label that the copy does not.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import tempfile
import time
import zipfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from ..errors import Conflict, NotFound, NotWritten
from ..labels.backup import copy_store
from ..labels.health import Content, content_of, damage_of, is_blank
from ..labels.moving import copy_labels
from ..labels.opening import open_labels
from ..labels.place import place_of_labels
from ..labels.store import LabelStore
from ..storage.paths import LABEL_DATABASE, WORKER_LOG, WRITING
from ..storage.whole import flush_to_disk
from .copy_file import FORMAT, LEFT_OUT, MANIFEST, Progress, copied

SCRATCH = ".ssvae-copy-"
TRIES = 20  # to link a folder that others replace
FORGOTTEN = 24 * 3600.0  # seconds after which a scratch folder is one of a process that died
# How scratch, what is damaged, and what was printed begin.
NEVER = (WRITING, SCRATCH, ".damaged-", ".old-", WORKER_LOG)


def write_copy(workspace: Path, to: Path, progress: Progress = lambda done, of: None) -> None:
    """Write the workspace to a new file. UserError where that is there already, or cannot be."""
    if not workspace.is_dir():
        raise NotFound(f"There is no workspace {workspace}. Name one in SSVAE_WORKSPACE.")
    if os.path.lexists(to):
        raise Conflict(f"{to} is there already and is not overwritten. Name another file.")
    try:
        with _frozen(workspace) as frozen:
            _write(frozen, to, progress)
    except OSError as error:
        raise NotWritten(
            f"The workspace could not be written to {to}: {error.strerror or error}. "
            "Free some space, or name a file elsewhere."
        ) from error


@contextmanager
def _frozen(workspace: Path) -> Iterator[Path]:
    """A folder with one version of every file of the workspace; gone at the end of the block."""
    for left in workspace.glob(f"{SCRATCH}*"):
        if time.time() - left.stat().st_mtime > FORGOTTEN:
            shutil.rmtree(left, ignore_errors=True)
    scratch = Path(tempfile.mkdtemp(prefix=SCRATCH, dir=workspace))
    try:
        _link_all(workspace, scratch)
        database = place_of_labels(workspace)
        target, why = scratch / LABEL_DATABASE, ""
        if not isinstance(database, Path):
            _fetch_labels(workspace, target)
        elif not is_blank(database):
            why = damage_of(database) or _copy_labels(database, target)
        if why:
            raise Conflict(
                f"The label store {database} is damaged ({why}), so no copy is made of it. "
                "See: python -m ssvae_core doctor"
            )
        yield scratch
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _fetch_labels(workspace: Path, to: Path) -> None:
    """What is in the database of PostgreSQL, as a file."""
    with closing(open_labels(workspace)) as source, closing(LabelStore(to)) as target:
        copy_labels(source, target)


def _copy_labels(database: Path, to: Path) -> str:
    """What is wrong with the copy, in words; "" if nothing is."""
    try:
        copy_store(database, to)
    except sqlite3.Error as error:
        return str(error)
    return damage_of(to)


def _link_all(folder: Path, to: Path, is_top: bool = True) -> None:
    for entry in os.scandir(folder):
        is_labels = entry.name == LABEL_DATABASE  # the database copies it itself
        if (is_top and (is_labels or entry.name in LEFT_OUT)) or entry.name.startswith(NEVER):
            continue
        target = to / entry.name
        with suppress(FileNotFoundError):  # it has gone meanwhile: an old checkpoint
            if entry.is_dir(follow_symlinks=False):
                _link_folder(Path(entry.path), target)
            elif entry.is_file(follow_symlinks=False):
                _link(Path(entry.path), target)


def _link_folder(folder: Path, target: Path) -> None:
    """Link what is in a folder: of one version, where another takes its place meanwhile."""
    for _ in range(TRIES):
        before = folder.stat()
        target.mkdir()
        _link_all(folder, target, is_top=False)
        if not folder.exists() or os.path.samestat(before, folder.stat()):
            return
        shutil.rmtree(target)


def _link(path: Path, target: Path) -> None:
    try:
        os.link(path, target)
    except FileNotFoundError:
        raise
    except OSError:  # a file system without hard links
        shutil.copyfile(path, target)


def _write(frozen: Path, to: Path, progress: Progress) -> None:
    paths = sorted(path for path in frozen.rglob("*") if path.is_file())
    total, done = sum(path.stat().st_size for path in paths), 0
    scratch = to.with_name(f"{WRITING}{to.name}")
    files: dict[str, dict[str, Any]] = {}
    try:
        with (
            os.fdopen(os.open(scratch, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b") as file,
            zipfile.ZipFile(file, "w", zipfile.ZIP_STORED, allowZip64=True) as archive,
        ):
            for path in paths:
                name = path.relative_to(frozen).as_posix()
                entry = archive.open(_entry(name), "w", force_zip64=True)
                with path.open("rb") as source, entry as target:
                    said = copied(source, target, None, partial(_add, progress, done, total))
                files[name] = said
                done += said["bytes"]
            database = frozen / LABEL_DATABASE
            content = content_of(database) if database.is_file() else Content({}, {}, 0)
            manifest = {
                "format": FORMAT,
                "made_at": f"{datetime.now():%Y-%m-%d %H:%M}",
                "labels": content.n_labels,
                "sessions": len(content.heads),
                "files": files,
            }
            archive.writestr(_entry(MANIFEST), json.dumps(manifest))
        flush_to_disk(scratch)
        _link(scratch, to)  # unlike a rename, it overwrites nothing
        flush_to_disk(to.absolute().parent)
    finally:
        scratch.unlink(missing_ok=True)


def _add(progress: Progress, before: int, total: int, n: int) -> None:
    progress(before + n, total)


def _entry(name: str) -> zipfile.ZipInfo:
    return zipfile.ZipInfo(name, datetime.now().timetuple()[:6])
