"""The atlas of a data set: the 2-D map of its latents, and who is near whom in them.

Letters in shapes: N examples, k nearest neighbours of each.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .files import read_bundle, write_bundle

N_NEIGHBOURS = 10


@dataclass(frozen=True)
class Atlas:
    """What the app needs to know of an M1's latents, without the M1."""

    xy: NDArray[np.float32]  # (N, 2) the map, in [0, 1], y upwards
    neighbours: NDArray[np.int32]  # (N, k) nearest first, without the example itself
    distances: NDArray[np.float32]  # (N, k) in latent space
    medoids: NDArray[np.int32]  # typical examples, the most typical first; they lie far apart

    def save(self, folder: Path, manifest: dict[str, Any]) -> None:
        """Write the atlas as a bundle; distances keep 11 bits."""
        arrays = {**vars(self), "distances": self.distances.astype(np.float16)}
        write_bundle(folder, arrays, manifest)

    @classmethod
    def load(cls, folder: Path) -> Atlas:
        """Read an atlas. Raises UserError if it is missing or damaged."""
        arrays, _ = read_bundle(folder)
        return cls(**{**arrays, "distances": arrays["distances"].astype(np.float32)})


def nearest_neighbours(
    latents: NDArray[np.float32],
    k: int = N_NEIGHBOURS,
    of: NDArray[np.integer] | None = None,
) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """Who is near whom, and how far: (N, Z) -> (n, k), (n, k), for the examples `of` (all)."""
    from sklearn.neighbors import NearestNeighbors

    of = np.arange(len(latents)) if of is None else of
    k = min(k, len(latents) - 1)
    finder = NearestNeighbors(n_neighbors=k + 1, algorithm="brute").fit(latents)
    distances, found = finder.kneighbors(latents[of])
    # An example finds itself, but not always first, nor at all if it has more than k twins.
    is_itself = found == of[:, None]
    is_itself[~is_itself.any(1), -1] = True
    neighbours = found[~is_itself].reshape(len(of), k)
    return neighbours.astype(np.int32), distances[~is_itself].reshape(len(of), k).astype(np.float32)


def medoids(
    latents: NDArray[np.float32], n: int, *, sample: int = 10_000, seed: int = 0
) -> NDArray[np.int32]:
    """The examples nearest to the centres of n clusters, each far from those before: -> (n,).

    k-means sees a random `sample` of the examples: with 40 clusters more change nothing.
    """
    from sklearn.cluster import KMeans

    rng = np.random.default_rng(seed)
    seen = rng.choice(len(latents), min(sample, len(latents)), replace=False)
    n = min(n, len(seen))
    clusters = KMeans(n, n_init=3, random_state=seed).fit(latents[seen])
    centres = clusters.cluster_centers_
    order = [int(np.bincount(clusters.labels_, minlength=n).argmax())]
    to_chosen = np.full(n, np.inf)
    while len(order) < n:
        to_chosen = np.minimum(to_chosen, np.linalg.norm(centres - centres[order[-1]], axis=1))
        to_chosen[order] = -1
        order.append(int(to_chosen.argmax()))
    nearest = seen[clusters.transform(latents[seen]).argmin(0)]
    return nearest[order].astype(np.int32)
