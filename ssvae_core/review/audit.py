"""How good the guesses are, from random examples that a person checked without seeing the guess.

Each example has the same chance to be drawn, so the share that was right is an honest estimate.
The draw takes one example from each of n equal slices of the confidence: it then holds easy and
hard ones as the pool does, and the interval is narrower. As no chance depended on a model, and
checked examples are never trained on, an audit stays valid for every later model. Examples that
are labelled later leave the pool but not the audit: it is then on the careful side, as a person is
asked about hard ones first.

Letters in shapes: N examples, n checked ones, H strata of confidence.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Z_95 = 1.959963984540054  # of a 95 % interval
MAX_STRATA, MIN_IN_STRATUM = 4, 10  # at most so many, of at least so many checked examples
PRIOR_EXAMPLES = 2.0  # checked examples that a stratum borrows from all of them for its variance


@dataclass(frozen=True)
class Estimate:
    """A share and its 95 % interval, all in [0, 1]."""

    share: float
    low: float
    high: float


@dataclass(frozen=True)
class Audit:
    """What the checked examples say."""

    right: int
    of: int
    guesses: Estimate  # of all guesses, checked or not
    exported: Estimate  # of all labels as exported: a person's count as right
    method: str  # how the interval was made, for the screen
    more: int
    narrowed: float  # half the width that the guesses' interval would have with `more` checked
    by_class: Mapping[int, tuple[int, int]]  # class a person named -> right, of


def draw(
    n: int,
    eligible: NDArray[np.bool_],
    confidence: NDArray[np.floating] | None = None,
    *,
    seed: int = 0,
    already: Collection[int] = (),
) -> NDArray[np.int64]:
    """Examples to ask about, in random order, each eligible one with the same chance: -> (n,).

    Eligible (N,) are those that no one labelled; `already` checked ones are left out. One is drawn
    from each of n slices of equal size, in order of confidence (N,). The same arguments give the
    same examples, so that reloading a page cannot choose kinder ones.
    """
    free = eligible.copy()
    free[list(already)] = False
    pool = np.flatnonzero(free)
    n = min(n, len(pool))
    rng = np.random.default_rng([seed, len(already)])
    pool = rng.permutation(pool)  # equals in confidence in random order
    if confidence is not None:
        pool = pool[np.argsort(confidence[pool], kind="stable")]
    # A random start and a fixed step: each has the chance n / len(pool), and none comes twice.
    places = (rng.random() + np.arange(n)) * (len(pool) / max(n, 1))
    return rng.permutation(pool[places.astype(int)]).astype(np.int64)


def estimate(
    checked: Mapping[int, int],
    guesses: NDArray[np.integer],
    eligible: NDArray[np.bool_],
    confidence: NDArray[np.floating] | None = None,
    *,
    n_labels: int = 0,
    more: int = 20,
) -> Audit | None:
    """The accuracy of the guesses (N,) from {checked example: class}; None if nothing is checked.

    The pool are the eligible (N,) unlabelled and the checked examples. With a confidence (N,), the
    shares of H strata of it are weighted by their size in the pool (post-stratification), and the
    variance of that, as an effective number of examples, goes into Wilson's interval: near 100 %
    it stays honest. With fewer than 20 checked it is the plain Wilson interval; to choose the
    narrower of the two after a look would not be honest. Both shrink to nothing as the whole pool
    is checked (factor (N - 1) / (N - n)).

    Exported are n_labels a person gave, the checked answers, and the guesses for the rest.
    """
    if not checked:
        return None
    examples = np.fromiter(checked, np.int64, len(checked))
    answers = np.fromiter(checked.values(), np.int64, len(checked))
    is_right = guesses[examples] == answers
    pool = eligible.copy()
    pool[examples] = True
    n, size = len(examples), int(pool.sum())
    share, effective, method = float(is_right.mean()), float(n), "Wilson"
    if confidence is not None and min(MAX_STRATA, n // MIN_IN_STRATUM) > 1:
        found = _stratified(is_right, confidence[examples], confidence[pool])
        if found is not None:
            share, effective = found
            method = "Wilson, weighted by confidence"
    low, high = wilson(share, _finite(effective, n, size))
    later = min(n + more, size)
    narrowed = wilson(share, _finite(effective * later / n, later, size))
    right = int(is_right.sum())
    rest, total = size - n, n_labels + size
    exported = (
        (n_labels + n + min(max(size * guessed - right, 0.0), rest)) / total
        for guessed in (share, low, high)
    )
    return Audit(
        right=right,
        of=n,
        guesses=Estimate(share, low, high),
        exported=Estimate(*exported),
        method=method,
        more=later - n,
        narrowed=(narrowed[1] - narrowed[0]) / 2,
        by_class=_by_class(answers, is_right),
    )


def wilson(share: float, n: float) -> tuple[float, float]:
    """Wilson's 95 % interval for a share of n (1927); n may be an effective number.

    (p + z^2/2n ± z sqrt(p (1-p) / n + z^2 / 4n^2)) / (1 + z^2/n)
    """
    if math.isinf(n):
        return share, share
    square = Z_95**2 / n
    middle = (share + square / 2) / (1 + square)
    half = Z_95 / (1 + square) * math.sqrt(max(share * (1 - share), 0) / n + square / (4 * n))
    return max(middle - half, 0.0), min(middle + half, 1.0)


def _stratified(
    is_right: NDArray[np.bool_], of_checked: NDArray[np.floating], of_pool: NDArray[np.floating]
) -> tuple[float, float] | None:
    """The post-stratified share, and how many examples drawn without strata are worth as much.

    p = sum_h W_h p_h; n' = p (1 - p) / sum_h W_h^2 p_h (1 - p_h) / n_h, where in n' each stratum's
    p_h borrows PRIOR_EXAMPLES from all strata: a stratum without a mistake is not without risk.
    (n,), (n,), (N,); None if the confidences are too equal to cut them.
    """
    n = len(is_right)
    n_strata = min(MAX_STRATA, n // MIN_IN_STRATUM)
    cuts = np.quantile(of_checked, np.arange(1, n_strata) / n_strata)
    strata = np.searchsorted(cuts, of_checked, side="right")
    counts = np.bincount(strata, minlength=n_strata)
    if counts.min() < MIN_IN_STRATUM // 2:
        return None
    sizes = np.bincount(np.searchsorted(cuts, of_pool, side="right"), minlength=n_strata)
    weights = sizes / len(of_pool)
    right = np.bincount(strata, is_right, minlength=n_strata)
    share = float(weights @ (right / counts))
    overall = (right.sum() + 1) / (n + 2)
    shrunk = (right + PRIOR_EXAMPLES * overall) / (counts + PRIOR_EXAMPLES)
    middle = float(weights @ shrunk)
    variance = float((weights**2 * shrunk * (1 - shrunk) / counts).sum())
    return share, middle * (1 - middle) / variance


def _finite(effective: float, n: int, size: int) -> float:
    """The effective number of n examples, where only `size` exist."""
    return math.inf if n >= size else effective * (size - 1) / (size - n)


def _by_class(
    answers: NDArray[np.int64], is_right: NDArray[np.bool_]
) -> dict[int, tuple[int, int]]:
    of, right = Counter(answers.tolist()), Counter(answers[is_right].tolist())
    return {label: (right[label], of[label]) for label in sorted(of)}
