"""Labels that are probably wrong, worst first.

A label is doubted where the others say otherwise: the class probabilities of an example, made
while its own label was hidden, give little to the class that it was given (self-confidence, as in
Northcutt et al. 2021, arXiv:1911.00068, here as log-odds against the best other class). More folds
find more: with 10, or one a label, the hidden label's neighbours stay. A bound per class puts the
gap into nats of the model; the order is that of the hidden labels, as the model has learned its.

Letters in shapes: n labelled examples, K class ids.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FLOOR = 1e-6  # of a probability: log-odds are at most 14 nats


@dataclass(frozen=True)
class Doubt:
    """A label that the others contradict."""

    example: int
    given: int
    best: int  # the class that fits best
    gap: float  # in nats, > 0: of the bounds where `by_bound`, else the log-odds
    by_bound: bool
    score: float  # log-odds of the best class over the given one, labels of its fold hidden


def doubts(
    examples: NDArray[np.integer],
    given: NDArray[np.integer],
    probabilities: NDArray[np.floating],
    bounds: NDArray[np.floating] | None = None,
    *,
    kept: Collection[int] = (),
) -> list[Doubt]:
    """The labels that the others contradict, worst first; `kept` examples are left out.

    Examples and their given classes (n,), out-of-fold probabilities (n, K), bounds (n, K) in nats
    with nan where there is none.
    """
    scores, best = log_odds(given, probabilities)
    order = np.argsort(-scores, kind="stable")
    found = []
    for place in order[scores[order] > 0]:
        example = int(examples[place])
        if example in kept:
            continue
        gap, by_bound = float(scores[place]), False
        if bounds is not None:
            between = float(bounds[place, best[place]] - bounds[place, given[place]])
            if between > 0:  # not nan, and of the same opinion
                gap, by_bound = between, True
        pair = int(given[place]), int(best[place])
        found.append(Doubt(example, *pair, gap, by_bound, float(scores[place])))
    return found


def log_odds(
    given: NDArray[np.integer], probabilities: NDArray[np.floating]
) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """Log p(best other class) - log p(given class), and that other class: -> (n,), (n,)."""
    rows = np.arange(len(given))
    others = probabilities.astype(np.float64)
    own = others[rows, given].copy()
    others[rows, given] = -1
    best = others.argmax(1)
    odds = np.log(others[rows, best].clip(FLOOR)) - np.log(own.clip(FLOOR))
    return odds, best
