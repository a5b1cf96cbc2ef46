"""Typical examples by the graph alone: the middles of its clusters, for a map that has no islands.

Where examples fall into islands, the map shows them, and its medoids are what a person will name.
Photographs by an encoder's features do not: their map is one continent, and places on it say less
than the graph. Who can be reached from an example in a few steps is its diffusion map (Coifman &
Lafon 2006); random vectors that walk these steps keep its angles (Johnson & Lindenstrauss 1984), so
no eigenvectors are needed. Notes: benchmarks/notes/atlas-graph_clusters.md

Letters in shapes: N examples, k nearest neighbours of each, V random vectors.
"""

from __future__ import annotations

import warnings

import numpy as np
from numpy.typing import NDArray

from .affinity import normalised_affinity
from .atlas import Atlas

N_CLUSTERS = 20
N_STEPS = 4  # that a walk takes
N_VECTORS = 128
N_SEEN = 10_000  # examples, of which the clusters are found
N_EMBEDDED = 15  # eigenvectors that an embedding of the graph keeps
N_DENSE, N_MORE = 1000, 10  # examples whose matrix is solved whole; eigenvectors beyond those


def atlas_by_clusters(
    xy: NDArray[np.float32],
    neighbours: NDArray[np.int32],
    distances: NDArray[np.float32],
    seed: int = 0,
) -> Atlas:
    """An atlas that asks about each cluster of the graph first: (N, 2), 2 x (N, k)."""
    typical = cluster_medoids(neighbours, distances, seed=seed)
    return Atlas(xy, neighbours, distances, typical, n_first=len(typical))


def cluster_medoids(
    neighbours: NDArray[np.int32],
    distances: NDArray[np.float32],
    among: NDArray[np.intp] | None = None,
    seed: int = 0,
) -> NDArray[np.int32]:
    """The middle of each cluster, of the largest first: 2 x (N, k) -> (N_CLUSTERS,).

    Fewer where fewer are told apart. `among`: the only examples that may be chosen.
    """
    from sklearn.cluster import KMeans
    from sklearn.exceptions import ConvergenceWarning

    reached = directions(neighbours, distances, seed)
    among = np.arange(len(reached)) if among is None else among
    seen = np.random.default_rng(seed).permutation(among)[:N_SEEN]
    n_clusters = min(N_CLUSTERS, len(seen))
    with warnings.catch_warnings():  # where twins are fewer than clusters, nothing is amiss
        warnings.simplefilter("ignore", ConvergenceWarning)
        clusters = KMeans(n_clusters, n_init=3, random_state=seed).fit(reached[seen])
    nearest = seen[clusters.transform(reached[seen]).argmin(0)]
    largest_first = np.argsort(-np.bincount(clusters.labels_), kind="stable")
    return np.array(list(dict.fromkeys(nearest[largest_first].tolist())), np.int32)


def directions(
    neighbours: NDArray[np.int32], distances: NDArray[np.float32], seed: int = 0
) -> NDArray[np.float32]:
    """Where walks from each example lead: 2 x (N, k) -> (N, V), of length 1.

    The cosine of two is that of their rows of the walk's matrix, nearly.
    """
    graph = normalised_affinity(neighbours, distances)
    walked = np.random.default_rng(seed).normal(size=(len(neighbours), N_VECTORS))
    walked = walked.astype(np.float32)
    for _ in range(N_STEPS):
        walked = graph @ walked
    found: NDArray[np.float32] = walked / np.linalg.norm(walked, axis=1, keepdims=True).clip(1e-30)
    return found


def graph_embedding(
    neighbours: NDArray[np.int32], distances: NDArray[np.float32], n: int = N_EMBEDDED
) -> NDArray[np.float32]:
    """The graph's first eigenvectors, each row of length 1: 2 x (N, k) -> (N, n).

    Kinds that hang together by neighbours are round there, whatever their shape is (Ng, Jordan &
    Weiss 2001). Fewer where there are fewer examples.

    Of many, Lanczos' iterations find some more than are kept: parts of the graph that nothing links
    have eigenvalues alike, of which it may miss one.
    """
    from scipy.sparse.linalg import eigsh

    graph = normalised_affinity(neighbours, distances).astype(np.float64)
    if len(neighbours) <= N_DENSE:
        values, vectors = np.linalg.eigh(graph.toarray())
    else:
        start = np.random.default_rng(0).normal(size=len(neighbours))
        values, vectors = eigsh(graph, n + N_MORE, which="LA", v0=start)
    found = vectors[:, np.argsort(-values, kind="stable")[:n]]
    lengths = np.linalg.norm(found, axis=1, keepdims=True)
    return (found / lengths.clip(1e-30)).astype(np.float32)
