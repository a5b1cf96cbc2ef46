"""Who is near whom: the graph that labels propagate over, in M1's latents or in plain PCA.

Letters in shapes: N examples, D values an example has, A features, k neighbours.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ..atlas import nearest_neighbours
from ..models import VAE
from .learner import as_inputs
from .starter import Starter, is_active, latent_moments

N_COMPONENTS = 40  # of the PCA; on MNIST, 100 labels propagate with 4.2 to 5.6 % error over it
SAMPLE = 10_000  # examples that the PCA is fitted to

Features = NDArray[np.float32]


@dataclass(frozen=True)
class Graph:
    """Each example's nearest neighbours, and a way to place new ones among them."""

    values: Tensor  # (N, D) all examples
    neighbours: NDArray[np.int32]  # (N, k) nearest first
    distances: NDArray[np.float32]  # (N, k)
    place: Callable[[Tensor], Features]  # into the space where near is alike: (M, D) -> (M, A)

    def share(self, shares: NDArray[np.float32], values: Tensor) -> NDArray[np.float32]:
        """What new examples take from their neighbours' shares: (N, K), (M, D) -> (M, K)."""
        from sklearn.neighbors import NearestNeighbors

        k = self.neighbours.shape[1]
        finder = NearestNeighbors(n_neighbors=k, algorithm="brute").fit(self.place(self.values))
        distances, found = finder.kneighbors(self.place(values))
        # Each end at its own scale, as the edges of the graph.
        reach = distances[:, -1:] * self.distances[found, -1] + 1e-12
        weights = np.exp(-(distances**2) / reach)
        taken = np.einsum("mk,mkc->mc", weights, shares[found])
        return (taken / taken.sum(1, keepdims=True).clip(1e-30)).astype(np.float32)


def graph_of_latents(m1: VAE, values: Tensor, starter: Starter | None = None) -> Graph:
    """In the active latents of an M1; the starter, if there is one, knows the neighbours."""
    active: list[Tensor] = []

    def place(new: Tensor) -> Features:
        if not active:
            active.append(is_active(latent_moments(m1, values)[0]))
        found: Features = latent_moments(m1, new)[0][:, active[0]].cpu().numpy()
        return found

    if starter:
        return Graph(values, starter.atlas.neighbours, starter.atlas.distances, place)
    return Graph(values, *nearest_neighbours(place(values)), place)


def graph_of_values(values: Tensor, seed: int) -> Graph:
    """In the first principal components of the values."""
    from sklearn.decomposition import PCA

    def plain(part: Tensor) -> Features:
        found: Features = as_inputs(part.cpu()).numpy()
        return found

    n = min(N_COMPONENTS, values.shape[1], len(values))
    chosen = torch.randperm(len(values), generator=torch.Generator().manual_seed(seed))[:SAMPLE]
    pca = PCA(n, random_state=seed).fit(plain(values[chosen.to(values.device)]))

    def place(new: Tensor) -> Features:
        parts = [pca.transform(plain(part)) for part in new.split(8192)]
        return np.concatenate(parts).astype(np.float32)

    return Graph(values, *nearest_neighbours(place(values)), place)
