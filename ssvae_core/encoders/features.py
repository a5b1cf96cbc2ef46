"""Features of an encoder as numbers to compare by: one place for neighbours, probe and heads."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def features_for_graph(features: NDArray[Any]) -> NDArray[np.float32]:
    """Centred, and each of length 1: (N, F) of any precision -> (N, F).

    Between two of them the cosine says how alike their examples are, as Euclidean distance does.
    """
    values = np.asarray(features, np.float32)
    values = values - values.mean(0, dtype=np.float64).astype(np.float32)
    lengths = np.linalg.norm(values, axis=1, keepdims=True)
    return values / np.where(lengths > 0, lengths, 1)
