"""Groups of images that are alike, before there is a label: who names one names all in it.

K-means in the features that tell the images apart best, with more groups than there are classes:
two groups may get the same name, and one that holds two kinds is split again. A group is shown by
its medoid, and by its most distant member, where what does not belong is seen first. K-means finds
the best of several starts on a sample, so that the seed hardly matters.
Notes: benchmarks/notes/atlas-groups.md

Letters in shapes: N examples, F features, G groups.
"""

from __future__ import annotations

import warnings
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
    """Which group each example is in, the largest group first."""

    of: NDArray[np.int32]  # (N,)
    medoids: NDArray[np.int32]  # (G,) the example nearest to the middle
    farthest: NDArray[np.int32]  # (G,) the one farthest from it

    def __len__(self) -> int:
        return len(self.medoids)

    @property
    def sizes(self) -> NDArray[np.int64]:
        """How many examples are in each: (G,)."""
        return np.bincount(self.of, minlength=len(self))

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


def proposed(features: NDArray[np.floating], n_groups: int, seed: int = 0) -> Groups:
    """So many groups, fewer where fewer examples differ: (N, F).

    Raises UserError for fewer than one group, or more than there are examples.
    """
    from sklearn.cluster import KMeans
    from sklearn.exceptions import ConvergenceWarning

    if not 1 <= n_groups <= len(features):
        raise UserError(
            f"From 1 to {len(features):,} groups can be made of these examples, not {n_groups:,}."
        )
    places = np.asarray(features, np.float32)
    seen = np.random.default_rng(seed).permutation(len(places))[: max(N_SEEN, n_groups)]
    if places.shape[1] > N_COMPONENTS:
        places = PrincipalComponents(places[seen], N_COMPONENTS, seed=seed)(places)
    with warnings.catch_warnings():  # where twins are fewer than groups, nothing is amiss
        warnings.simplefilter("ignore", ConvergenceWarning)
        means = KMeans(n_groups, n_init=N_STARTS, random_state=seed).fit(places[seen])
    distances = means.transform(places)
    found = distances.argmin(1)
    there, of = np.unique(found, return_inverse=True)
    order = np.argsort(-np.bincount(of), kind="stable")
    of = np.argsort(order)[of].astype(np.int32)
    own = distances[np.arange(len(places)), found]
    by_distance = np.lexsort((own, of))
    first = np.searchsorted(of[by_distance], np.arange(len(there)))
    last = np.append(first[1:], len(of)) - 1
    medoids, farthest = (by_distance[at].astype(np.int32) for at in (first, last))
    return Groups(np.asarray(of, np.int32), medoids, farthest)
