"""How much a space of the examples lies in clusters: before there are labels, whom to believe.

Of several spaces of the same images, the one that lies in clusters most is mostly the one in which
labels propagate best. So its graph stands first until labels say more; not so of photographs.
Notes: benchmarks/notes/training-graph_evidence.md

Letters in shapes: N examples, S an example's own shape, F features.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..atlas.atlas import nearest_neighbours
from ..atlas.first_map import principal_components
from ..atlas.graphs import PIXELS, NamedGraph
from ..data.dataset import AUTO
from ..training.chunks import Chunked
from .progress import (
    ROUNDS_FROM_ELSEWHERE,
    PretrainingProgress,
    Watched,
    laid_out,
    watched,
)
from .starter import Starter

# Of clusters: in how many, of how many images, and how seldom neighbours may lie in two of them.
N_CLUSTERS, N_IN_CLUSTERS, CLUSTERED_RATIO = 10, 5000, 3.0
LEAST_IN_CLUSTERS = 100  # images; of fewer, where they lie says little


def is_in_clusters(features: NDArray[np.float32], seed: int) -> Chunked[bool]:
    """Whether features (N, F) lie in clusters, and not spread as their variances alone would be.

    By the share of neighbours in two clusters of k-means: CLUSTERED_RATIO times as large where each
    principal component is shuffled by itself (so a null as for the gap statistic, Tibshirani et al.
    2001). By the image encoder it is 4 to 18 times for images in kinds, 2.4 at most for others.
    """
    return (yield from clustered_ratio(features, seed)) > CLUSTERED_RATIO


def clustered_ratio(features: NDArray[np.float32], seed: int) -> Chunked[float]:
    """That share of neighbours, how many times as large where components are shuffled: (N, F).

    Of two spaces of the same examples, the one of the larger ratio shows more of their kinds. 0,
    for "not known", of fewer than LEAST_IN_CLUSTERS.
    """
    if len(features) < LEAST_IN_CLUSTERS:
        return 0.0
    seeded = np.random.default_rng(seed)
    some = features[seeded.permutation(len(features))[:N_IN_CLUSTERS]]
    yield
    parted = _parted(some, seed)
    yield
    u, scales, _ = np.linalg.svd(some - some.mean(0), full_matrices=False)
    shuffled = seeded.permuted((u * scales).astype(np.float32), axis=0)
    return _parted(shuffled, seed) / max(parted, 1e-9)


def clustered_pixels(values: NDArray[Any], seed: int) -> Chunked[float]:
    """The ratio of examples as they are, by their principal components: (N, *S)."""
    some = np.random.default_rng(seed).permutation(len(values))[:N_IN_CLUSTERS]
    return (yield from clustered_ratio(principal_components(values[np.sort(some)], seed), seed))


def first_to_trust(graphs: Iterable[NamedGraph], chosen: str = AUTO) -> list[NamedGraph]:
    """The most clustered first; before all others that of the encoder `chosen`."""
    return sorted(graphs, key=lambda graph: (graph.name != chosen, -graph.clustered))


def led_by_first(
    starter: Starter, values: NDArray[Any], chosen: str, seed: int
) -> Watched[Starter]:
    """The same with its graphs in the order of trust, and the map of the first: values (N, *S)."""
    message = "comparing how neighbours are found"
    graphs = []
    for graph in starter.graphs:
        if graph.name == PIXELS and not graph.clustered:
            work = watched(clustered_pixels(values, seed), PretrainingProgress(message, None))
            graph = replace(graph, clustered=(yield from work))
        graphs.append(graph)
    starter = replace(starter, graphs=first_to_trust(graphs, chosen))
    first = starter.graphs[0]
    if first.name == starter.leading:
        return starter
    xy = yield from laid_out(first.neighbours, starter.atlas.xy, seed, ROUNDS_FROM_ELSEWHERE)
    return starter.led_by(first.name, xy, seed)


def _parted(features: NDArray[np.float32], seed: int) -> float:
    """The share of neighbours that lie in two clusters: (N, F) -> a share."""
    from sklearn.cluster import KMeans

    n_clusters = min(N_CLUSTERS, len(np.unique(features, axis=0)))  # all may look the same
    whose = KMeans(n_clusters, n_init=3, random_state=seed).fit_predict(features)
    return float((whose[nearest_neighbours(features)[0]] != whose[:, None]).mean())
