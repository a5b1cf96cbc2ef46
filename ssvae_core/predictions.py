"""What is predicted of an example, by whom, and its two likeliest classes.

Letters in shapes: N examples, K classes.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

PROPAGATION, MODEL, BOTH = "propagation", "model", "model and propagation"  # predicted by

Guesses = NDArray[np.uint8]  # (4, N): best class, its probability in 255ths, second class, its


def margin(probabilities: NDArray[np.floating]) -> NDArray[np.float32]:
    """How close the two best classes are, 1 if equal: (N, K) -> (N,)."""
    if probabilities.shape[1] < 2:
        return np.zeros(len(probabilities), np.float32)
    best = np.partition(probabilities, -2, axis=1)[:, -2:]
    return np.asarray(1 - (best[:, 1] - best[:, 0]), np.float32)


def read_guesses(probabilities: NDArray[np.float32]) -> Guesses:
    """Best and second class of every example, as a page reads them: (N, K) -> (4, N)."""
    rows = np.arange(len(probabilities))
    rest = probabilities.copy()
    planes = np.empty((4, len(rest)), np.uint8)
    for plane in (0, 2):
        best = rest.argmax(1)
        planes[plane], planes[plane + 1] = best, np.rint(255 * rest[rows, best].clip(0, 1))
        rest[rows, best] = -1
    return planes
