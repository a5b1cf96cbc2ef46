"""A product of experts whose weights make given classes likeliest (Hinton 2002), near a prior.

    p(y|x)  ~  prod_e  p_e(y|x) ** w_e        w_e >= 0

Notes: benchmarks/notes/training-graph_evidence.md

Letters in shapes: m examples, E experts, K classes.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FLOOR = 0.02  # of a probability, shared by the classes: an expert can be wrong and sure
PRIOR_STRENGTH = 6.0  # of the squared distance from the prior, against nats of a label

Probabilities = NDArray[np.float32]


def floored_logs(said: Probabilities, known: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Logarithms of probabilities (m, K) that leave a little to every known class, (K,) or (m, K).

    0 of a class that is not known.
    """
    floor = (FLOOR / known.sum(-1, keepdims=True).clip(1)).astype(np.float32)
    logs: NDArray[np.float32] = np.log(said * np.float32(1 - FLOOR) + floor) * known
    return logs


def product(logs: NDArray[np.float32], known: NDArray[np.bool_]) -> Probabilities:
    """Probabilities of the known classes, (K,) or (m, K), from the weighted sum of logs (m, K)."""
    shares = np.exp(logs - np.where(known, logs, -np.inf).max(1, keepdims=True)) * known
    probabilities: Probabilities = shares / shares.sum(1, keepdims=True)
    return probabilities.astype(np.float32)


def fitted_weights(
    logs: NDArray[np.float32], classes: NDArray[np.integer], prior: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The weights that make classes (m,) likeliest, held near a prior (E,): (E, m, K) -> (E,).

    A class of which no expert may speak has 0 from all, as of one that has no other label.
    """
    from scipy.optimize import minimize

    rows, values = np.arange(len(classes)), logs.astype(np.float64)
    is_silent = ~values.any(0)

    def loss_and_slope(weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        scores = np.where(is_silent, -np.inf, np.tensordot(weights, values, 1))
        scores -= scores.max(1, keepdims=True)
        sums = np.exp(scores).sum(1)
        said = np.exp(scores) / sums[:, None]
        loss = float((np.log(sums) - scores[rows, classes]).sum())
        slope = (said * values).sum((1, 2)) - values[:, rows, classes].sum(1)
        away = weights - prior
        return loss + PRIOR_STRENGTH / 2 * float(away @ away), slope + PRIOR_STRENGTH * away

    bounds = [(0, None)] * len(prior)
    found: NDArray[np.float64] = minimize(
        loss_and_slope, prior, jac=True, method="L-BFGS-B", bounds=bounds
    ).x
    return found


def with_share(weights: NDArray[np.float64], place: int, share: float) -> NDArray[np.float64]:
    """Weights (E,) of sum 1 of which this one has that share, and the others as they had."""
    others = np.where(np.arange(len(weights)) == place, 0.0, weights)
    found: NDArray[np.float64] = (1 - share) * others / max(others.sum(), 1e-12)
    found[place] = share
    return found
