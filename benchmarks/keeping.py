"""Results on disk: written whole or not at all, by one command at a time."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def nobody_else_in(folder: Path) -> Iterator[None]:
    """Wait until nobody else is in here with this folder."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def replace(path: Path, text: str) -> None:
    """Write a file whole or not at all."""
    scratch = path.with_suffix(".writing")
    scratch.write_text(text)
    scratch.replace(path)
