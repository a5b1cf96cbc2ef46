"""The atlas of a data set: the 2-D map of its latents, and who is near whom.

Letters in shapes: N examples, k nearest neighbours of each.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import Conflict
from ..storage.bundles import read_bundle, write_bundle
from .affinity import Walks, normalised_affinity

N_NEIGHBOURS = 10
N_BEYOND = 5  # that are added in another space
N_FIRST = 10  # medoids of a map that are asked about before labels say what is worth asking

Near = tuple[NDArray[np.int32], NDArray[np.float32]]  # who is near whom, and how far: 2 x (N, k)


@dataclass(frozen=True)
class Atlas:
    """What the app needs to know of an M1 and of an image encoder, without either."""

    xy: NDArray[np.float32]  # (N, 2) the map, in [0, 1], y upwards
    neighbours: NDArray[np.int32]  # (N, k) nearest first, without the example itself
    distances: NDArray[np.float32]  # (N, k) by the image encoder, or in latent space
    medoids: NDArray[np.int32]  # typical examples, the most typical first; they lie far apart
    n_first: int = N_FIRST  # medoids that are asked about before anything else

    @cached_property
    def walks(self) -> Walks:
        """From neighbour to neighbour."""
        return Walks(normalised_affinity(self.neighbours, self.distances))

    def around(self, example: int, n: int) -> list[int]:
        """The n nearest to an example, nearest first; fewer where no more are connected to it.

        By the shortest way from neighbour to neighbour: for the k nearest their distance itself.
        """
        ways, near = [(0.0, example)], dict[int, float]()
        while ways and len(near) <= n:
            length, here = heapq.heappop(ways)
            if here in near:
                continue
            near[here] = length
            for there, step in zip(self.neighbours[here], self.distances[here], strict=True):
                heapq.heappush(ways, (length + float(step), int(there)))
        return list(near)[1:]

    def save(self, folder: Path, manifest: dict[str, Any]) -> None:
        """Write the atlas as a bundle; distances keep 11 bits, where these can hold them."""
        arrays = {field.name: np.asarray(getattr(self, field.name)) for field in fields(self)}
        if self.distances.max(initial=0.0) <= np.finfo(np.float16).max:
            arrays["distances"] = self.distances.astype(np.float16)
        write_bundle(folder, arrays, manifest)

    @classmethod
    def load(cls, folder: Path) -> Atlas:
        """Read an atlas. Raises UserError if it is missing or damaged."""
        arrays, _ = read_bundle(folder)
        try:
            n_first = int(arrays.get("n_first", N_FIRST))  # one of before it was kept has none
            distances = arrays["distances"].astype(np.float32)
            parts: dict[str, Any] = {**arrays, "distances": distances, "n_first": n_first}
            atlas = cls(**parts)
            atlas.check()
        except (KeyError, TypeError, ValueError) as error:
            raise Conflict(f"{folder} holds no map that can be read: {error}.") from error
        return atlas

    def check(self) -> None:
        """Raise ValueError where its parts do not belong together."""
        n = len(self.xy)
        if self.xy.shape != (n, 2) or self.medoids.ndim != 1:
            raise ValueError("its parts are of different lengths")
        check_neighbours(self.neighbours, self.distances, n)
        _check_examples(self.medoids, n)


def check_neighbours(neighbours: NDArray[Any], distances: NDArray[Any], n: int) -> None:
    """Raise ValueError where these cannot be neighbours of n examples, and how far they are."""
    if neighbours.ndim != 2 or not (len(neighbours) == n and distances.shape == neighbours.shape):
        raise ValueError("its parts are of different lengths")
    _check_examples(neighbours, n)


def _check_examples(examples: NDArray[Any], n: int) -> None:
    if examples.size and not (examples.min() >= 0 and examples.max() < n):
        raise ValueError("it names examples that it does not have")


def nearest_neighbours(
    latents: NDArray[np.float32],
    k: int = N_NEIGHBOURS,
    of: NDArray[np.integer] | None = None,
) -> Near:
    """Who is near whom, and how far: (N, Z) -> (n, k), (n, k), for the examples `of` (all).

    One that is alone is its own neighbour, so that k is never 0.
    """
    from sklearn.neighbors import NearestNeighbors

    of = np.arange(len(latents)) if of is None else of
    if len(latents) == 1:
        return np.zeros((len(of), 1), np.int32), np.zeros((len(of), 1), np.float32)
    k = min(k, len(latents) - 1)
    finder = NearestNeighbors(n_neighbors=k + 1, algorithm="brute").fit(latents)
    distances, found = finder.kneighbors(latents[of])
    # An example finds itself, but not always first, nor at all if it has more than k twins.
    is_itself = found == of[:, None]
    is_itself[~is_itself.any(1), -1] = True
    neighbours = found[~is_itself].reshape(len(of), k)
    return neighbours.astype(np.int32), distances[~is_itself].reshape(len(of), k).astype(np.float32)


def with_others(near: Near, others: Near) -> Near:
    """Everyone's neighbours, and beyond the last of them some others: 2 x (N, k) -> (N, k + n).

    The others, of at least k + N_BEYOND to choose from, are near in another space. They lie
    further off than the last neighbour, by as much as they are far in their own.
    """
    neighbours, distances = near
    found, apart = others
    is_new = ~(found[:, :, None] == neighbours[:, None]).any(-1)
    n = min(N_BEYOND, int(is_new.sum(1).min()))
    chosen = np.argsort(~is_new, axis=1, kind="stable")[:, :n]
    share = np.take_along_axis(apart / apart[:, -1:].clip(1e-12), chosen, 1)
    beyond = distances[:, -1:] * np.sqrt(1 + share**2)
    return (
        np.concatenate([neighbours, np.take_along_axis(found, chosen, 1)], 1),
        np.concatenate([distances, beyond.astype(np.float32)], 1),
    )


def medoids(
    xy: NDArray[np.float32],
    sizes: tuple[int, ...] = (12, 20, 40),
    *,
    sample: int = 10_000,
    seed: int = 0,
) -> NDArray[np.int32]:
    """Typical examples of a map's parts, far from each other: (N, 2) -> (sizes[-1],).

    The medoids of a few clusters come first, then from ever more clusters those farthest from
    what is chosen. On the *map*, because its clusters are what a person will name: on MNIST the
    first 10 are of 10 classes, by clusters of the latents of 8 or 9. k-means gets a random
    `sample`. Notes: benchmarks/notes/atlas-atlas.md
    """
    from sklearn.cluster import KMeans

    seen = np.random.default_rng(seed).choice(len(xy), min(sample, len(xy)), replace=False)
    chosen: list[int] = []
    n_places = len(np.unique(xy[seen], axis=0))
    for size in (min(size, n_places) for size in sizes):
        clusters = KMeans(size, n_init=3, random_state=seed).fit(xy[seen])
        nearest = seen[clusters.transform(xy[seen]).argmin(0)].tolist()
        if not chosen:
            chosen.append(nearest[int(np.bincount(clusters.labels_).argmax())])
        while len(chosen) < size:
            gaps = np.linalg.norm(xy[nearest][:, None] - xy[chosen], axis=2).min(1)
            chosen.append(nearest[int(gaps.argmax())])
    return np.array(list(dict.fromkeys(chosen)), np.int32)
