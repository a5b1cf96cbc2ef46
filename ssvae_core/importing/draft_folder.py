"""The folder of a data set under way: beside its place, renamed into it when it is whole.

Whoever writes holds a lock on the folder, which ends with the process: a folder whose lock is free
is what a killed import left.
"""

from __future__ import annotations

import errno
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from ..data.stored import DELETED, LOCK, MANIFEST, PREFIX
from ..errors import NotWritten
from ..storage.file_lock import lock_file
from ..storage.whole import flush_to_disk
from .draft import Draft


@contextmanager
def drafting(root: Path) -> Iterator[Draft]:
    """A draft in this root, gone at the end if it was not renamed.

    Raises UserError where the disk is full or may not be written.
    """
    folder, lock, draft = None, None, None
    try:
        root.mkdir(parents=True, exist_ok=True)
        folder, lock = _locked_folder(root)
        draft = Draft(folder)
        yield draft
    except OSError as error:
        raise NotWritten(_in_words(error, root)) from error
    finally:
        if draft is not None:
            draft.abandon()
        if folder:
            shutil.rmtree(folder, ignore_errors=True)
        if lock:
            lock.close()


def _locked_folder(root: Path) -> tuple[Path, IO[str]]:
    """A new folder and the lock on it; another one if `clean` was quicker than the lock."""
    while True:
        folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=root))
        lock = (folder / LOCK).open("w")
        lock_file(lock.fileno())
        if (folder / LOCK).exists():
            return folder, lock
        lock.close()


def place(folder: Path, at: Path) -> None:
    """Rename a whole draft into its place, on the disk when this returns.

    What is there already has the same content, unless it is damaged: each of its files is replaced.
    """
    (folder / LOCK).unlink(missing_ok=True)
    folder.chmod(0o755)
    for path in (*folder.iterdir(), folder):
        flush_to_disk(path)
    if at.is_dir():
        for path in sorted(folder.iterdir(), key=lambda path: path.name == MANIFEST):  # it last
            path.replace(at / path.name)
        flush_to_disk(at)
    else:
        folder.rename(at)
    flush_to_disk(at.parent)


def clean(root: Path) -> list[str]:
    """Remove what killed imports left; the names of the folders that are gone."""
    gone = []
    for folder in root.glob(f"{DELETED}*"):
        shutil.rmtree(folder, ignore_errors=True)
    for folder in sorted(root.glob(f"{PREFIX}*")):
        try:
            with (folder / LOCK).open("a") as lock:
                lock_file(lock.fileno(), is_free=True)
                shutil.rmtree(folder, ignore_errors=True)
                gone.append(folder.name)
        except OSError:  # being written right now, or not ours to remove
            continue
    return gone


def free_space(root: Path) -> int | None:
    """Bytes that are free where this folder will be."""
    there = next((folder for folder in (root, *root.parents) if folder.exists()), None)
    return shutil.disk_usage(there).free if there else None


def _in_words(error: OSError, root: Path) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return (
            f"The disk of {root} is full: nothing of this import was kept. "
            "Free some space, or choose another workspace in SSVAE_WORKSPACE."
        )
    return f"The import could not be written to {root}: {error.strerror or error}."
