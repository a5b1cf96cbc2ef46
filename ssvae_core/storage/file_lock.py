"""A lock on an open file that ends with the process: flock, and on Windows, which has none, a byte.

What learns from arrays alone runs on Windows too and imports this on its way; the app does not
(`system.unsupported`).
"""

from __future__ import annotations

import importlib
import os
from typing import Any

NEVER_WRITTEN = 2**30  # a locked byte cannot be read by others on Windows: it is far behind the end


def _system(name: str) -> Any:
    """A module that not every system has; None where it is missing."""
    try:
        return importlib.import_module(name)
    except ImportError:
        return None


fcntl, msvcrt = _system("fcntl"), _system("msvcrt")


def lock_file(handle: int, *, is_free: bool = False) -> None:
    """Wait until nobody else holds this file, and hold it until the handle is closed.

    With `is_free`, OSError at once where somebody holds it; OSError where the file system knows no
    locks.
    """
    if fcntl is not None:
        fcntl.flock(handle, fcntl.LOCK_EX | (fcntl.LOCK_NB if is_free else 0))
        return
    at = os.lseek(handle, 0, os.SEEK_CUR)
    os.lseek(handle, NEVER_WRITTEN, os.SEEK_SET)
    try:
        msvcrt.locking(handle, msvcrt.LK_NBLCK if is_free else msvcrt.LK_LOCK, 1)
    finally:
        os.lseek(handle, at, os.SEEK_SET)
