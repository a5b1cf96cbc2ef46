"""What people said by looking at an image itself, apart from names that went to a whole group.

Who names a group has looked at a few of it. Its label teaches, but is no truth to judge by: audits
and estimates of the error take such an image for one that nobody has seen yet.

Letters in shapes: N examples.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .history import NONE, History


def labels_by_eye(labels: NDArray[np.int16], history: History) -> NDArray[np.int16]:
    """The labels, NONE for what was only named with its group: (N,) -> (N,)."""
    found = labels.copy()
    found[grouped(history)] = NONE
    return found


def answers(
    guesses: NDArray[np.integer], labels: NDArray[np.int16], history: History
) -> NDArray[np.int16]:
    """What unseen examples are taken for: their group's name, else the guess: 2 x (N,) -> (N,)."""
    found, named = guesses.astype(np.int16), grouped(history)
    found[named] = labels[named]
    return found


def grouped(history: History) -> NDArray[np.intp]:
    """The examples whose label is their group's."""
    return np.fromiter(history.by_group, np.intp, len(history.by_group))
