"""What a trainer has to show."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..projection import Map


@dataclass(frozen=True)
class View:
    """What the trainer has to show: the content of a snapshot."""

    step: int
    label_seq: int
    n_labels: int
    speaker: str  # "propagation", "model", or "" while there is no label
    map_version: int
    moved: float | None
    terms: dict[str, float]
    probabilities: NDArray[np.float16] | None  # (N, K)
    samples: NDArray[np.uint8]  # (K, columns, H, W, C), or (columns, H, W, C) without labels
    xy: Map | None  # (N, 2), only when it is new
