"""The 2-D map of a latent space, and how it stays where a person left it.

Letters in shapes: N examples, Z latent dimensions, L landmarks, k neighbours.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from .atlas import nearest_neighbours
from .components import PrincipalComponents

Map = NDArray[np.float32]


def umap_map(latents: NDArray[np.float32], seed: int = 0) -> Map:
    """UMAP (McInnes et al. 2018): (N, Z) -> (N, 2). A minute or more at 60,000 examples."""
    from umap import UMAP

    projection = UMAP(n_neighbors=15, min_dist=0.1, random_state=seed, n_jobs=1)
    return np.asarray(projection.fit_transform(latents), np.float32)


def pca_map(latents: NDArray[np.float32], seed: int = 0) -> Map:
    """The two directions in which the latents vary most: (N, Z) -> (N, 2). At once."""
    xy = PrincipalComponents(latents, 2, seed)(latents)
    return np.pad(xy, ((0, 0), (0, 2 - xy.shape[1]))).astype(np.float32)  # of one latent, a line


PROJECTIONS: dict[str, Callable[[NDArray[np.float32], int], Map]] = {
    "umap": umap_map,
    "pca": pca_map,
}


def fit_to_frame(xy: Map) -> Map:
    """Scale a map into the unit square, undistorted, outliers clipped: (N, 2) -> (N, 2)."""
    low, high = np.percentile(xy, [0.1, 99.9], axis=0)
    middle, width = (low + high) / 2, (high - low).max() or 1.0
    return np.clip((xy - middle) / (1.06 * width) + 0.5, 0, 1).astype(np.float32)


def align(new: Map, old: Map) -> Map:
    """The new map turned, flipped, scaled and shifted onto the old one: (N, 2), (N, 2) -> (N, 2).

    Orthogonal Procrustes analysis: distances within the map keep their proportions.
    """
    new_centre, old_centre = new.mean(0), old.mean(0)
    a, b = new - new_centre, old - old_centre
    u, stretch, vt = np.linalg.svd(a.T @ b)
    scale = stretch.sum() / max(float((a**2).sum()), 1e-12)
    return np.asarray(a @ (u @ vt) * scale + old_centre, np.float32)


def movement(new: Map, old: Map) -> float:
    """How far the points moved: the median, as a share of the old map's width."""
    width = float((old.max(0) - old.min(0)).max()) or 1.0
    return float(np.median(np.linalg.norm(new - old, axis=1))) / width


class Layout:
    """UMAP's forces on a map, some rounds at a time, so that a map can follow what moves.

    Neighbours in latent space attract each other and random examples repel each other, by the
    gradients of UMAP with a = 1.58, b = 0.9 (min_dist 0.1). All examples move at once, where
    umap-learn moves one edge after the other: less exact, and 60 rounds of 60,000 examples take
    9 s on two cores, with no compilation.
    """

    A, B = 1.58, 0.9
    N_REPELLED = 5  # random examples for each neighbour, as in UMAP

    def __init__(self, xy: Map, neighbours: NDArray[np.int32], seed: int = 0):
        self.xy = (xy - xy.mean(0)).astype(np.float32)
        self.xy *= 10 / max(float(np.abs(self.xy).max()), 1e-6)  # the size that UMAP's maps have
        self.neighbours = neighbours
        self.rng = np.random.default_rng(seed)

    def step(self, rate: float) -> None:
        """One round for all examples, with steps of at most `28 * rate` along an axis."""
        n = len(self.neighbours)
        pull = self._offsets(self.neighbours)
        squared = (pull**2).sum(-1, keepdims=True) + 1e-6
        power = self.A * squared**self.B
        attraction = (2 * self.B * power / squared / (1 + power)) * pull
        push = self._offsets(self.rng.integers(0, n, (n, self.N_REPELLED)))
        squared = (push**2).sum(-1, keepdims=True)
        repulsion = 2 * self.B / (0.001 + squared) / (1 + self.A * squared**self.B) * push
        # An edge pulls both its ends, and each pull comes with N_REPELLED pushes.
        pulled, pushed = np.clip(attraction, -4, 4).mean(1), np.clip(repulsion, -4, 4).mean(1)
        self.xy += rate * (2 * pulled - self.N_REPELLED * pushed)

    def _offsets(self, others: NDArray[np.integer]) -> NDArray[np.float32]:
        """From every example to these others: (N, k) -> (N, k, 2)."""
        offsets: NDArray[np.float32] = self.xy[others] - self.xy[:, None]
        return offsets


class FollowingMap:
    """A map that follows a latent space while an M1 learns it.

    A few landmarks are laid out anew from where they stand; every other example goes where its
    nearest landmarks went. The map begins as the old one and is aligned to it after every round,
    so that what moves on the screen is what changed in the latents.
    """

    def __init__(self, xy: Map, n_landmarks: int = 3000, seed: int = 0):
        self.xy, self.rng = xy, np.random.default_rng(seed)
        n = len(xy)
        self.landmarks = self.rng.choice(n, min(n_landmarks, n), replace=False)
        self._followed = 0

    def follow(
        self,
        latents: NDArray[np.float32],
        rounds: int = 60,
        known: NDArray[np.integer] | None = None,
    ) -> float:
        """Lay the map out for these latents (N, Z); return the movement (see `movement`).

        Where only those of the examples `known` are there, all others stay.
        """
        known = np.arange(len(latents)) if known is None else known
        landmarks = self.landmarks[np.isin(self.landmarks, known)]
        if not len(landmarks):
            return 0.0
        anchors = latents[landmarks]
        neighbours, _ = nearest_neighbours(anchors, 12)
        layout = Layout(self.xy[landmarks], neighbours, int(self.rng.integers(1 << 31)))
        # A young map finds its form; an old one keeps it, whatever the random pushes say.
        rate = max(1 / (1 + 0.2 * self._followed), 0.2)
        self._followed += 1
        for round_ in range(rounds):
            layout.step(rate * (1.0 - round_ / rounds))
        new, placed = self.xy.copy(), self._place(latents[known], anchors, layout.xy)
        new[known] = fit_to_frame(align(placed, self.xy[known]))
        moved, self.xy = movement(new, self.xy), new
        return moved

    @staticmethod
    def _place(latents: NDArray[np.float32], anchors: NDArray[np.float32], anchor_xy: Map) -> Map:
        """By the nearest of the landmarks: (N, Z), (L, Z), (L, 2) -> (N, 2).

        The second and third count only where they are hardly farther: in 20 dimensions all
        distances are alike, and a plain mean would put an example between two clusters.
        """
        from sklearn.neighbors import NearestNeighbors

        finder = NearestNeighbors(n_neighbors=min(3, len(anchors)), algorithm="brute").fit(anchors)
        distances, nearest = finder.kneighbors(latents)
        weights = ((distances[:, :1] + 1e-6) / (distances + 1e-6)) ** 16
        weights /= weights.sum(1, keepdims=True)
        return np.asarray((weights[..., None] * anchor_xy[nearest]).sum(1), np.float32)
