"""A class that nobody named: skipped images that lie closer to each other than to any label.

Whoever meets a kind that has no name skips it, or says unsure. One such image is an accident; two
that are nearer to one another, along the graph of nearest neighbours, than to every label are a
kind. Distance alone does not tell one: on MNIST with 30 labels the examples farthest from all
labels are unusual sorts of known classes as often as a hidden class, and nothing in their
distances differs from a session where all classes are named (results/review.md).

Letters in shapes: N examples, k neighbours of each, u unnamed (skipped or unsure) ones.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sparse
from numpy.typing import NDArray
from scipy.sparse.csgraph import connected_components, dijkstra

LEAST = 2  # unnamed ones that make a group
LEAST_LABELS = 10  # before, whatever is skipped is far from the few labels
MOST = 60  # unnamed ones looked at, 50 ms each at 60,000 examples


@dataclass(frozen=True)
class Group:
    """Examples that may be a class of their own."""

    unnamed: tuple[int, ...]  # the skipped or unsure ones that hang together
    examples: tuple[int, ...]  # more of the kind without a label, the most certain first
    score: float  # how many times nearer they are to each other than to a label
    why: str


def groups(
    neighbours: NDArray[np.int32],
    distances: NDArray[np.float32],
    labelled: NDArray[np.bool_],
    unnamed: NDArray[np.bool_],
    *,
    shown: int = 48,
    least_labels: int = LEAST_LABELS,
) -> list[Group]:
    """Groups that no class explains, largest first: (N, k), (N, k), (N,), (N,).

    s and t are linked if t is nearer to s than any label is, and s to t; a group is what hangs
    together by links. Its examples have a path to it at most as long as to a label, in the order
    of the two lengths' ratio.
    """
    seeds, labels = np.flatnonzero(unnamed)[-MOST:], np.flatnonzero(labelled)
    if len(seeds) < LEAST or len(labels) < max(least_labels, 1):
        return []
    graph = _graph(neighbours, distances)
    to_label = dijkstra(graph, directed=False, indices=labels, min_only=True)
    reach = to_label[seeds]
    farthest = float(reach.max())
    paths = dijkstra(graph, directed=False, indices=seeds, limit=farthest)  # (u, N)
    between = paths[:, seeds]
    linked = (between < reach) & (between < reach[:, None]) & np.isfinite(between)
    np.fill_diagonal(linked, False)
    _, member = connected_components(sparse.csr_matrix(linked), directed=False)
    free = ~labelled & ~unnamed
    found = []
    for number in range(member.max() + 1):
        inside = np.flatnonzero(member == number)
        if len(inside) >= LEAST:
            near = between[np.ix_(inside, inside)] + np.diag(np.full(len(inside), np.inf))
            nearness = float(np.median(reach[inside] / near.min(1).clip(1e-9)))
            found.append(
                _group(seeds[inside], paths[inside].min(0), to_label, free, nearness, shown)
            )
    return sorted(found, key=lambda group: (-len(group.unnamed), -group.score))


def _graph(neighbours: NDArray[np.int32], distances: NDArray[np.float32]) -> sparse.csr_matrix:
    """Who is near whom, both ways; twins have a short edge, as 0 would be none."""
    n, k = neighbours.shape
    lengths = np.maximum(distances.astype(np.float64), 1e-6)
    graph = sparse.csr_matrix(
        (lengths.ravel(), neighbours.ravel(), np.arange(0, n * k + 1, k)), (n, n)
    )
    return graph.maximum(graph.T).tocsr()


def _group(
    seeds: NDArray[np.intp],
    to_group: NDArray[np.float64],
    to_label: NDArray[np.float64],
    free: NDArray[np.bool_],
    nearness: float,
    shown: int,
) -> Group:
    inside = np.flatnonzero(free & (to_group < to_label))
    ratio = to_group[inside] / to_label[inside]
    best = inside[np.argsort(ratio, kind="stable")[:shown]]
    alike = f"; {len(inside):,} more are closer to them than to a label" if len(inside) else ""
    why = (
        f"You gave no class to {len(seeds)} images that lie closer to each other "
        f"than to anything you labelled{alike}."
    )
    return Group(tuple(seeds.tolist()), tuple(best.tolist()), nearness, why)
