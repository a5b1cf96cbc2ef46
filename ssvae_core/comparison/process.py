"""The members of a comparison learn in a process of its own, which comes after all others.

For the app, which has no torch: `python -m ssvae_core compare`, with its progress read back. The
process ends when its input does, so it never outlives the app.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from collections.abc import Generator
from dataclasses import asdict
from pathlib import Path

from ..storage.child_lines import told_apart
from ..system import environment
from ..worker.priority import Priority
from .training import MemberProgress


def trained_apart(workspace: Path, session_id: str) -> Generator[MemberProgress, None, None]:
    """What the plan of a session says is to be trained; closing the iterator ends the process.

    Raises UserError with the process's own words where it fails.
    """
    command = [sys.executable, "-m", "ssvae_core", "compare", "--session", session_id]
    yield from told_apart(
        [*command, "--as-planned"],
        environment() | {"SSVAE_WORKSPACE": str(workspace), "OMP_WAIT_POLICY": "PASSIVE"},
        MemberProgress("", "starting", 0.0, None),
        _read,
        "The comparison ended with an error: {}.".format,
        is_tied=True,  # the group of its own can be nice
    )


def say(progress: MemberProgress) -> None:
    """A line that `trained_apart` reads back."""
    print(json.dumps(asdict(progress)), file=sys.stderr, flush=True)


def come_last() -> None:
    """Let all other processes go first, and end when the app does."""
    priority = Priority()
    priority.lower_group()
    priority.lower_thread()
    threading.Thread(target=_end_with_input, daemon=True).start()


def _end_with_input() -> None:
    while os.read(sys.stdin.fileno(), 1024):
        pass
    os._exit(1)


def _read(line: str) -> MemberProgress | None:
    """The progress that a line of the process tells, if it does."""
    try:
        found = MemberProgress(**json.loads(line))
    except (ValueError, TypeError):
        return None
    return found if isinstance(found.share, int | float) else None
