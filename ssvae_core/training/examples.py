"""Examples as a fit holds them: standardised where they are vectors, each of them once.

Letters in shapes: N examples, M others, S an example's own shape, D the number of its values.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ..data.dataset import Dataset
from .tensors import as_inputs

LEAST_COMPONENTS = 6  # numbers of a vector, below which an order by size may be chance
MOST_LOOKED_AT = 5_000  # vectors


@dataclass(frozen=True)
class Standard:
    """What feature vectors are measured by: the centre and spread of those learned from first."""

    centre: NDArray[np.float64]  # (D,)
    scale: NDArray[np.float64]  # (D,)

    @classmethod
    def of(cls, values: NDArray[Any]) -> Standard:
        """Of these vectors, (N, D); a feature that is always the same keeps its scale.

        Principal components keep their sizes beside one another: the last ones are mostly noise,
        and as large as the first they would drown these.
        """
        scale = values.std(0, dtype=np.float64)
        if are_components(values, scale):
            scale = np.full_like(scale, np.sqrt(np.square(scale).mean()))
        return cls(values.mean(0, dtype=np.float64), np.where(scale > 0, scale, 1.0))

    def apply(self, values: NDArray[Any]) -> NDArray[np.float64]:
        """In standard deviations from the centre: (M, D) -> (M, D)."""
        standardised: NDArray[np.float64] = (values - self.centre) / self.scale
        return standardised

    def undo(self, values: NDArray[Any]) -> NDArray[np.float64]:
        """In the units they came in: (M, D) -> (M, D)."""
        restored: NDArray[np.float64] = values * self.scale + self.centre
        return restored


def are_components(values: NDArray[Any], spread: NDArray[np.float64]) -> bool:
    """Whether vectors (N, D) of this spread (D,) are principal components: by size, uncorrelated.

    Measured columns are neither. Notes: benchmarks/notes/training-examples.md
    """
    n, width = values.shape
    if width < LEAST_COMPONENTS or n <= width or not (np.diff(spread) <= 0).all() or not spread[-1]:
        return False
    rows = np.asarray(values[:: max(1, n // MOST_LOOKED_AT)], np.float64)
    between = np.atleast_2d(np.corrcoef(rows.T))[np.triu_indices(width, 1)]
    return bool(np.abs(between).mean() < 2 / np.sqrt(len(rows)))


def as_stored(values: NDArray[Any], standard: Standard | None) -> Tensor:
    """Bytes as they are, images of floats, and vectors standardised: (M, *S) -> (M, D)."""
    if standard:
        values = standard.apply(values)
    return torch.tensor(values if values.dtype == np.uint8 else values.astype(np.float32)).flatten(
        1
    )


def stored(data: Dataset) -> Tensor:
    """All examples of a data set, read from where they lie: (N, D)."""
    standard = Standard.of(data.images) if data.kind == "vector" else None
    return as_stored(np.asarray(data.images), standard)


def as_given(
    drawn: NDArray[np.float32], shape: tuple[int, ...], standard: Standard | None
) -> NDArray[Any]:
    """What a model draws, in the units that examples came in: (M, D) -> (M, *S)."""
    return standard.undo(drawn) if standard else drawn.clip(0, 1).reshape(-1, *shape)


def merged(
    values: Tensor, labels: NDArray[np.int16], more: Tensor, more_labels: NDArray[np.integer]
) -> tuple[NDArray[np.intp], NDArray[np.int16]]:
    """Which of more examples are new, and the labels of all; one that is there has its new label.

    (N, D), (N,), (M, D), (M,) -> (n,) places among the M, (N + n,).
    """
    if values.dtype != more.dtype:  # bytes and floats
        values, more = as_inputs(values), as_inputs(more)
    places = {key: place for place, key in enumerate(keys(values))}
    at = np.array([places.setdefault(key, len(places)) for key in keys(more)], np.int64)
    all_labels = np.append(labels, np.full(len(places) - len(values), -1, np.int16))
    all_labels[at] = more_labels
    return np.flatnonzero(at >= len(values)), all_labels


def keys(values: Tensor) -> Iterator[tuple[bytes, int]]:
    """Of each example, what tells it from all others: its values, and which of its twins it is."""
    seen: Counter[bytes] = Counter()
    for row in values.cpu().numpy():
        digest = hashlib.blake2b(row.tobytes(), digest_size=16).digest()
        yield digest, seen[digest]
        seen[digest] += 1
