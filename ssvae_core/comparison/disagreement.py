"""Where the members of a comparison disagree: what is worth asking a person first.

Letters in shapes: N examples, n of them asked about, J members, K classes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class ModelDisagreement:
    """Examples (n,), the most classes against each other first, and then the most evenly matched.

    `n_classes` (n,) how many different ones are guessed; `score` (n,) is 1 where the two likeliest
    have the same weight, every guess weighing what its model gives it.
    """

    examples: NDArray[np.int64]
    n_classes: NDArray[np.int64]
    score: NDArray[np.float64]


def disagreement(
    guesses: Sequence[NDArray[np.uint8]], is_open: NDArray[np.bool_]
) -> ModelDisagreement:
    """Of the open (N,) examples, those that J members, (2, N) each, do not guess alike."""
    classes = np.stack([each[0] for each in guesses])  # (J, N)
    apart = np.flatnonzero((classes != classes[0]).any(0) & is_open)
    said = classes[:, apart].astype(np.int64)
    weight = np.stack([each[1] for each in guesses])[:, apart] / 255
    found, counts = np.sort(said, axis=0), np.ones(len(apart), np.int64)
    counts += (found[1:] != found[:-1]).sum(0)
    mass = np.zeros((len(apart), int(said.max(initial=0)) + 1))
    for row, its in zip(said, weight, strict=True):
        mass[np.arange(len(apart)), row] += its
    total = mass.sum(1).clip(1e-9)
    best = np.sort(mass, axis=1)[:, -2:]
    score = 1 - (best[:, -1] - best[:, 0]) / total if len(apart) else np.empty(0)
    order = np.lexsort((apart, -score, -counts))
    return ModelDisagreement(apart[order], counts[order], score[order])
