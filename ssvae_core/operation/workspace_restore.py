"""A workspace made of the file that `backup` wrote, see copy_file.py.

Nothing is overwritten: all is written beside its place, compared with the file's manifest, and
renamed; a workspace that was there is kept beside it.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import zipfile
from contextlib import suppress
from datetime import datetime
from functools import partial
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from ..errors import Conflict, NotWritten
from ..labels.health import content_of, damage_of
from ..storage.lock import WorkspaceLock
from ..storage.paths import LABEL_DATABASE, WRITING
from ..storage.whole import flush_to_disk
from .copy_file import (
    Progress,
    WorkspaceCopy,
    copied,
    damaged,
    opened,
    read_copy,
    read_manifest,
)

SPARE_SPACE = 50_000_000  # bytes that stay free on the disk


def check_copy(path: Path, progress: Progress = lambda done, of: None) -> WorkspaceCopy:
    """Read every byte of the file and compare. UserError where something is not as it was."""
    with opened(path) as archive:
        copy = read_manifest(path, archive)
        _unpack(copy, archive, None, progress)
    return copy


def restore_copy(
    path: Path,
    workspace: Path,
    *,
    replace: bool = False,
    progress: Progress = lambda done, of: None,
) -> Path | None:
    """Make a workspace of the file; where the one that was there is now, if one was.

    UserError where something is there and `replace` is not said, an app uses it, the file is
    damaged or the disk too small. Then all is as it was.
    """
    copy = read_copy(path)
    is_there = os.path.lexists(workspace) and (not workspace.is_dir() or any(workspace.iterdir()))
    if is_there and not replace:
        raise Conflict(
            f"There is something at {workspace} already, and it is not overwritten. Name another "
            "folder in SSVAE_WORKSPACE; or say --replace, which keeps what is there beside it."
        )
    lock = WorkspaceLock(workspace, "restore") if is_there and workspace.is_dir() else None
    try:
        workspace.absolute().parent.mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(workspace.absolute().parent).free
        if copy.n_bytes + SPARE_SPACE > free:
            raise NotWritten(
                f"{path} needs {copy.n_bytes / 1e6:,.0f} MB, and {free / 1e6:,.0f} MB are free. "
                "Free some space, or name a folder on another disk in SSVAE_WORKSPACE."
            )
        return _put_in_place(copy, workspace.absolute(), progress)
    except OSError as error:
        raise NotWritten(
            f"The workspace could not be written to {workspace}: {error.strerror or error}. "
            "Free some space, or check who may write there."
        ) from error
    finally:
        if lock is not None:
            lock.release()


def _put_in_place(copy: WorkspaceCopy, workspace: Path, progress: Progress) -> Path | None:
    scratch = Path(tempfile.mkdtemp(prefix=WRITING, dir=workspace.parent))
    try:
        with opened(copy.path) as archive:
            _unpack(copy, archive, scratch, progress)
        _check_labels(copy, scratch)
        aside = None
        if os.path.lexists(workspace):
            aside = _free_name(workspace)
            workspace.rename(aside)
        scratch.rename(workspace)
        flush_to_disk(workspace.parent)
        return aside if aside is not None and _is_worth_keeping(aside) else None
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _is_worth_keeping(aside: Path) -> bool:
    """Removes an empty folder that was in the place."""
    with suppress(OSError):
        aside.rmdir()
    return aside.exists()


def _free_name(workspace: Path) -> Path:
    stem = f"{workspace.name}.before-{datetime.now():%Y%m%d-%H%M%S}"
    names = [stem, *(f"{stem}-{k}" for k in range(2, 100))]
    return next(path for name in names if not os.path.lexists(path := workspace.with_name(name)))


def _unpack(
    copy: WorkspaceCopy, archive: zipfile.ZipFile, to: Path | None, progress: Progress
) -> None:
    """Read every file, and write it below `to` if that is given."""
    total, done = copy.n_bytes, 0
    for name, said in copy.files.items():
        report = partial(_add, progress, done, total)
        with archive.open(name) as source:
            if to is None:
                came = copied(source, None, said["bytes"], report)
            else:
                with _new_file(to.joinpath(*PurePosixPath(name).parts)) as file:
                    came = copied(source, file, said["bytes"], report)
                    file.flush()
                    os.fsync(file.fileno())
        if came != {"bytes": said["bytes"], "sha256": said.get("sha256")}:
            raise damaged(copy.path, f"'{name[:80]}' is not what was written")
        done += said["bytes"]


def _add(progress: Progress, before: int, total: int, n: int) -> None:
    progress(before + n, total)


def _new_file(path: Path) -> BinaryIO:
    """A file for its owner alone, that was not there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def _check_labels(copy: WorkspaceCopy, workspace: Path) -> None:
    database = workspace / LABEL_DATABASE
    if not database.is_file():
        if copy.labels or copy.sessions:
            raise damaged(copy.path, "the labels that it names are missing")
        return
    why = damage_of(database)
    content = None if why else content_of(database)
    if content is None or (content.n_labels, len(content.heads)) != (copy.labels, copy.sessions):
        raise damaged(copy.path, f"its labels are not what it says {why}".rstrip())
