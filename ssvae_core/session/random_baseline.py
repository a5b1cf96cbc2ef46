"""What labels drawn at random would have reached, to lie beside a session's learning curve.

Only where the true classes are known. Random labels propagate, as those that were given did; no
model learns from them. So the line says what the suggestions, and the model, are worth.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from ..errors import UserError
from .model_queries import ModelQueries

COUNTS = (10, 20, 50, 100, 200)  # labels
DRAWS = 2
PAUSE_SECONDS = 0.5  # seconds between two queries: who labels meanwhile goes first


class RandomBaseline:
    """Asks the trainer, once for each answer key, in a thread of its own."""

    def __init__(
        self, queries: ModelQueries, seed: int, tell: Callable[[list[tuple[int, float]]], None]
    ):
        """`tell` gets the points, labels and accuracy (0 to 1), whenever there are more."""
        self._queries, self._seed, self._tell = queries, seed, tell
        self._of = b""  # the answer key that was asked about
        self._ends = threading.Event()

    def work_out(self, key: NDArray[np.int64]) -> None:
        """Begin, if this answer key (N,), -1 where there is none, is a new one."""
        if self._of == (of := key.tobytes()):
            return
        self._of = of
        threading.Thread(target=self._run, args=(key, of), name="by-chance", daemon=True).start()

    def close(self) -> None:
        """Ask no more."""
        self._ends.set()

    def _run(self, key: NDArray[np.int64], of: bytes) -> None:
        known = np.flatnonzero(key >= 0)
        orders = [np.random.default_rng([self._seed, k]).permutation(known) for k in range(DRAWS)]
        points: list[tuple[int, float]] = []
        for n in (n for n in COUNTS if n < len(known)):
            try:
                reached = [self._accuracy(key, order[:n], order[n:]) for order in orders]
            except UserError:  # the trainer is away: begun anew with the next guesses
                self._of = b""
                return
            if self._ends.is_set() or self._of != of:
                return
            points.append((n, float(np.mean(reached))))
            self._tell(list(points))

    def _accuracy(
        self, key: NDArray[np.int64], drawn: NDArray[np.intp], rest: NDArray[np.intp]
    ) -> float:
        self._ends.wait(PAUSE_SECONDS)
        found = self._queries.propagate(drawn, key[drawn])
        return float((found[rest] == key[rest]).mean())
