"""What the voices believe, as a page reads it: two classes and their probabilities an example."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Guesses = NDArray[np.uint8]  # (4, N): best class, its probability in 255ths, second class, its


def read_guesses(probabilities: NDArray[np.float32]) -> Guesses:
    """Best and second class of every example: (N, K) -> (4, N)."""
    rows = np.arange(len(probabilities))
    rest = probabilities.copy()
    planes = np.empty((4, len(rest)), np.uint8)
    for plane in (0, 2):
        best = rest.argmax(1)
        planes[plane], planes[plane + 1] = best, np.rint(255 * rest[rows, best].clip(0, 1))
        rest[rows, best] = -1
    return planes
