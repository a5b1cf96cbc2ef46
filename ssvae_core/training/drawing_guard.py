"""Whether what a model draws is a picture at all: it looks in no way as nothing that it saw looks.

A decoder that has not learned yet, or has run away, draws noise or flat colours. Then what it drew
is further than any example on one of a few scales, and is not to be shown: "it cannot draw this
yet". A blurred picture is smoother than all examples, and may be. Notes:
benchmarks/notes/training-drawing_guard.md

Letters in shapes: N examples, n drawings, D values of either, S scales.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from .tensors import as_inputs, as_numbers

N_EXAMPLES = 500  # that it looks at
TAIL = 0.005  # of the examples, at either end, that say nothing of what is usual
# How much further than those a drawing may be: as a share of their distance, and of white, or of
# a standard deviation where examples are vectors.
FURTHER, ABOVE = 0.25, 0.05
NEARLY = 0.03  # of white: that near to black or white is as good as either

Scales = NDArray[np.float32]


class DrawingGuard:
    """Knows how far examples are on every scale, and so which drawings are as they are."""

    def __init__(self, values: Tensor, shape: Sequence[int]):
        """values: (N, D) bytes or floats, of examples of this shape, as models take them."""
        self.shape = tuple(shape)
        places = np.linspace(0, len(values) - 1, min(len(values), N_EXAMPLES)).astype(np.intp)
        chosen = values[torch.from_numpy(places).to(values.device)]
        of_examples = self._scales(as_numbers(as_inputs(chosen)))
        lowest, highest = np.quantile(of_examples, (TAIL, 1 - TAIL), axis=0)
        room = FURTHER * (highest - lowest) + ABOVE
        self._lowest, self._highest = lowest - room, highest + room
        self._lowest[self._n_means :] = -np.inf  # smooth, dull and pale is what is blurred

    def rejects(self, drawn: NDArray[np.floating]) -> NDArray[np.bool_]:
        """Which drawings are not to be shown: (..., D) -> (...)."""
        *lead, n_values = drawn.shape
        rows = drawn.reshape(-1, n_values)
        found = self._scales(rows.astype(np.float32))
        is_within = (found >= self._lowest) & (found <= self._highest)  # not so of a nan
        rejected: NDArray[np.bool_] = ~is_within.all(1).reshape(lead)
        return rejected

    @property
    def _n_means(self) -> int:
        """How many scales have two ends; they come first."""
        return self.shape[2] if len(self.shape) == 3 else 0

    def _scales(self, rows: Scales) -> Scales:
        """(n, D) -> (n, S)."""
        with np.errstate(invalid="ignore", over="ignore"):
            if len(self.shape) != 3:
                return np.stack([np.abs(rows).max(1), np.sqrt(np.square(rows).mean(1))], axis=1)
            pictures = rows.reshape(-1, *self.shape).clip(0, 1)
            pictures[~np.isfinite(rows).all(1)] = np.nan
            down, right = np.diff(pictures, axis=1), np.diff(pictures, axis=2)
            steps = [np.square(each).mean((1, 2, 3)) for each in (down, right) if each.size]
            ends = (pictures < NEARLY) | (pictures > 1 - NEARLY)
            scales = [
                *pictures.mean((1, 2)).T,
                pictures.std((1, 2, 3)),
                np.sqrt(sum(steps, np.zeros(len(pictures), np.float32))),
                pictures.std(3).mean((1, 2)),  # how far from grey
                ends.mean((1, 2, 3)),
            ]
            return np.stack(scales, axis=1).astype(np.float32)
