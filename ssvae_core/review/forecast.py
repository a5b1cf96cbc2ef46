"""What ten more labels will bring: the learning curve carried on, with an interval; and its check.

A learning curve's error falls as a power of the labels, error = a n^-b + c (Cortes et al. 1993).
With the few, uneven points of a session c cannot be told from b: it is left out, and b is kept
between 0 (nothing more to learn) and 1.

Letters in shapes: P points of the curve, D draws of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

MIN_POINTS = 3  # points of the curve
N_LAST_POINTS = 8  # points that are looked at: what happened with few labels says little
N_DRAWS = 400
INTERVAL_LEVEL = 0.8  # of the interval
MIN_ERROR = 1e-4  # of an error, for its logarithm
MIN_SCATTER = 0.08  # of log error: what a point strays by at least, however smooth so few look


@dataclass(frozen=True)
class Forecast:
    """The gain in accuracy from n_labels to n_labels + more, all shares; 80 % interval."""

    n_labels: int
    more: int
    gain: float
    low: float
    high: float

    @property
    def words(self) -> str:
        """As the screen says it."""
        return f"{_percent(self.gain)} ({_range(self)})"


@dataclass(frozen=True)
class Checked:
    """A forecast and what came of it."""

    forecast: Forecast
    gain: float
    held: bool  # whether it came within the interval

    @property
    def words(self) -> str:
        """As the screen says it."""
        return f"You were told {self.forecast.words}; it was {_percent(self.gain)}."


def forecast(curve: Mapping[int, float], more: int = 10) -> Forecast | None:
    """What `more` labels will bring after a curve {labels: accuracy}; None with under 3 points.

    Draws of the curve's last points, its own scatter added anew (a bootstrap of residuals, drawn
    from a normal as there are so few), each carried on by log error = log a - b log n with
    0 <= b <= 1, and a point's own scatter at both ends: the gain's median, and its middle 80 %.
    A forecast is never below 0; its interval may be.
    """
    points = sorted((n, accuracy) for n, accuracy in curve.items() if n > 0)[-N_LAST_POINTS:]
    if len(points) < MIN_POINTS:
        return None
    labels, accuracies = np.array(points).T
    x, y = np.log(labels), np.log(np.clip(1 - accuracies, MIN_ERROR, 1))
    (offset,), (slope,) = _line(x, y[None])
    residuals = y - (offset + slope * x)
    scatter = max(float(np.sqrt((residuals**2).sum() / (len(x) - 2))), MIN_SCATTER)
    rng = np.random.default_rng(0)  # the same curve, the same words
    drawn = y - residuals + scatter * rng.standard_normal((N_DRAWS, len(x)))
    _, slopes = _line(x, drawn)
    step = np.log1p(more / labels[-1])
    error = float(np.exp(y[-1]))
    # The last point is known with its own scatter; the next one strays by as much.
    strays = scatter * rng.standard_normal(N_DRAWS)
    gains = error * (1 - np.exp(slopes * step + strays))
    low, high = np.quantile(gains, [(1 - INTERVAL_LEVEL) / 2, (1 + INTERVAL_LEVEL) / 2])
    gain = max(error * (1 - float(np.exp(slope * step))), 0.0)
    return Forecast(int(labels[-1]), more, gain, float(min(low, gain)), float(max(high, gain)))


def checked(forecasts: Sequence[Forecast], curve: Mapping[int, float]) -> list[Checked]:
    """Forecasts that the curve has reached, newest first, each with what came.

    What came is read between the curve's points, on straight lines.
    """
    if not curve:
        return []
    labels = np.array(sorted(curve))
    accuracies = np.array([curve[int(n)] for n in labels])
    found = []
    for told in sorted(forecasts, key=lambda told: -told.n_labels):
        ends = told.n_labels, told.n_labels + told.more
        if labels[0] <= ends[0] and ends[1] <= labels[-1]:
            before, after = np.interp(ends, labels, accuracies)
            gain = float(after - before)
            found.append(Checked(told, gain, told.low <= gain <= told.high))
    return found


def _line(
    x: NDArray[np.float64], y: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Least squares with a slope -b, b in [0, 1]: (P,), (D, P) -> offset (D,), slope (D,)."""
    middle = x - x.mean()
    slope = (y @ middle / (middle @ middle)).clip(-1, 0)
    return y.mean(1) - slope * x.mean(), slope


def _percent(gain: float) -> str:
    return f"{100 * gain:+.1f} %"


def _range(told: Forecast) -> str:
    return f"{100 * told.low:.1f} to {100 * told.high:.1f}"
