"""An export in a process of its own: `python -m ssvae_core export`, with its progress read back.

For the app, which has no torch. Ask the trainer for a checkpoint before: that is what is read.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

from ..storage.child_lines import told_apart
from ..system import environment
from .rows import ExportOptions
from .writing import ExportProgress


def export_apart(
    workspace: Path,
    session_id: str,
    name: str,
    folder: Path,
    options: ExportOptions | None = None,
    replace: bool = False,
) -> Iterator[ExportProgress]:
    """As `export`, for any format; closing the iterator ends the process.

    Raises UserError with the process's own words where it fails.
    """
    options = options or ExportOptions()
    command = [sys.executable, "-m", "ssvae_core", "export", "--session", session_id]
    command += ["--format", name, "--out", str(folder), "--what", options.what]
    command += ["--min-confidence", str(options.min_confidence), "--progress-json"]
    command += ["--images", options.images]
    command += ["--with-junk"] * options.with_junk + ["--replace"] * replace
    yield from told_apart(
        command,
        environment() | {"SSVAE_WORKSPACE": str(workspace)},
        ExportProgress("starting", 0.0),
        _read,
        "The export ended with an error ({}). Nothing was written.".format,
    )
    yield ExportProgress("done", 1.0, folder)


def _read(line: str) -> ExportProgress | None:
    """The progress that a line of the process tells, if it does."""
    try:
        found = json.loads(line)
        return ExportProgress(str(found["message"]), found["share"])
    except (ValueError, TypeError, KeyError):
        return None
