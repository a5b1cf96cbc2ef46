"""When the model takes steps, and how many: the run that labels owe it.

Labels are propagated at once, whatever is set here; only the steps of the model wait. A run is the
steps owed since the last label, or since a person asked for one.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..errors import UserError

STEPS = 4000  # after a label; then the model has nothing to gain and waits for the next
MODES = ("always", "labels", "quiet", "asked")


@dataclass(frozen=True)
class When:
    """What begins a run: every label, so many new ones, seconds without one, or a person."""

    mode: str = "always"
    labels: int = 10
    seconds: float = 5.0

    def __post_init__(self) -> None:
        if self.mode not in MODES:
            raise UserError(
                f"Unknown way to train: {self.mode!r}. Choose one of: {', '.join(MODES)}."
            )
        if not 1 <= self.labels <= 1_000_000:
            raise UserError(f"Train after 1 to 1,000,000 labels, not after {self.labels}.")
        if not 0 <= self.seconds <= 86_400:
            raise UserError(f"Train after 0 to 86,400 seconds, not after {self.seconds:g}.")


class Run:
    """The present run, and the steps that wait for the next."""

    def __init__(self, clock: Callable[[], float] = time.monotonic):
        """`clock` tells seconds."""
        self.when = When()
        self.step, self.of = 0, 0  # of the present run
        self.owed, self.new_labels = 0, 0  # what the next one takes, and labels since the last
        self._clock, self._heard_at = clock, 0.0

    @property
    def is_going(self) -> bool:
        """Whether a step is due."""
        return self.step < self.of or self._is_due

    @property
    def steps(self) -> int:
        """Of the present run, or of the one that is due; 0 without one."""
        if self._is_due:
            return self.owed
        return self.of if self.step < self.of else 0

    @property
    def steps_taken(self) -> int:
        """Of these."""
        return 0 if self._is_due or self.step >= self.of else self.step

    def hear(self, n_labels: int, lost: int = 0) -> None:
        """So many labels changed, and so many steps were undone with them.

        What was undone is learned anew at once: that is owed for what a person did before.
        """
        self.new_labels += n_labels
        self._heard_at = self._clock()
        self.owed = max(self.owed, STEPS)
        if self.when.mode == "always":
            self.owed = max(self.owed, lost)
        elif self.when.mode == "quiet" or lost:
            self.step, self.of = 0, lost

    def begin(self) -> None:
        """Take all steps that are owed, now."""
        self.step, self.of = 0, max(self.owed, STEPS)
        self.owed = self.new_labels = 0

    def take_step(self) -> None:
        """One step was taken."""
        if self._is_due:
            self.begin()
        self.step += 1

    def end(self) -> None:
        """Take no more steps before there is another label, or a person asks."""
        self.step = self.of = self.owed = self.new_labels = 0

    def waits_for(self) -> str:
        """What begins the next run, in words; empty while one is going."""
        if self.is_going:
            return ""
        if not self.owed:
            return "a new label"
        when = self.when
        if when.mode == "labels":
            missing = when.labels - self.new_labels
            return f"{missing} more label{'s' if missing > 1 else ''}"
        if when.mode == "quiet":
            return f"{when.seconds:g} s without a label"
        return "Train now"

    def as_json(self) -> dict[str, Any]:
        """All that a checkpoint keeps of it."""
        return {
            "when": vars(self.when),
            **{name: getattr(self, name) for name in ("step", "of", "owed", "new_labels")},
        }

    def restore(self, saved: dict[str, Any]) -> None:
        """Go on where a checkpoint left it."""
        self.when = When(**saved["when"])
        self.step, self.of, self.owed = saved["step"], saved["of"], saved["owed"]
        self.new_labels, self._heard_at = saved["new_labels"], self._clock()

    @property
    def _is_due(self) -> bool:
        if not self.owed:
            return False
        if self.when.mode == "labels":
            return self.new_labels >= self.when.labels
        if self.when.mode == "quiet":
            return self._clock() - self._heard_at >= self.when.seconds
        return self.when.mode == "always"
