"""What is taken for what: counts of true class against guess, and the examples in a cell.

What is true comes from one of three: "truth" (the answer key, of unlabelled examples), "audit"
(what a person answered without seeing the guess), "labels" (the guesses for labelled examples,
made while their own labels were hidden). All three are the same arrays here.

Letters in shapes: n examples compared, C classes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

AGAINST = {"truth": "hidden true labels", "audit": "checked images", "labels": "your labels"}


@dataclass(frozen=True)
class ConfusionMatrix:
    """Counts (C, C), a row a true class, a column a guess, both in the order of `classes`."""

    classes: tuple[int, ...]
    counts: NDArray[np.int64]

    @property
    def n(self) -> int:
        """How many examples were compared."""
        return int(self.counts.sum())


@dataclass(frozen=True)
class CellImage:
    """An example in a cell, and how sure the guess is."""

    example: int
    confidence: float


def matrix(
    truth: NDArray[np.integer], guesses: NDArray[np.integer], classes: Sequence[int]
) -> ConfusionMatrix:
    """How often each class (n,) was guessed as each (n,).

    Classes are ids in any order, with gaps. Examples of another class, or without one (< 0) on
    either side, are left out: a class that was deleted has no row.
    """
    place = {label: number for number, label in enumerate(classes)}
    counts = np.zeros((len(place), len(place)), np.int64)
    pairs, times = np.unique(np.stack([truth, guesses]), axis=1, return_counts=True)
    for row, column, n in zip(*pairs.tolist(), times.tolist(), strict=True):
        if row in place and column in place:
            counts[place[row], place[column]] = n
    return ConfusionMatrix(tuple(classes), counts)


def cell(
    examples: NDArray[np.integer],
    truth: NDArray[np.integer],
    guesses: NDArray[np.integer],
    confidence: NDArray[np.floating],
    row: int,
    column: int,
) -> list[CellImage]:
    """The examples of class `row` guessed as `column`, surest first; all arrays (n,)."""
    inside = np.flatnonzero((truth == row) & (guesses == column))
    order = inside[np.argsort(-confidence[inside], kind="stable")]
    return [CellImage(int(examples[place]), float(confidence[place])) for place in order]
