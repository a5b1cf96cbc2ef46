"""The graph that labels propagate over, by an image encoder, in M1's latents or in a PCA.

Letters in shapes: N examples, D values an example has, A features, k neighbours.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ..atlas.atlas import Near, nearest_neighbours
from ..atlas.components import N_FITTED, Features, PrincipalComponents
from ..atlas.graphs import NamedGraph
from ..models import VAE
from ..models.networks import ImageEncoder
from ..pretraining.contrastive import embed
from ..pretraining.starter import is_active, latent_means
from ..training.chunks import run_to_end


@dataclass(frozen=True)
class Graph:
    """Each example's nearest neighbours, and a way to place new ones among them."""

    values: Tensor  # (N, D) all examples
    neighbours: NDArray[np.int32]  # (N, k) nearest first
    distances: NDArray[np.float32]  # (N, k)
    place: Callable[[Tensor], Features]  # into the space where near is alike: (M, D) -> (M, A)

    @property
    def named(self) -> NamedGraph:
        """The same without a way to place others, as labels propagate over it."""
        return NamedGraph("neighbours", self.neighbours, self.distances)

    def share(self, shares: NDArray[np.float32], values: Tensor) -> NDArray[np.float32]:
        """What new examples take from their neighbours' shares: (N, K), (M, D) -> (M, K)."""
        return taken(shares, *self.near(values))

    def near(self, values: Tensor) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
        """Who is near new examples, and how much that counts: (M, D) -> (M, k), (M, k)."""
        distances, found = self._finder.kneighbors(self.place(values))
        # Each end at its own scale, as the edges of the graph.
        reach = distances[:, -1:] * self.distances[found, -1] + 1e-12
        apart = distances**2 / reach
        return found, np.exp(apart.min(1, keepdims=True) - apart)  # one is 1, however far all are

    @cached_property
    def _finder(self) -> Any:
        from sklearn.neighbors import NearestNeighbors

        finder = NearestNeighbors(n_neighbors=self.neighbours.shape[1], algorithm="brute")
        return finder.fit(self.place(self.values))


def taken(
    shares: NDArray[np.float32], found: NDArray[np.intp], weights: NDArray[np.float32]
) -> NDArray[np.float32]:
    """The weighted mean of neighbours' shares: (N, K), (M, k), (M, k) -> (M, K)."""
    sums = np.einsum("mk,mkc->mc", weights, shares[found])
    return (sums / sums.sum(1, keepdims=True).clip(1e-30)).astype(np.float32)


def graph_of(
    values: Tensor,
    seed: int,
    m1: VAE | None,
    image_encoder: ImageEncoder | None,
    near: Near | None,
) -> Graph:
    """By a trained image encoder; or else in an M1's latents, or among the values."""
    if image_encoder is not None:
        return graph_of_embeddings(image_encoder, values, near)
    if m1 is not None:
        return graph_of_latents(m1, values, near)
    return graph_of_values(values, seed, near)


def graph_of_latents(m1: VAE, values: Tensor, near: Near | None = None) -> Graph:
    """In the active latents of an M1; `near` if it is known, as it is of a starter's."""

    @cache
    def of_all() -> Tensor:
        return run_to_end(latent_means(m1, values))

    def place(new: Tensor) -> Features:
        z_mean = of_all() if new is values else run_to_end(latent_means(m1, new))
        found: Features = z_mean[:, is_active(of_all())].cpu().numpy()
        return found

    return Graph(values, *(near or nearest_neighbours(place(values))), place)


def graph_of_embeddings(
    image_encoder: ImageEncoder, values: Tensor, near: Near | None = None
) -> Graph:
    """In the features of an image encoder; `near` if it is known, as it is of a starter's."""

    def place(new: Tensor) -> Features:
        found: Features = run_to_end(embed(image_encoder, new)).cpu().numpy()
        return found

    return Graph(values, *(near or nearest_neighbours(place(values))), place)


def graph_of_values(values: Tensor, seed: int, near: Near | None = None) -> Graph:
    """In the first principal components of the values; `near` if it is known."""
    chosen = torch.randperm(len(values), generator=torch.Generator().manual_seed(seed))[:N_FITTED]
    components = PrincipalComponents(values[chosen.to(values.device)].cpu().numpy(), seed=seed)

    def place(new: Tensor) -> Features:
        return components(new.cpu().numpy())

    return Graph(values, *(near or nearest_neighbours(place(values))), place)
