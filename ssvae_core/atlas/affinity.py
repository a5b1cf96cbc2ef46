"""Walks on the graph of neighbours: how far what is known of one example speaks for others.

Letters in shapes: N examples, k neighbours of each, m some examples.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

REMEMBERED = 64  # turfs; 240 kB each at 60,000 examples


def normalised_affinity(
    neighbours: NDArray[np.int32], distances: NDArray[np.float32]
) -> csr_matrix:
    """How alike neighbours are, D^-1/2 W D^-1/2, what labels spread over: 2 x (N, k) -> (N, N).

    W falls with the squared distance, each end at its own scale; an edge counts both ways.
    """
    import scipy.sparse as sparse

    n, k = neighbours.shape
    reach = distances[:, -1]
    weights = np.exp(-(distances**2) / (reach[:, None] * reach[neighbours] + 1e-12))
    graph = sparse.csr_matrix(
        (weights.ravel(), neighbours.ravel(), np.arange(0, n * k + 1, k)), (n, n)
    )
    graph = graph.maximum(graph.T)
    # An outlier whose neighbours are all twins of each other may have no edge at all.
    degree = np.asarray(graph.sum(1)).ravel().clip(1e-12)
    scale = sparse.diags_array(degree**-0.5)
    return (scale @ graph @ scale).astype(np.float32).tocsr()


class Walks:
    """Walks of a few steps over one graph; what is asked again is remembered."""

    def __init__(self, graph: csr_matrix):
        """The graph: (N, N), symmetric, as `normalised_affinity` makes it."""
        self.graph = graph
        self._turfs: OrderedDict[tuple[int, int], NDArray[np.float32]] = OrderedDict()
        self._returns: dict[tuple[int, int], float] = {}

    def spread(self, values: NDArray[np.float32], n_steps: int) -> NDArray[np.float32]:
        """What arrives at every example of values that walk so many steps: (N,) -> (N,)."""
        for _ in range(n_steps):
            values = self.graph @ values
        return values

    def influence(self, example: int, n_steps: int) -> NDArray[np.float32]:
        """How much an answer about this example says of every other, 1 of itself: -> (N,)."""
        key = (example, n_steps)
        influence = self._turfs.pop(key, None)
        if influence is None:
            influence = self.spread(self._only(example), n_steps)
            self._returns[key] = float(influence[example])
            influence = np.minimum(influence / max(self._returns[key], 1e-30), 1)
            influence[example] = 1  # also of one that has no edges
        self._turfs[key] = influence
        while len(self._turfs) > REMEMBERED:
            self._turfs.popitem(last=False)
        return influence

    def reached(self, examples: NDArray[np.integer], n_steps: int) -> NDArray[np.float32]:
        """How much these examples say of every one, at most 1: (m,) -> (N,).

        The sum of their turfs, in one walk.
        """
        start = np.zeros(self.graph.shape[0], np.float32)
        start[examples] = 1 / np.maximum(self._returning(examples.tolist(), n_steps), 1e-30)
        reached = np.minimum(self.spread(start, n_steps), 1)
        reached[examples] = 1
        return reached

    def _returning(self, examples: list[int], n_steps: int) -> list[float]:
        """How much of a walk from each ends there: there and back are alike, so half is walked."""
        unknown = [example for example in examples if (example, n_steps) not in self._returns]
        if unknown:
            there = self._from_each(unknown, n_steps // 2)
            back = self._from_each(unknown, n_steps - n_steps // 2)
            found = np.asarray(there.multiply(back).sum(1)).ravel().tolist()
            self._returns.update({(e, n_steps): its for e, its in zip(unknown, found, strict=True)})
        return [self._returns[example, n_steps] for example in examples]

    def _from_each(self, examples: list[int], n_steps: int) -> csr_matrix:
        """Where walks from each end, a row for each: (m, N). Few steps reach few."""
        import scipy.sparse as sparse

        m, n = len(examples), self.graph.shape[0]
        reached = sparse.csr_matrix((np.ones(m, np.float32), (range(m), examples)), (m, n))
        for _ in range(n_steps):
            reached = reached @ self.graph
        return reached

    def _only(self, example: int) -> NDArray[np.float32]:
        only = np.zeros(self.graph.shape[0], np.float32)
        only[example] = 1
        return only
