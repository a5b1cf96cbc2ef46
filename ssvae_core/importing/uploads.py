"""Files on their way from a browser: in a folder of the workspace until they are imported.

An upload is known by what it holds, so that the same files, sent again after a broken line, go on
where they stopped. It comes in bodies of several parts: many small files in one, or a piece of a
large one. A part is the length of a JSON head in 4 bytes, the head {path, at, n}, and n bytes that
go to this place of the file.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ..errors import Conflict, NotFound, NotWritten, TooLarge, UserError
from ..strict_json import is_whole, parsed
from .items import looks_like_image

MOST_BODY = 8 << 20
MOST_BYTES = 20 << 30  # of one upload
MOST_FILES = 1_000_000
MOST_FOLDERS = 24  # one in another
SPARE_BYTES = 256 << 20  # bytes of the disk that stay free
LONGEST_NAME = 255  # bytes


class Uploads:
    """Every upload of a workspace."""

    def __init__(self, folder: Path):
        self.folder = folder

    def begin(self, name: str, n_files: int, n_bytes: int) -> str:
        """The id of the upload of these files; UserError if it is too large.

        What other uploads left is removed.
        """
        if not 0 < n_files <= MOST_FILES:
            raise (TooLarge if n_files > 0 else UserError)(
                f"An upload holds 1 to {MOST_FILES:,} files, this one {n_files:,}. "
                "Import the folder by its path instead."
            )
        if n_bytes > MOST_BYTES:
            raise TooLarge(
                f"These files have {n_bytes / 2**30:.1f} GB; {MOST_BYTES >> 30} GB can be dropped "
                "at once. Import them by their path instead: then nothing is copied."
            )
        upload = hashlib.sha256(f"{name}/{n_files}/{n_bytes}".encode()).hexdigest()[:16]
        there = sum(self.received(upload).values())
        free = shutil.disk_usage(_existing(self.folder)).free - SPARE_BYTES
        if n_bytes - there > free:
            raise NotWritten(
                f"These files need {n_bytes / 2**30:.1f} GB, and {max(free, 0) / 2**30:.1f} GB of "
                f"the disk of {self.folder.parent} are free. Free some, or import them by their "
                "path: then nothing is copied."
            )
        self.clean(keep=upload)
        try:
            self._root(upload).mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise NotWritten(_in_words(error, self.folder)) from error
        return upload

    def received(self, upload: str) -> dict[str, int]:
        """Bytes that are there of each file."""
        root = self._root(upload)
        return {
            path.relative_to(root).as_posix(): path.stat().st_size
            for path in root.rglob("*")
            if path.is_file()
        }

    def add(self, upload: str, body: bytes) -> None:
        """Write the parts of a body. UserError for a damaged one, or a full disk."""
        root = self._root(upload)
        if not root.is_dir():
            raise NotFound("This upload is gone. Drop the files again.")
        for head, content in parts_of(body):
            path = root.joinpath(*safe_parts(str(head.get("path", ""))))
            at = head.get("at")
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
                with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+b") as file:
                    there = os.fstat(file.fileno()).st_size
                    if not is_whole(at) or not 0 <= at <= there:
                        raise Conflict(f"{path.name} has {there} bytes so far; got those at {at}.")
                    file.seek(at)
                    file.write(content)
            except OSError as error:
                raise NotWritten(_in_words(error, self.folder)) from error

    def source(self, upload: str) -> Path:
        """What to import: the one file, or the folder with all of them."""
        root = self._root(upload)
        inside = list(root.iterdir()) if root.is_dir() else []
        if not inside:
            raise NotFound("This upload is gone. Drop the files again.")
        is_one = len(inside) == 1 and not (inside[0].is_file() and looks_like_image(inside[0].name))
        return inside[0] if is_one else root

    def holds(self, path: Path) -> bool:
        """Whether this was uploaded."""
        return path.is_relative_to(self.folder)

    def clean(self, keep: str = "") -> None:
        """Remove all uploads but one."""
        for path in self.folder.glob("*") if self.folder.is_dir() else ():
            if path.name != keep:
                shutil.rmtree(path, ignore_errors=True)

    def _root(self, upload: str) -> Path:
        if not re.fullmatch(r"[0-9a-f]{16}", upload):
            raise NotFound(f"There is no upload '{upload}'.")
        return self.folder / upload


def parts_of(body: bytes) -> Iterator[tuple[dict[str, Any], memoryview]]:
    """Head and content of each part. UserError if the body is not made of them."""
    view, place = memoryview(body), 0
    while place < len(view):
        length = int.from_bytes(view[place : place + 4], "big")
        try:
            head = parsed(bytes(view[place + 4 : place + 4 + length]))
            n = head["n"]
        except (UserError, KeyError, TypeError) as error:
            raise UserError("A part of the upload arrived damaged. It is sent again.") from error
        start = place + 4 + length
        if not is_whole(n) or not start <= (place := start + n) <= len(view):
            raise UserError("A part of the upload arrived cut short. It is sent again.")
        yield head, view[start:place]


def safe_parts(path: str) -> list[str]:
    """A path of a browser as folders and a name below ours. UserError if it leads elsewhere."""
    parts = [part for part in path.replace("\\", "/").split("/") if part not in ("", ".")]
    too_long = any(len(part.encode()) > LONGEST_NAME for part in parts)
    if not parts or ".." in parts or "\0" in path or too_long or len(parts) > MOST_FOLDERS:
        raise UserError(f"A file cannot be called {path[:80]!r}. Rename it, or import it by path.")
    return parts


def _existing(folder: Path) -> Path:
    return next(each for each in (folder, *folder.parents) if each.exists())


def _in_words(error: OSError, folder: Path) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return "The disk is full. Free some space, then drop the files again: it goes on there."
    return f"The files could not be written to {folder}: {error.strerror}."
