"""What an example that is in no graph takes from its neighbours there.

Letters in shapes: N examples, M newcomers, K classes, k neighbours.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def edge_weights(
    distances: NDArray[np.floating], reach: NDArray[np.floating]
) -> NDArray[np.float32]:
    """How much each neighbour counts, from how far it is and reaches itself: 2 x (M, k) -> (M, k).

    Each end at its own scale, as the edges of the graph; the nearest counts 1, however far all are.
    """
    apart = distances**2 / (distances[:, -1:] * reach + 1e-12)
    return np.asarray(np.exp(apart.min(1, keepdims=True) - apart), np.float32)


def taken(
    shares: NDArray[np.float32], found: NDArray[np.integer], weights: NDArray[np.float32]
) -> NDArray[np.float32]:
    """The weighted mean of neighbours' shares: (N, K), (M, k), (M, k) -> (M, K)."""
    sums = np.einsum("mk,mkc->mc", weights, shares[found])
    return (sums / sums.sum(1, keepdims=True).clip(1e-30)).astype(np.float32)
