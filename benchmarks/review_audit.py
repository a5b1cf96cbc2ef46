"""Simulated audits: how often the 95 % interval holds the true accuracy. Part of review.py.

Letters in shapes: N examples of the pool.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ssvae_core.review.audit import draw, estimate, wilson

SIZES, ACCURACIES = (40, 80, 120), (0.85, 0.9, 0.95, 0.97, 0.99)
CONFIDENCES = {
    "calibrated": lambda error, rng: 1 - error,
    "overconfident": lambda error, rng: (1 - error) ** 0.2,
    "useless": lambda error, rng: 1 - rng.permutation(error),
}
POOL = 2000


def simulated_pool(
    accuracy: float, confidence: str, seed: int, size: int = POOL
) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    """Whether each guess is right, and its confidence: (N,), (N,).

    Chances of a mistake are Beta distributed, most of them near 0, a few near 1.
    """
    rng = np.random.default_rng(seed)
    error = rng.beta(0.25, 0.25 * accuracy / (1 - accuracy), size)
    return rng.random(size) >= error, CONFIDENCES[confidence](error, rng)


def audited(
    is_right: NDArray[np.bool_], confidence: NDArray[np.float64], n: int, seed: int
) -> dict[str, tuple[float, float]]:
    """Intervals of one audit: as the app makes it, and as plain random ones would be."""
    everything = np.ones(len(is_right), bool)
    asked = draw(n, everything, confidence, seed=seed)
    guesses = is_right.astype(np.int64)
    audit = estimate(dict.fromkeys(asked.tolist(), 1), guesses, everything, confidence)
    assert audit is not None
    plain = is_right[np.random.default_rng(seed).choice(len(is_right), n, replace=False)]
    return {
        "app": (audit.guesses.low, audit.guesses.high),
        "plain": wilson(float(plain.mean()), n),
    }


def coverage(n_audits: int = 200) -> Iterator[dict[str, Any]]:
    """A row for each accuracy, confidence and size: share of intervals that hold the truth."""
    for confidence in CONFIDENCES:
        for accuracy in ACCURACIES:
            for n in SIZES:
                held: dict[str, list[bool]] = {"app": [], "plain": []}
                width: dict[str, list[float]] = {"app": [], "plain": []}
                for seed in range(n_audits):
                    is_right, sure = simulated_pool(accuracy, confidence, seed)
                    for name, (low, high) in audited(is_right, sure, n, seed).items():
                        held[name].append(low <= is_right.mean() <= high)
                        width[name].append(high - low)
                yield {
                    "confidence": confidence,
                    "accuracy": accuracy,
                    "n": n,
                    "audits": n_audits,
                    **{f"{name}_coverage": float(np.mean(held[name])) for name in held},
                    **{f"{name}_width": float(np.mean(width[name])) for name in width},
                }
