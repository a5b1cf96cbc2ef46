"""Placing images on a map before a model has seen them: the first map, and images that come later.

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
from .layout import Layout, fit_to_frame, pca_map

N_COMPONENTS = 40
SAMPLE = 10_000  # examples that the components are fitted to
PART = 4096  # examples that are read, or whose neighbours are looked for, at once
ROUNDS = 60  # of the layout
NEAREST = 3  # neighbours whose place a new image takes

Features = NDArray[np.float32]


@dataclass(frozen=True)
class Placing:
    """How far it is, from 0 to 1, in words."""

    message: str
    share: float


def first_atlas(values: NDArray[Any], seed: int = 0) -> Iterator[Placing | Atlas]:
    """Neighbours and a map of examples, (N, *S) uint8 or float; yields the Atlas last."""
    yield Placing("looking for what the images differ in", 0.0)
    features = principal_components(values, seed)
    parts = np.array_split(np.arange(len(features)), max(len(features) // PART, 1))
    near, far = [], []
    for done, part in enumerate(parts):
        yield Placing("looking for each image's neighbours", 0.1 + 0.5 * done / len(parts))
        found = nearest_neighbours(features, N_NEIGHBOURS, part)
        near.append(found[0])
        far.append(found[1])
    neighbours = np.concatenate(near)
    layout = Layout(pca_map(features), neighbours, seed)
    for round_ in range(ROUNDS):
        if round_ % 10 == 0:
            yield Placing("drawing the map", 0.6 + 0.35 * round_ / ROUNDS)
        layout.step(1.0 - round_ / ROUNDS)
    xy = fit_to_frame(layout.xy)
    yield Atlas(xy, neighbours, np.concatenate(far), medoids(xy, seed=seed))


def extended(atlas: Atlas, values: NDArray[Any], seed: int = 0) -> Atlas:
    """The atlas with the examples after its own, which it does not know: values are all (N, *S).

    Those on the map stay where they are; a new one comes to its nearest. Distances of old
    neighbours and new ones are of different spaces: a new example's are brought to the old scale.
    """
    n_old, n = len(atlas.xy), len(values)
    features = principal_components(values, seed)
    new = np.arange(n_old, n)
    neighbours, distances = [], []
    for part in np.array_split(new, max(len(new) // PART, 1)):
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
    )


def principal_components(values: NDArray[Any], seed: int = 0) -> Features:
    """The first principal components of examples: (N, *S) -> (N, A). Read in parts."""
    from sklearn.decomposition import PCA

    n_values = int(np.prod(values.shape[1:]))
    chosen = np.random.default_rng(seed).permutation(len(values))[:SAMPLE]
    n = min(N_COMPONENTS, n_values, len(values))
    with np.errstate(invalid="ignore"):  # shares of no variance, where all examples are alike
        pca = PCA(n, random_state=seed, svd_solver="auto").fit(_plain(values[np.sort(chosen)]))
    parts = [
        pca.transform(_plain(values[at : at + PART])).astype(np.float32)
        for at in range(0, len(values), PART)
    ]
    found: Features = np.concatenate(parts)
    return found


def _plain(part: NDArray[Any]) -> Features:
    """Examples in a row each, bytes as [0, 1]: (n, *S) -> (n, D)."""
    flat: Features = part.reshape(len(part), -1).astype(np.float32)
    if part.dtype == np.uint8:
        flat /= 255
    return flat


def _beside(
    features: Features, xy: NDArray[np.float32], new: NDArray[np.integer]
) -> NDArray[np.float32]:
    """Where new examples go, by the nearest that are on the map: (N, A), (n_old, 2) -> (M, 2)."""
    from sklearn.neighbors import NearestNeighbors

    finder = NearestNeighbors(n_neighbors=min(NEAREST, len(xy)), algorithm="brute")
    distances, nearest = finder.fit(features[: len(xy)]).kneighbors(features[new])
    weights = ((distances[:, :1] + 1e-6) / (distances + 1e-6)) ** 4
    weights /= weights.sum(1, keepdims=True)
    placed: NDArray[np.float32] = (weights[..., None] * xy[nearest]).sum(1)
    return placed
