"""Strategies that ask where one answer settles the most: coverage of the graph of neighbours.

An answer says something of all that a short walk from its example reaches (`affinity.py`), as
labels propagate. What is not settled yet is where no label reaches, and where the guesses are
close. The next suggestion is the one from which walks meet the most of it; what its answer will
settle is then taken off, and the one after is chosen, so that a batch never asks the same thing
twice. This is ProbCover's greedy cover (Yehuda et al. 2022) with walks for balls, whose radius
would have to be tuned, and with the margin for what is left to cover.

scikit-activeml has ProbCover and TypiClust, and is not used: importing it imports PyTorch, which
the app's own process is kept free of, and ProbCover needs all distances between 60,000 images,
29 GB. With 20 labels of the digits TypiClust's suggestions leave 7.6 % wrong, these 3.5 %.
Notes: benchmarks/notes/acquisition-coverage.md

Letters in shapes: N examples.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..predictions import margin
from .evidence import Evidence, Names, Scores, labels_around
from .typical import why_typical
from .uncertainty import why_close

# With few labels each must stand for many: with 10 labels of MNIST, walks of 16 steps have found
# all classes, of 4 steps 8. To the end 16 are too many: 10 % error with 100 labels, with 4 7 %.
WALK_STEPS = ((10, 16), (20, 8))  # below so many labels, walks of so many steps
LATER_WALK_STEPS = 4
UNREACHED_WEIGHT = 0.5  # of the weight of a coin toss between two classes: what no label reaches
N_IN_TURN = 20  # suggestions chosen one after the other; those after them by what is left then
MIN_DOUBT = 0.4  # 80 % and 20 % are that close; a neighbour that is closer counts as uncertain


def n_steps(evidence: Evidence) -> int:
    """How far an answer reaches with so many labels."""
    n = evidence.n_labels
    return next((steps for below, steps in WALK_STEPS if n < below), LATER_WALK_STEPS)


def unreached(evidence: Evidence) -> Scores:
    """How little the labels say of each example, 1 is nothing: (N,)."""
    labelled = np.flatnonzero(evidence.is_labelled)
    return 1 - evidence.atlas.walks.reached(labelled, n_steps(evidence))


def unsettled(evidence: Evidence) -> Scores:
    """What an answer could still settle of each example: out of reach or close: (N,).

    Close by what labels propagate, as answers do, and not by what the model says: a model of a
    few labels is uncertain of what is odd and sure where it errs in crowds (on MNIST with 25 labels
    1.7 % error so, 2.7 % by both).
    """
    close = _close(evidence)
    if close is None:
        return unreached(evidence)
    return np.maximum(np.sqrt(close), UNREACHED_WEIGHT * unreached(evidence))


def _close(evidence: Evidence) -> Scores | None:
    """How close the two likeliest classes are: (N,), or None before the first label."""
    if evidence.undecided is not None:
        return evidence.undecided.astype(np.float32)
    return None if evidence.probabilities is None else margin(evidence.probabilities)


def settles_most(evidence: Evidence) -> Scores:
    """How much of what is unsettled an answer about each example would reach: (N,)."""
    return _gain(evidence, unsettled(evidence))


def covers_most(evidence: Evidence) -> Scores:
    """How much that no label reaches an answer about each example would reach: (N,)."""
    return _gain(evidence, unreached(evidence))


def settle_in_turn(evidence: Evidence, n: int, beside: list[int]) -> list[int]:
    """The n suggestions that settle the most, each beside those before it."""
    return _in_turn(evidence, unsettled(evidence), n, beside)


def begin_in_turn(evidence: Evidence, n: int, beside: list[int]) -> list[int]:
    """The first medoids of the atlas for the first labels, then what settles the most.

    The clusters of a map are what a person will name: the first 10 medoids leave 5.1 % of MNIST
    wrong, 10 that settle the most 8.2 %. Those medoids come first that settle the most beside those
    before them.
    """
    first_of_all = evidence.atlas.n_first
    n_first = first_of_all - evidence.n_labels - len(beside)
    taken = np.zeros_like(evidence.is_open)
    for example in (*beside, *np.flatnonzero(evidence.is_labelled)[:first_of_all]):
        taken |= _around(evidence, int(example))
        taken[example] = True
    medoids = [int(m) for m in evidence.atlas.medoids if evidence.is_open[m] and not taken[m]]
    among = medoids[: max(n_first, 0)]
    first = _in_turn(evidence, unsettled(evidence), min(n, len(among)), beside, among)
    return first + settle_in_turn(evidence, n - len(first), [*beside, *first])


def cover_in_turn(evidence: Evidence, n: int, beside: list[int]) -> list[int]:
    """The n suggestions that reach the most, each beside those before it."""
    return _in_turn(evidence, unreached(evidence), n, beside)


def _gain(evidence: Evidence, left: Scores) -> Scores:
    """What walks from each example meet of what is left to settle: (N,) -> (N,)."""
    return evidence.atlas.walks.spread(left * evidence.is_open, n_steps(evidence))


def _in_turn(
    evidence: Evidence,
    left: Scores,
    n: int,
    beside: list[int],
    among: list[int] | None = None,
) -> list[int]:
    """Greedy: choose, take off what the answer will settle, choose again; no two neighbours.

    Of these examples, or of all that are open.
    """
    atlas, steps, chosen = evidence.atlas, n_steps(evidence), list[int]()
    is_free = evidence.is_open.copy()
    if among is not None:
        is_free[:] = False
        is_free[among] = True
    is_free[beside] = False
    is_apart = np.ones_like(is_free)  # from all that is suggested
    for example in beside:
        left = left * (1 - atlas.walks.influence(example, steps))
        is_apart &= ~_around(evidence, example)
    gain = _gain(evidence, left)
    while len(chosen) < n and is_free.any():
        if not (is_free & is_apart).any():
            is_apart = np.ones_like(is_free)  # neighbours, as there is nothing else
        example = int(np.where(is_free & is_apart, gain, -np.inf).argmax())
        chosen.append(example)
        is_free[example] = False
        is_apart &= ~_around(evidence, example)
        if len(chosen) < N_IN_TURN:
            left = left * (1 - atlas.walks.influence(example, steps))
            gain = _gain(evidence, left)
    return chosen


def _around(evidence: Evidence, example: int) -> NDArray[np.bool_]:
    """Who is a neighbour of it, or it of them: (N,)."""
    neighbours = evidence.atlas.neighbours
    around: NDArray[np.bool_] = (neighbours == example).any(1)
    around[neighbours[example]] = True
    return around


def why_it_covers(evidence: Evidence, example: int, names: Names) -> str:
    """What it was chosen for, and how many labels are near."""
    around = labels_around(evidence, example)
    return f"Its answer speaks for the most images that no other label speaks for; {around}."


def why_it_settles(evidence: Evidence, example: int, names: Names) -> str:
    """Out of reach, close, or among others that are uncertain."""
    close = _close(evidence)
    if evidence.n_labels < evidence.atlas.n_first and example in evidence.atlas.medoids:
        return why_typical(evidence, example, names)
    if close is None or not evidence.n_labels:
        return why_it_covers(evidence, example, names)
    near = evidence.atlas.neighbours[example]
    n_in_doubt = int((close[near] > MIN_DOUBT).sum())
    if close[example] > MIN_DOUBT or not n_in_doubt:
        return why_close(evidence, example, names)
    looks = names[evidence.best_two(example)[0][0]]
    are = "is" if n_in_doubt == 1 else "are"
    return f"It looks like {looks}; {n_in_doubt} of its {len(near)} nearest images {are} in doubt."
