"""Files and folders that are either whole or not there.

They are written beside their place and renamed into it, so what was there stays until the new one
stands, and a write that fails leaves nothing.
"""

from __future__ import annotations

import io
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .paths import WRITING, aside_of, old_of


@contextmanager
def whole_folder(folder: Path) -> Iterator[Path]:
    """A new folder to write into, which becomes `folder` at the end of the block.

    A crash between the two renames leaves the one before as `old_of(folder)`. OSError where it
    cannot be written.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix=WRITING, dir=folder.parent))
    try:
        yield scratch
        scratch.chmod(0o755)
        _swap(scratch, folder)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _swap(scratch: Path, folder: Path) -> None:
    old = old_of(folder)
    if folder.exists():
        shutil.rmtree(old, ignore_errors=True)
        folder.rename(old)
    try:
        scratch.rename(folder)
    except OSError:
        if old.exists():
            old.rename(folder)
        raise
    shutil.rmtree(old, ignore_errors=True)


def write_file(path: Path, content: bytes) -> None:
    """A file whose content is on the disk when this returns."""
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def write_whole(path: Path, text: str, *, flush: bool = True) -> None:
    """A file that takes its place when all of it is there; without `flush` maybe later on disk.

    OSError where it cannot be written.
    """
    with _beside(path) as scratch:
        if flush:
            write_file(scratch, text.encode())
        else:
            scratch.write_text(text, "utf-8")


def write_array_whole(path: Path, array: NDArray[Any]) -> None:
    """An .npy file that takes its place when all of it is there. OSError where it cannot."""
    content = io.BytesIO()
    np.save(content, array, allow_pickle=False)
    write_bytes_whole(path, content.getvalue())


def write_bytes_whole(path: Path, content: bytes) -> None:
    """A file of bytes that takes its place when all of it is there. OSError where it cannot."""
    with _beside(path) as scratch:
        write_file(scratch, content)


@contextmanager
def _beside(path: Path) -> Iterator[Path]:
    """Where a file is written that takes its place at the end, or leaves nothing."""
    scratch = path.with_name(f".{path.name}.new")
    try:
        yield scratch
        scratch.replace(path)
    except OSError:
        with suppress(OSError):
            scratch.unlink(missing_ok=True)
        raise


def read_array(path: Path) -> NDArray[Any]:
    """The array in an .npy file. OSError or ValueError where that is damaged.

    It is mapped first, which refuses a header that promises more than the file holds.
    """
    try:
        return np.array(np.load(path, mmap_mode="r", allow_pickle=False))
    except (EOFError, TypeError, SyntaxError, OverflowError, MemoryError) as error:
        raise ValueError(f"it is no array ({error})") from error


def put_aside(path: Path) -> None:
    """Rename what is damaged, so that it can be made anew; the one put aside before goes.

    OSError where that cannot be.
    """
    aside = aside_of(path)
    if aside.is_dir() and not aside.is_symlink():
        shutil.rmtree(aside)
    path.replace(aside)


def flush_to_disk(path: Path) -> None:
    """Have a file or a folder's list of names on the disk before what comes next."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
