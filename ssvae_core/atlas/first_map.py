"""Placing images on a map before a model has learned them: the first map, and later images.

By their principal components, which take seconds and no training: labels propagate over these
neighbours with 4 to 6 % error on MNIST (100 labels), so a session can begin while an M1 learns.

Letters in shapes: N examples, S an example's own shape, M of them new, A features, k neighbours.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .atlas import N_NEIGHBOURS, Atlas, medoids, nearest_neighbours
from .components import N_FITTED, Features, PrincipalComponents
from .layout import Layout, fit_to_frame, pca_map

N_AT_ONCE = 4096  # examples whose neighbours are looked for at once
LAYOUT_ROUNDS = 60  # of the layout
N_PLACED_BY = 3  # neighbours whose place a new image takes


@dataclass(frozen=True)
class MapProgress:
    """How far it is, from 0 to 1, in words."""

    message: str
    share: float


def first_atlas(values: NDArray[Any], seed: int = 0) -> Iterator[MapProgress | Atlas]:
    """Neighbours and a map of examples, (N, *S) uint8 or float; yields the Atlas last."""
    yield MapProgress("looking for what the images differ in", 0.0)
    features = principal_components(values, seed)
    parts = np.array_split(np.arange(len(features)), max(len(features) // N_AT_ONCE, 1))
    near, far = [], []
    for done, part in enumerate(parts):
        yield MapProgress("looking for each image's neighbours", 0.1 + 0.5 * done / len(parts))
        found = nearest_neighbours(features, N_NEIGHBOURS, part)
        near.append(found[0])
        far.append(found[1])
    neighbours = np.concatenate(near)
    layout = Layout(pca_map(features), neighbours, seed)
    for round_ in range(LAYOUT_ROUNDS):
        if round_ % 10 == 0:
            yield MapProgress("drawing the map", 0.6 + 0.35 * round_ / LAYOUT_ROUNDS)
        layout.step(1.0 - round_ / LAYOUT_ROUNDS)
    xy = fit_to_frame(layout.xy)
    yield Atlas(xy, neighbours, np.concatenate(far), medoids(xy, seed=seed))


def extended(atlas: Atlas, values: NDArray[Any], seed: int = 0) -> Atlas:
    """The atlas with the examples after its own, which it does not know: values are all (N, *S).

    Those on the map stay where they are; a new one comes to its nearest. Distances of old
    neighbours and new ones are of different spaces: a new example's are brought to the old scale.
    """
    n_old, n = len(atlas.xy), len(values)
    if n == n_old:
        return atlas
    features = principal_components(values, seed)
    new = np.arange(n_old, n)
    neighbours, distances = [], []
    for part in np.array_split(new, max(len(new) // N_AT_ONCE, 1)):
        near, far = nearest_neighbours(features, atlas.neighbours.shape[1], part)
        neighbours.append(near)
        distances.append(far)
    xy = np.concatenate([atlas.xy, _beside(features, atlas.xy, new)])
    sample = np.random.default_rng(seed).choice(n_old, min(500, n_old), replace=False)
    before = nearest_neighbours(features, atlas.neighbours.shape[1], sample)[1].mean()
    scale = float(atlas.distances[sample].mean() / max(before, 1e-9))
    return Atlas(
        xy.astype(np.float32),
        np.concatenate([atlas.neighbours, *neighbours]).astype(np.int32),
        np.concatenate([atlas.distances, *(far * scale for far in distances)]).astype(np.float32),
        atlas.medoids,
        atlas.n_first,
    )


def principal_components(values: NDArray[Any], seed: int = 0) -> Features:
    """The first principal components of examples: (N, *S) -> (N, A). Read in parts."""
    chosen = np.random.default_rng(seed).permutation(len(values))[:N_FITTED]
    return PrincipalComponents(values[np.sort(chosen)], seed=seed)(values)


def _beside(
    features: Features, xy: NDArray[np.float32], new: NDArray[np.integer]
) -> NDArray[np.float32]:
    """Where new examples go, by the nearest that are on the map: (N, A), (n_old, 2) -> (M, 2)."""
    from sklearn.neighbors import NearestNeighbors

    finder = NearestNeighbors(n_neighbors=min(N_PLACED_BY, len(xy)), algorithm="brute")
    distances, nearest = finder.fit(features[: len(xy)]).kneighbors(features[new])
    weights = ((distances[:, :1] + 1e-6) / (distances + 1e-6)) ** 4
    weights /= weights.sum(1, keepdims=True)
    placed: NDArray[np.float32] = (weights[..., None] * xy[nearest]).sum(1)
    return placed
