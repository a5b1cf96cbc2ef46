"""How fast the steps of a trainer follow each other, and how long those take that are left."""

from __future__ import annotations

import time

from ..protocol.messages import Status

CALM = 0.2  # share of the newest second in the rate: what it says of the time left is to be read


class Rate:
    """Steps a second, smoothed over some seconds."""

    def __init__(self, step: int = 0):
        """So many steps are taken."""
        self._step, self._at = step, time.monotonic()
        self._rate = 0.0

    def after(self, step: int) -> float:
        """The rate when so many are taken; another one each second at most."""
        now = time.monotonic()
        if now - self._at >= 1:
            fresh = (step - self._step) / (now - self._at)
            self._rate = self._rate + CALM * (fresh - self._rate) if self._rate else fresh
            self._at, self._step = now, step
        return self._rate


def seconds_left(status: Status, rate: float) -> float | None:
    """Of a pretraining, or of the run at this rate; None where that is not known."""
    is_known = status.seconds_left is not None
    if is_known or status.state == "paused" or not (status.run_steps and rate):
        return status.seconds_left
    return (status.run_steps - status.run_step) / rate
