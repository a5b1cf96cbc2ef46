"""How long a run goes on, counted in seconds, in steps, or in both."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass
class Pace:
    """What is left of a run. If steps are counted, they alone say how far it is."""

    now: Callable[[], float]  # in seconds
    seconds: float | None
    steps: int | None

    def __post_init__(self) -> None:
        if self.seconds is None and self.steps is None:
            raise ValueError("A run needs an end: a budget in seconds, a number of steps, or both.")
        self._begin = self.now()

    def left(self, steps: int) -> float:
        """The share that is left after so many steps; 0 when seconds or steps are over.

        The clock only ends a run whose steps are counted: so the same seed gives the same result
        where it does not.
        """
        in_time = 1.0
        if self.seconds is not None:
            in_time = 1 - (self.now() - self._begin) / max(self.seconds, 1e-9)
        if in_time <= 0:
            return 0.0
        return in_time if self.steps is None else max(1 - steps / max(self.steps, 1), 0.0)

    def part(self, share: float) -> Pace:
        """The pace of a run with this share of the seconds, and as many steps; begins now."""
        seconds = None if self.seconds is None else share * self.seconds
        return Pace(self.now, seconds, self.steps)
