"""What is known when a question is chosen, and how it is said.

Letters in shapes: N examples, K classes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ..atlas.atlas import Atlas

SETTLED = 0.9  # probability of a class beyond which nothing lies between it and another

Scores = NDArray[np.float32]
Names = Mapping[int, str] | Sequence[str]  # of the classes, by their id


@dataclass(frozen=True)
class Evidence:
    """What is known when a question is chosen; None is what nobody knows yet."""

    atlas: Atlas
    labels: NDArray[np.int16]  # (N,), negative is "no label"
    probabilities: NDArray[np.float32] | None  # (N, K), or None before the first label
    seed: int = 0
    undecided: NDArray[np.floating] | None = None  # (N,) 0 to 1, how close two classes propagate
    disagree: NDArray[np.floating] | None = None  # (N,) 0 to 1, how far the two voices are apart
    anomaly: NDArray[np.floating] | None = None  # (N,) how badly the best class explains it, or nan
    excluded: NDArray[np.bool_] | None = None  # (N,) never asked: junk, unsure, skipped, held
    about_class: int | None = None  # what a strategy that needs a class asks about

    @cached_property
    def is_labelled(self) -> NDArray[np.bool_]:
        """Whether an example has a label: (N,)."""
        return np.asarray(self.labels >= 0)

    @property
    def is_open(self) -> NDArray[np.bool_]:
        """Whether an example may be asked: (N,)."""
        return ~self.is_labelled if self.excluded is None else ~(self.is_labelled | self.excluded)

    @property
    def n_labels(self) -> int:
        """How many examples a person has labelled."""
        return int(self.is_labelled.sum())

    @property
    def density(self) -> NDArray[np.float32]:
        """How crowded each example's surroundings are, 1 on average: (N,)."""
        reach = self.atlas.distances[:, -1]
        return np.asarray(reach.mean() / np.maximum(reach, 1e-6), np.float32)

    @cached_property
    def is_near_a_label(self) -> NDArray[np.bool_]:
        """Whether an example, or a neighbour of it, has a label: (N,)."""
        return np.asarray(self.is_labelled | self.is_labelled[self.atlas.neighbours].any(1))

    def best_two(self, example: int) -> list[tuple[int, float]]:
        """The likeliest classes of an example, and their probabilities; fewer if all is said."""
        assert self.probabilities is not None
        shares = self.probabilities[example]
        best = np.argsort(-shares, kind="stable")[:2]
        return [(int(k), float(shares[k])) for k in best if shares[k] > 0]


def labels_around(evidence: Evidence, example: int) -> str:
    """How many of its neighbours have a label, in words."""
    near = evidence.atlas.neighbours[example]
    n = int(evidence.is_labelled[near].sum())
    some = {0: "none of", 1: "only one of"}.get(n, f"{n} of")
    return f"{some} its {len(near)} nearest images {'have' if n > 1 else 'has'} a label"


def guess(evidence: Evidence, example: int, names: Names) -> str:
    """What it looks like, in words: "between 4 and 9 (55% / 41%)", "like 4 (93%)", "like 4"."""
    best = evidence.best_two(example)
    if not best:
        return "like no class that is known"
    (first, share), *other = best
    if not other or share >= 0.995:  # what is left would be said as 0%
        return f"like {names[first]}"
    if share >= SETTLED:
        return f"like {names[first]} ({share:.0%})"
    second, rest = other[0]
    return f"between {names[first]} and {names[second]} ({share:.0%} / {rest:.0%})"
