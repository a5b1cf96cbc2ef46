"""A lesson in a process of its own: `python -m ssvae_core.lessons.child`, its progress read back.

For the app, which has no torch. It is nicer than all else: labels and training go first.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ..storage.child_lines import told_apart
from ..storage.paths import LESSONS
from ..system import environment
from .catalogue import LESSONS as ALL
from .shipped import SEED, stem_of

MOST_SEED = 999_999


@dataclass(frozen=True)
class LessonPlace:
    """What is run: a lesson at a place of its knobs, with a seed, on the digits or other images."""

    lesson: str
    value: float
    free: float
    seed: int = SEED
    data: str = ""  # id of a data set; "" for the digits that ship

    def stem(self, workspace: Path) -> Path:
        """Where the workspace keeps what it came to. UserError if there is no such place."""
        folder = workspace / LESSONS / f"{self.data or 'digits'}-{self.seed}"
        return stem_of(ALL[self.lesson], self.value, self.free, folder)


@dataclass(frozen=True)
class LessonProgress:
    """How far it is."""

    message: str
    share: float  # that is done
    seconds_left: float | None = None
    is_done: bool = False


def run_apart(place: LessonPlace, workspace: Path) -> Iterator[LessonProgress]:
    """Run it, and keep what it comes to in the workspace; closing the iterator ends the process.

    Raises UserError with the process's own words where it fails.
    """
    command = [sys.executable, "-m", "ssvae_core.lessons.child", place.lesson]
    command += ["--value", repr(place.value), "--free", repr(place.free), "--seed", str(place.seed)]
    command += ["--data", place.data, "--out", str(place.stem(workspace))]
    began = time.monotonic()
    yield from told_apart(
        command,
        environment() | {"SSVAE_WORKSPACE": str(workspace)},
        LessonProgress("starting", 0.0),
        lambda line: _read(line, time.monotonic() - began),
        "The lesson ended with an error ({}). What ships is still there.".format,
    )
    yield LessonProgress("done", 1.0, 0.0, is_done=True)


def _read(line: str, seconds: float) -> LessonProgress | None:
    """The progress that a line of the process tells after so many seconds, if it does."""
    try:
        found = json.loads(line)
        share = float(found["share"])
        left = seconds * (1 - share) / share if share > 0 else None
        return LessonProgress(str(found["message"]), share, left)
    except (ValueError, TypeError, KeyError):
        return None
