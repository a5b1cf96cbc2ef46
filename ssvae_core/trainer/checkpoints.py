"""Checkpoints of a session's trainer: folders `ck-{generation}-{step}`, the newest valid counts.

A generation is one life of the trainer; the app hands out the numbers. A trainer that was thought
dead and goes on writing has an older one, so what it writes is never taken for the newest.
"""

from __future__ import annotations

import json
import logging
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from ..errors import UserError
from ..storage.bundles import MANIFEST, read_bundle, write_bundle
from ..storage.paths import CHECKPOINT, CHECKPOINTS

KEEP = 3
Checkpoint = tuple[dict[str, NDArray[Any]], dict[str, Any]]  # arrays and manifest
log = logging.getLogger(__name__)


def write_checkpoint(
    folder: Path,
    generation: int,
    step: int,
    arrays: dict[str, NDArray[Any]],
    manifest: dict[str, Any],
) -> None:
    """Write one, and remove all but the newest few. Raises UserError if the disk is full."""
    write_bundle(folder / CHECKPOINT.format(generation, step), arrays, manifest)
    for old in _newest_first(folder)[KEEP:]:
        shutil.rmtree(old, ignore_errors=True)


def read_newest(folder: Path) -> Checkpoint | None:
    """The newest checkpoint that can be read, or None."""
    return next(read_all(folder), None)


def newest_folder(folder: Path) -> Path | None:
    """Where the newest checkpoint is, None where there is none; it may be damaged."""
    return next(iter(_newest_first(folder)), None)


def read_all(folder: Path) -> Iterator[Checkpoint]:
    """Every checkpoint that can be read, newest first."""
    for checkpoint in _newest_first(folder):
        try:
            yield read_bundle(checkpoint)
        except UserError as error:
            log.warning("Checkpoint passed over: %s", error)


def drop_from(folder: Path, seq: int, but: int) -> None:
    """Remove those that have learned from event `seq` or a later one, but not the `but` newest."""
    for checkpoint in _newest_first(folder)[but:]:
        try:
            learned_from = int(json.loads((checkpoint / MANIFEST).read_text())["label_seq"])
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            continue
        if learned_from >= seq:
            shutil.rmtree(checkpoint, ignore_errors=True)


def _newest_first(folder: Path) -> list[Path]:
    numbered = []
    for path in folder.glob(CHECKPOINTS):
        if match := re.fullmatch(r"ck-(\d+)-(\d+)", path.name):
            numbered.append((int(match[1]), int(match[2]), path))
    return [path for _, _, path in sorted(numbered, reverse=True)]
