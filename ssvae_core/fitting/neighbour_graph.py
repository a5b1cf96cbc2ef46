"""The graphs that labels propagate over: by features, by an image encoder, an M1 or a PCA.

Letters in shapes: N examples, M others, D values an example has, F features that came with it, A
numbers by which it is compared, k neighbours.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ..atlas.atlas import Near, nearest_neighbours
from ..atlas.components import N_FITTED, Features, PrincipalComponents
from ..atlas.graphs import CONTRASTIVE, M1_LATENTS, PIXELS, NamedGraph
from ..encoders import FEATURES
from ..models.abstract_vae import AbstractVAE
from ..models.networks import ImageEncoder
from ..pretraining.contrastive import embed
from ..pretraining.starter import is_active, latent_means
from ..training.chunks import run_to_end
from ..training.newcomers import edge_weights, taken
from .seen import Seen, compared


@dataclass(frozen=True)
class Graph:
    """Each example's nearest neighbours, and a way to place new ones among them."""

    name: str  # of the space, see atlas/graphs.py
    seen: Seen  # all N examples
    neighbours: NDArray[np.int32]  # (N, k) nearest first
    distances: NDArray[np.float32]  # (N, k)
    place: Callable[[Seen], Features]  # into the space where near is alike: M of them -> (M, A)

    @property
    def named(self) -> NamedGraph:
        """The same without a way to place others, as labels propagate over it."""
        return NamedGraph(self.name, self.neighbours, self.distances)

    def share(self, shares: NDArray[np.float32], others: Seen) -> NDArray[np.float32]:
        """What M new examples take from their neighbours' shares: (N, K) -> (M, K)."""
        return taken(shares, *self.near(others))

    def near(self, others: Seen) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
        """Who is near M new examples, and how much that counts: -> (M, k), (M, k)."""
        distances, found = self._finder.kneighbors(self.place(others))
        return found, edge_weights(distances, self.distances[found, -1])

    @cached_property
    def _finder(self) -> Any:
        from sklearn.neighbors import NearestNeighbors

        finder = NearestNeighbors(n_neighbors=self.neighbours.shape[1], algorithm="brute")
        return finder.fit(self.place(self.seen))


def graphs_of(
    seen: Seen,
    seed: int,
    m1: AbstractVAE | None,
    image_encoder: ImageEncoder | None,
    centre: NDArray[np.float32] | None,
    near: Mapping[str, Near],
    beside: bool = False,
) -> list[Graph]:
    """By features with their centre (F,), and beside them by all else; the first leads.

    Without features one alone: by an image encoder that was trained on these examples, else by an
    M1, else by the values. `near`: who is near whom, where that is known, by the graph's name. With
    `beside` the features come last.
    """
    found = []
    if centre is not None and not beside:
        found.append(graph_of_features(seen, centre, near.get(FEATURES)))
    if image_encoder is not None:
        found.append(graph_of_embeddings(image_encoder, seen, near.get(CONTRASTIVE)))
    elif m1 is not None:
        found.append(graph_of_latents(m1, seen, near.get(M1_LATENTS)))
    if centre is not None or not found:
        found.append(graph_of_values(seen, seed, near.get(PIXELS)))
    if centre is not None and beside:
        found.append(graph_of_features(seen, centre, near.get(FEATURES)))
    return found


def graph_of_features(seen: Seen, centre: NDArray[np.float32], near: Near | None = None) -> Graph:
    """In the features that came with the examples or that an encoder gave; `centre`: (F,)."""

    def place(others: Seen) -> Features:
        return compared(others, centre)

    return Graph(FEATURES, seen, *(near or nearest_neighbours(place(seen))), place)


def graph_of_latents(m1: AbstractVAE, seen: Seen, near: Near | None = None) -> Graph:
    """In the active latents of an M1."""

    @cache
    def of_all() -> Tensor:
        return run_to_end(latent_means(m1, seen.values))

    def place(others: Seen) -> Features:
        z_mean = of_all() if others is seen else run_to_end(latent_means(m1, others.values))
        found: Features = z_mean[:, is_active(of_all())].cpu().numpy()
        return found

    return Graph(M1_LATENTS, seen, *(near or nearest_neighbours(place(seen))), place)


def graph_of_embeddings(image_encoder: ImageEncoder, seen: Seen, near: Near | None = None) -> Graph:
    """In the embedding of an image encoder that was trained on these examples."""

    def place(others: Seen) -> Features:
        found: Features = run_to_end(embed(image_encoder, others.values)).cpu().numpy()
        return found

    return Graph(CONTRASTIVE, seen, *(near or nearest_neighbours(place(seen))), place)


def graph_of_values(seen: Seen, seed: int, near: Near | None = None) -> Graph:
    """In the first principal components of the values."""
    order = torch.randperm(len(seen), generator=torch.Generator().manual_seed(seed))
    chosen = order[:N_FITTED].to(seen.values.device)
    components = PrincipalComponents(seen.values[chosen].cpu().numpy(), seed=seed)

    def place(others: Seen) -> Features:
        return components(others.values.cpu().numpy())

    return Graph(PIXELS, seen, *(near or nearest_neighbours(place(seen))), place)
