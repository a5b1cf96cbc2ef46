"""Features of an encoder as numbers to compare by: one place for neighbours, probe and heads."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def features_for_graph(
    features: NDArray[Any], centre: NDArray[np.float32] | None = None
) -> NDArray[np.float32]:
    """Centred, and each of length 1: (N, F) of any precision -> (N, F).

    Between two of them the cosine says how alike their examples are, as Euclidean distance does.
    Others are compared with them about the same `centre`: (F,), see `centre_of`.
    """
    values = np.array(features, np.float32)
    values -= centre_of(features) if centre is None else centre
    lengths = np.linalg.norm(values, axis=1, keepdims=True)
    lengths[lengths == 0] = 1
    values /= lengths
    return values


def centre_of(features: NDArray[Any]) -> NDArray[np.float32]:
    """The mean of features: (N, F) -> (F,)."""
    return features.mean(0, dtype=np.float64).astype(np.float32)
