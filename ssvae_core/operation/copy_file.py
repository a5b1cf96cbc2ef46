"""The file of a whole workspace: what is in it, and whether it is what was written.

A zip (stored, not compressed: images and weights do not get smaller) with `manifest.json`, which
names every other file with its size and sha256, and says how many labels there are. What a file
says is not believed: names, sizes and sums are checked before and while it is read.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any

from ..errors import NotFound, UserError
from ..storage.paths import APP_LOCK, BACKUPS, LABEL_DATABASE, LABELS_MOVED, UPLOADS

FORMAT = 1
MANIFEST = "manifest.json"
LARGEST_MANIFEST = 200_000_000  # bytes: a line of 150 bytes for each of a million files
CHUNK = 1 << 20
IS_ENCRYPTED = 0x1
# What is not part of it: who uses it, what is on its way, copies of the labels, their log.
LEFT_OUT = {APP_LOCK, UPLOADS, BACKUPS, LABELS_MOVED}
LEFT_OUT |= {f"{LABEL_DATABASE}-wal", f"{LABEL_DATABASE}-shm"}

Progress = Callable[[int, int], None]  # bytes done, of all
Files = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class WorkspaceCopy:
    """What a file of a workspace holds."""

    path: Path
    made_at: str
    files: Files  # {"data/pets/x.npy": {"bytes": 8, "sha256": …}}
    labels: int
    sessions: int

    @property
    def n_bytes(self) -> int:
        """Of all files together."""
        return sum(each["bytes"] for each in self.files.values())

    def __str__(self) -> str:
        """30 labels in 1 session, 12 files, 3.4 MB, made 2026-12-01 01:00."""
        content = f"{self.labels:,} labels in {self.sessions:,} session{'s' * (self.sessions != 1)}"
        return f"{content}, {len(self.files):,} files, {self.n_bytes / 1e6:,.1f} MB"


def copied(
    source: IO[bytes], target: IO[bytes] | None, most: int | None, progress: Callable[[int], None]
) -> dict[str, Any]:
    """Copy, or only read where there is no target; {"bytes", "sha256"} of what came."""
    digest, n = hashlib.sha256(), 0
    while chunk := source.read(CHUNK):
        n += len(chunk)
        if most is not None and n > most:
            break
        digest.update(chunk)
        if target is not None:
            target.write(chunk)
        progress(n)
    return {"bytes": n, "sha256": digest.hexdigest()}


def read_copy(path: Path) -> WorkspaceCopy:
    """What the file says it holds. UserError where it is none, or damaged at first sight."""
    with opened(path) as archive:
        return read_manifest(path, archive)


@contextmanager
def opened(path: Path) -> Iterator[zipfile.ZipFile]:
    """The file to read in; what is wrong with it there is a UserError."""
    if not path.is_file():
        raise NotFound(f"There is no file {path}. Name one that `backup` has written.")
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive
    except (
        zipfile.BadZipFile,
        zipfile.LargeZipFile,
        EOFError,
        NotImplementedError,
        ValueError,
        RuntimeError,
        OverflowError,
        LookupError,
    ) as error:
        raise damaged(path, str(error) or type(error).__name__) from error


def damaged(path: Path, why: str) -> UserError:
    """What to say of a file that is not what `backup` wrote."""
    return UserError(f"{path} is no whole copy of a workspace: {why}. Choose another copy.")


def read_manifest(path: Path, archive: zipfile.ZipFile) -> WorkspaceCopy:
    """What an open file says it holds, as `read_copy`."""
    names = archive.namelist()
    if MANIFEST not in names:
        raise damaged(path, f"it has no {MANIFEST}")
    entry = archive.getinfo(MANIFEST)
    if entry.file_size > LARGEST_MANIFEST or entry.compress_type != zipfile.ZIP_STORED:
        raise damaged(path, f"its {MANIFEST} is too large")
    try:
        told = json.loads(archive.read(MANIFEST))
    except (ValueError, RecursionError) as error:
        raise damaged(path, f"its {MANIFEST} cannot be read ({error})") from error
    if not isinstance(told, dict) or not isinstance(told.get("format"), int):
        raise damaged(path, f"its {MANIFEST} names no format")
    if told["format"] > FORMAT:
        raise UserError(
            f"{path} was written by a newer version of the app (format {told['format']}, this "
            f"version reads up to {FORMAT}). Update the app."
        )
    files = told.get("files")
    if not isinstance(files, dict) or sorted([*files, MANIFEST]) != sorted(names):
        raise damaged(path, "it does not hold the files that it names")
    for name, said in files.items():
        _check_name(path, name)
        entry = archive.getinfo(name)
        if entry.compress_type != zipfile.ZIP_STORED or entry.flag_bits & IS_ENCRYPTED:
            raise damaged(path, f"'{name[:80]}' is packed in another way")
        if not isinstance(said, dict) or said.get("bytes") != entry.file_size:
            raise damaged(path, f"'{name[:80]}' is not as long as it says")
    labels, sessions = told.get("labels"), told.get("sessions")
    if not (isinstance(labels, int) and isinstance(sessions, int)):
        raise damaged(path, f"its {MANIFEST} does not count labels and sessions")
    return WorkspaceCopy(path, str(told.get("made_at", "")), files, labels, sessions)


def _check_name(path: Path, name: str) -> None:
    """UserError for a name that would lead out of the workspace, or hide in it."""
    parts = PurePosixPath(name).parts
    is_odd = not parts or name.startswith("/") or "\\" in name or "\0" in name
    if is_odd or ".." in parts or "/".join(parts) != name or parts[0] in LEFT_OUT:
        raise damaged(path, f"the name {name[:80]!r} cannot be a workspace's")
