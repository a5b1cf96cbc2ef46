"""The exports of a workspace: each a folder below `exports`, written by `export`."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any, cast

from ..errors import NotFound, UserError
from .images import ImageCounts
from .rows import ExportOptions
from .writing import EXPORT_FILE, is_export

CHUNK = 1 << 20


@dataclass(frozen=True)
class Exported:
    """An export that is there."""

    id: str
    format: str
    path: str
    written_at: str  # ISO, UTC
    files: int
    bytes: int
    note: str = ""  # what a person must know of it


class Exports:
    """The folder of all of them."""

    def __init__(self, folder: Path):
        self.folder = folder

    def new(self, session: str, session_id: str, name: str) -> Path:
        """Where the next export goes: named for a person to find it, and not there yet."""
        words = re.sub(r"[^a-z0-9]+", "-", session.lower()).strip("-")[:40] or "session"
        stem = f"{words}-{session_id}-{name}-{datetime.now():%Y-%m-%d-%H%M%S}"
        names = [stem, *(f"{stem}-{k}" for k in range(2, 100))]
        return next(self.folder / each for each in names if not (self.folder / each).exists())

    def of(self, session_id: str) -> list[Exported]:
        """Those of a session, newest first."""
        found = []
        for path in self.folder.glob(f"*-{session_id}-*"):
            if not is_export(path):
                continue
            about = json.loads((path / EXPORT_FILE).read_text("utf-8"))
            sizes = [each.stat().st_size for each in path.rglob("*") if each.is_file()]
            found.append(
                Exported(
                    path.name,
                    about["format"],
                    str(path),
                    about["written_at"],
                    len(sizes),
                    sum(sizes),
                    _note(about),
                )
            )
        return sorted(found, key=lambda each: (each.written_at, each.id), reverse=True)

    def path(self, session_id: str, export: str) -> Path:
        """The folder of an export of this session. UserError if there is none."""
        path = self.folder / export
        is_ours = f"-{session_id}-" in export and path.parent == self.folder
        if not is_ours or not is_export(path):
            raise NotFound("This export is gone. Export again.")
        return path


def _note(about: dict[str, Any]) -> str:
    """Whether its images are what was asked for."""
    images, chosen = about.get("images") or {}, about.get("choices") or {}
    try:
        return ImageCounts(**images).in_words(ExportOptions(**chosen))
    except (TypeError, UserError):  # of another version
        return ""


def zipped(folder: Path) -> Iterator[bytes]:
    """The folder as a zip, made while it is read; images, which are packed already, are stored."""
    pipe = _Pipe()
    with zipfile.ZipFile(
        cast(IO[bytes], pipe), "w", zipfile.ZIP_DEFLATED, compresslevel=1
    ) as archive:
        for path in sorted(each for each in folder.rglob("*") if each.is_file()):
            info = zipfile.ZipInfo.from_file(path, f"{folder.name}/{path.relative_to(folder)}")
            is_packed = path.suffix.lower() in (".png", ".jpg", ".jpeg", ".webp", ".parquet")
            info.compress_type = zipfile.ZIP_STORED if is_packed else zipfile.ZIP_DEFLATED
            with path.open("rb") as source, archive.open(info, "w") as member:
                while chunk := source.read(CHUNK):
                    member.write(chunk)
                    if pipe.size >= CHUNK:
                        yield pipe.take()
            if pipe.size >= CHUNK:
                yield pipe.take()
    yield pipe.take()


class _Pipe:
    """A file that can only be written to, and is emptied by who sends it on."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self.size = 0

    def write(self, data: Any, /) -> int:
        """Keep it until it is taken."""
        self._parts.append(bytes(data))
        self.size += len(data)
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""

    def seekable(self) -> bool:
        """No."""
        return False

    def take(self) -> bytes:
        """All that was written since the last time."""
        parts, self._parts, self.size = self._parts, [], 0
        return b"".join(parts)
