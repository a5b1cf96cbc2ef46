"""Whether one model errs less than another, from the images that both were judged by.

Two intervals that overlap say little: models err on the same hard images, so their difference is
known better than either error. What tells is where exactly one of them is wrong. McNemar's exact
test (1947) asks whether the one happens more often than the other by more than chance; the interval
of the difference is that of Bonett and Price (2012), widened to hold 0 wherever the test cannot
tell, so that no ranking is read off it. How many images would tell follows from the share of images
where they part and from the difference, as both are now (Connor 1987).

Letters in shapes: n images that both models were judged by.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .audit import Z_95

SIGNIFICANCE = 0.05  # of the test, two-sided
Z_POWER = 0.8416212335729143  # with as many images as it says, the test tells in 80 of 100 cases


@dataclass(frozen=True)
class PairedDifference:
    """The error of one model minus that of another, in shares of the images, and what it says."""

    difference: float
    low: float  # of its 95 % interval
    high: float
    is_better: bool | None  # errs less; None where the images do not tell
    more: int | None  # further images that would tell; None if they tell, or the two never part
    n: int


def paired_difference(
    is_wrong: NDArray[np.bool_], other_is_wrong: NDArray[np.bool_]
) -> PairedDifference | None:
    """What the same images say of two models, each (n,); None of no image."""
    n = len(is_wrong)
    if not n:
        return None
    more_wrong = int((is_wrong & ~other_is_wrong).sum())
    less_wrong = int((other_is_wrong & ~is_wrong).sum())
    difference = (more_wrong - less_wrong) / n
    low, high = _interval(more_wrong, less_wrong, n)
    tells = mcnemar(more_wrong, less_wrong) < SIGNIFICANCE
    if tells:
        return PairedDifference(difference, low, high, difference < 0, None, n)
    needed = images_that_tell((more_wrong + less_wrong) / n, abs(difference))
    more = None if needed is None else max(needed - n, 1)
    return PairedDifference(difference, min(low, 0.0), max(high, 0.0), None, more, n)


def mcnemar(more_wrong: int, less_wrong: int) -> float:
    """The chance of parting so unevenly, or more, if both erred equally often: 0 to 1.

    Exact and two-sided: of so many images where one of them is wrong, each is the first's with
    probability 1/2.
    """
    n, fewer = more_wrong + less_wrong, min(more_wrong, less_wrong)
    logs = [
        math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1) - n * math.log(2)
        for k in range(fewer + 1)
    ]
    return min(2 * math.fsum(map(math.exp, logs)), 1.0)


def images_that_tell(parting: float, difference: float) -> int | None:
    """How many images tell two models apart, in 80 of 100 cases; None if no number does.

    `parting`: the share of images where exactly one is wrong; `difference`: between their errors.

    n = (z_{1 - 0.05 / 2} sqrt(parting) + z_{0.8} sqrt(parting - difference^2))^2 / difference^2
    """
    if not 0 < difference <= parting:
        return None
    apart = math.sqrt(max(parting - difference**2, 0.0))
    return math.ceil((Z_95 * math.sqrt(parting) + Z_POWER * apart) ** 2 / difference**2)


def _interval(more_wrong: int, less_wrong: int, n: int) -> tuple[float, float]:
    """Bonett and Price's 95 % interval: Wald's, with an image more of either kind."""
    more, less = (more_wrong + 1) / (n + 2), (less_wrong + 1) / (n + 2)
    middle = more - less
    half = Z_95 * math.sqrt(max(more + less - middle**2, 0.0) / (n + 2))
    return max(middle - half, -1.0), min(middle + half, 1.0)
