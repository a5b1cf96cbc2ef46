"""What a format is, and what every format writes: progress, and `export.json`."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from .content import Labelled
from .images import ImageCounts
from .rows import ExportOptions, in_utc

EXPORT_FILE = "export.json"
ROWS_BETWEEN_PROGRESS = 500  # rows between two words about the progress


@dataclass(frozen=True)
class ExportProgress:
    """Where an export stands; the last one has the folder's path as `done`."""

    message: str
    share: float | None = None  # 0 to 1
    done: Path | None = None
    images: ImageCounts | None = None  # at the end, where images were written


Write = Callable[[Labelled, Path, ExportOptions], Iterator[ExportProgress]]


@dataclass(frozen=True)
class Format:
    """A kind of export: what it is, and what writes its files into a folder."""

    title: str
    about: str
    write: Write
    needs_images: bool = False
    needs_model: bool = False  # imports torch: not for the app's process
    needs_story: bool = False
    only_with_class: bool = False  # images without a class have no place, but in a table beside
    reads_back: str = ""  # the file that ssvae_core.labels.label_files reads again


def described(
    content: Labelled, name: str, options: ExportOptions, images: ImageCounts | None = None
) -> dict[str, Any]:
    """What `export.json` says: of what, of which version, with which choices."""
    guesses = content.guesses
    return {
        "kind": "ssvae-export",
        "format": name,
        "session": content.session,
        "session_id": content.session_id,
        "data": content.data,
        "data_fingerprint": content.fingerprint,
        "examples": len(content),
        "labels": sum(said.label is not None for said in content.said.values()),
        "classes": {str(k): each.name for k, each in content.classes.items()},
        "last_event": content.seq,
        "model": guesses.model if guesses else None,
        "model_version": guesses.version if guesses else None,
        "choices": asdict(options),
        "images": None if images is None else asdict(images),
        "written_at": in_utc(content.made_at),
    }


def told(content: Labelled, done: int) -> ExportProgress:
    """So many examples of the data set are written."""
    return ExportProgress(f"{done:,} of {len(content):,} examples", done / max(len(content), 1))


def is_export(folder: Path) -> bool:
    """Whether this folder was written by `export`."""
    try:
        about = json.loads((folder / EXPORT_FILE).read_text("utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(about, dict) and about.get("kind") == "ssvae-export"
