"""Features of an encoder as numbers to compare by: one place for neighbours, probe and heads.

Notes: benchmarks/notes/encoders-features.md
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def features_for_graph(
    features: NDArray[Any], centre: NDArray[np.float32] | None = None
) -> NDArray[np.float32]:
    """Centred, and each of length 1: (N, F) of any precision -> (N, F).

    Between two of them the cosine says how alike their examples are, as Euclidean distance does.
    Where none is negative, as behind a ReLU, their square roots are taken first: a few channels
    that answer strongly would decide all distances. Others are compared with them about the same
    `centre`: (F,), see `centre_of`.
    """
    if centre is None:
        values = _rooted(features, is_positive=_is_positive(features))
        values -= _mean(values)
    else:
        values = _rooted(features, is_positive=_is_positive(centre))
        values -= centre
    lengths = np.linalg.norm(values, axis=1, keepdims=True)
    lengths[lengths == 0] = 1
    values /= lengths
    return values


def centre_of(features: NDArray[Any]) -> NDArray[np.float32]:
    """The mean of features, of their roots where none is negative: (N, F) -> (F,)."""
    return _mean(_rooted(features, is_positive=_is_positive(features)))


def _rooted(features: NDArray[Any], *, is_positive: bool) -> NDArray[np.float32]:
    """A copy of features, as square roots where they are said to be positive: (N, F)."""
    values = np.array(features, np.float32)
    if is_positive:
        np.sqrt(np.maximum(values, 0, out=values), out=values)
    return values


def _is_positive(values: NDArray[Any]) -> bool:
    return bool(values.min(initial=0) >= 0)


def _mean(values: NDArray[np.float32]) -> NDArray[np.float32]:
    return values.mean(0, dtype=np.float64).astype(np.float32)
