"""Which examples come with their label, where a figure is about a few labels of many."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def draw_labels(
    answer_key: NDArray[np.integer], n: int, seed: int, n_classes: int
) -> NDArray[np.int16]:
    """The labels of n examples drawn by this seed, -1 for all others: (N,) -> (N,).

    Each class has n // n_classes of them; what is left over goes to classes drawn by the seed.
    Raises ValueError where a class has fewer examples than that.
    """
    rng = np.random.default_rng(seed)
    counts = np.full(n_classes, n // n_classes)
    counts[rng.permutation(n_classes)[: n % n_classes]] += 1
    labels = np.full(len(answer_key), -1, np.int16)
    for label, count in enumerate(counts):
        members = np.flatnonzero(answer_key == label)
        if len(members) < count:
            raise ValueError(
                f"{count} labels of class {label} were asked for; it has {len(members)} examples."
            )
        labels[rng.choice(members, count, replace=False)] = label
    return labels
