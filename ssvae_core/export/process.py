"""An export in a process of its own: `python -m ssvae_core export`, with its progress read back.

For the app, which has no torch. Ask the trainer for a checkpoint before: that is what is read.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from ..errors import UserError
from .rows import Choices
from .writing import Progress


def export_apart(
    workspace: Path,
    session_id: str,
    name: str,
    folder: Path,
    choices: Choices | None = None,
    replace: bool = False,
) -> Iterator[Progress]:
    """As `export`, for any format; closing the iterator ends the process.

    Raises UserError with the process's own words where it fails.
    """
    choices = choices or Choices()
    command = [sys.executable, "-m", "ssvae_core", "export", "--session", session_id]
    command += ["--format", name, "--out", str(folder), "--what", choices.what]
    command += ["--min-confidence", str(choices.min_confidence), "--progress-json"]
    command += ["--with-junk"] * choices.with_junk + ["--replace"] * replace
    core = str(Path(__file__).resolve().parents[2])
    paths = [core, *filter(None, [os.environ.get("PYTHONPATH")])]
    environment = os.environ | {
        "SSVAE_WORKSPACE": str(workspace),
        "PYTHONPATH": os.pathsep.join(paths),
    }
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            yield Progress("starting", 0.0)
            assert process.stderr is not None
            last = ""
            for line in process.stderr:
                last = line.strip() or last
                if (progress := _read(line)) is not None:
                    yield progress
        except GeneratorExit:
            process.terminate()
            raise
    if process.returncode == 2:
        raise UserError(last)
    if process.returncode:
        raise UserError(f"The export ended with an error ({last}). Nothing was written.")
    yield Progress("done", 1.0, folder)


def _read(line: str) -> Progress | None:
    """The progress that a line of the process tells, if it does."""
    try:
        found = json.loads(line)
        return Progress(str(found["message"]), found["share"])
    except (ValueError, TypeError, KeyError):
        return None
