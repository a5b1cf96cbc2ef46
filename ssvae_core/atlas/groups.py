"""Groups of images that are alike, before there is a label: who names one names all in it.

K-means in the features that tell the images apart best, with more groups than there are classes:
two groups may get the same name, and one that holds two kinds is split again. A group is shown by
its medoid, by some on the way outwards, and by its most distant member, where what does not belong
is seen first. K-means finds the best of several starts on a sample, so that the seed hardly
matters. Notes: benchmarks/notes/atlas-groups.md

Letters in shapes: N examples, F features, G groups.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..errors import UserError
from .components import PrincipalComponents

N_STARTS = 10
N_SEEN = 10_000  # examples that the centres are found among
N_COMPONENTS = 128  # at most; distances in more are all alike


@dataclass(frozen=True, eq=False)
class Groups:
    """Which group each example is in, the largest group first, and how far from its middle."""

    of: NDArray[np.int32]  # (N,)
    distances: NDArray[np.float32]  # (N,)

    def __len__(self) -> int:
        return int(self.of.max(initial=-1)) + 1

    @property
    def sizes(self) -> NDArray[np.int64]:
        """How many examples are in each: (G,)."""
        return np.bincount(self.of, minlength=len(self))

    @property
    def medoids(self) -> NDArray[np.int32]:
        """The example of each that is nearest to its middle: (G,)."""
        return self._at(np.zeros(len(self), np.int64))

    @property
    def farthest(self) -> NDArray[np.int32]:
        """The example of each that is farthest from its middle: (G,)."""
        return self._at(self.sizes - 1)

    def members(self, group: int) -> NDArray[np.int32]:
        """All of a group, the nearest to its middle first: (n,)."""
        members = np.flatnonzero(self.of == group)
        nearest_first = members[np.argsort(self.distances[members], kind="stable")]
        return nearest_first.astype(np.int32)

    def majorities(self, key: NDArray[np.integer], n_classes: int) -> NDArray[np.int64]:
        """The class that most of each group have: (N,) with -1 where not known -> (G,).

        -1 for a group of which none is known.
        """
        counts = self._counts(key, n_classes)
        return np.where(counts.any(1), counts.argmax(1), -1)

    def purity(self, key: NDArray[np.integer], n_classes: int) -> float:
        """The share of examples that have their group's most frequent class; nan without a key."""
        counts = self._counts(key, n_classes)
        return float(counts.max(1).sum() / counts.sum()) if counts.any() else float("nan")

    def _counts(self, key: NDArray[np.integer], n_classes: int) -> NDArray[np.int64]:
        counts = np.zeros((len(self), n_classes), np.int64)
        is_known = key >= 0
        np.add.at(counts, (self.of[is_known], key[is_known]), 1)
        return counts

    def _at(self, places: NDArray[np.int64]) -> NDArray[np.int32]:
        """The example at this place of each group, outwards from its middle: (G,) -> (G,)."""
        outwards = np.lexsort((self.distances, self.of))
        first = np.searchsorted(self.of[outwards], np.arange(len(self)))
        return outwards[first + places].astype(np.int32)


def proposed(features: NDArray[np.floating], n_groups: int, seed: int = 0) -> Groups:
    """So many groups, fewer where fewer examples differ: (N, F).

    Raises UserError for fewer than one group, or more than there are examples.
    """
    for found in proposing(features, n_groups, seed):
        if isinstance(found, Groups):
            return found
    raise AssertionError("no groups were found")


def proposing(
    features: NDArray[np.floating], n_groups: int, seed: int = 0
) -> Iterator[float | Groups]:
    """The same start by start: yields the share that is done, from 0 to 1, and the groups last."""
    from sklearn.cluster import KMeans
    from sklearn.exceptions import ConvergenceWarning

    if not 1 <= n_groups <= len(features):
        raise UserError(
            f"From 1 to {len(features):,} groups can be made of these examples, not {n_groups:,}."
        )
    yield 0.0
    places = np.asarray(features, np.float32)
    seen = np.random.default_rng(seed).permutation(len(places))[: max(N_SEEN, n_groups)]
    if places.shape[1] > N_COMPONENTS:
        places = PrincipalComponents(places[seen], N_COMPONENTS, seed=seed)(places)
    means, some = None, places[seen]
    seeds = np.random.default_rng(seed).integers(2**31, size=N_STARTS)
    for start, each in enumerate(seeds.tolist(), 1):
        with warnings.catch_warnings():  # where twins are fewer than groups, nothing is amiss
            warnings.simplefilter("ignore", ConvergenceWarning)
            other = KMeans(n_groups, n_init=1, random_state=each).fit(some)
        means = other if means is None or other.inertia_ < means.inertia_ else means
        yield start / (N_STARTS + 1)
    assert means is not None
    distances = means.transform(places)
    found = distances.argmin(1)
    _, of = np.unique(found, return_inverse=True)
    order = np.argsort(-np.bincount(of), kind="stable")
    own = distances[np.arange(len(places)), found]
    yield Groups(np.argsort(order)[of].astype(np.int32), own.astype(np.float32))
