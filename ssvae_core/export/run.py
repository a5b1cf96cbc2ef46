"""Writing an export: a folder that is either whole or not there.

Nothing is overwritten but an earlier export, and that only when asked for: an export is known by
its `export.json`.
"""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Iterator
from pathlib import Path

from ..errors import Conflict, NotWritten, UserError
from ..storage.whole import whole_folder
from .content import Labelled
from .formats import FORMATS
from .rows import ExportOptions
from .writing import EXPORT_FILE, ExportProgress, Format, described, is_export


def export(
    content: Labelled,
    name: str,
    folder: Path,
    options: ExportOptions | None = None,
    replace: bool = False,
) -> Iterator[ExportProgress]:
    """Write an export of this format as `folder`; iterating does the work, stopping drops it.

    Raises UserError if it cannot be written, or if the folder holds something else.
    """
    if name not in FORMATS:
        raise UserError(f"Unknown format '{name}'. Choose one of: {', '.join(FORMATS)}.")
    _check(content, name, FORMATS[name])
    folder = folder.absolute()
    _check_place(folder, replace)
    options = options or ExportOptions()
    try:
        with whole_folder(folder) as scratch:
            images = None
            for progress in FORMATS[name].write(content, scratch, options):
                images = progress.images or images
                yield progress
            about = described(content, name, options, images)
            (scratch / EXPORT_FILE).write_text(
                json.dumps(about, indent=1, ensure_ascii=False), "utf-8"
            )
            _check_place(folder, replace)  # somebody may have come before us
    except OSError as error:
        raise NotWritten(_in_words(error, folder)) from error
    said = images.in_words(options) if images else ""
    yield ExportProgress(said or "done", 1.0, folder, images)


def _check(content: Labelled, name: str, kind: Format) -> None:
    if kind.needs_images and not content.is_images:
        raise UserError(
            f"The format '{name}' is for images; '{content.data}' holds vectors. "
            "Choose another, csv for example."
        )
    if kind.needs_model and content.open_model is None:
        raise Conflict("There is no model to export yet. Label a few images, and give it a minute.")
    if kind.needs_story and content.story is None:
        raise Conflict("There is nothing to report yet. Open the session once.")


def _check_place(folder: Path, replace: bool) -> None:
    """Raise UserError if writing there would overwrite what nobody said may go."""
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        return
    if not is_export(folder):
        raise Conflict(
            f"{folder} is there already, and is no export. It is left as it is; name a new folder."
        )
    if not replace:
        raise Conflict(
            f"{folder} holds an earlier export. Name a new folder, or say that it may be replaced "
            "(--replace)."
        )


def _in_words(error: OSError, folder: Path) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return (
            f"The disk is full: the export to {folder} was not written, and nothing of it is left. "
            "Free some space, then export again."
        )
    why = error.strerror or os.strerror(error.errno or 0)
    return f"The export cannot be written to {folder}: {why}. Name another folder."
