"""What a lesson is run on: some images of a data set, the rest held out, always the same.

Letters in shapes: N examples, n some of them, D values an example has, S an example's shape.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ..data import Dataset
from ..errors import UserError
from ..models import ModelInputs
from ..models.components import components_of
from ..options.options import AUTO
from ..training.tensors import as_bytes, as_inputs

N_IMAGES, N_HELD_OUT = 12_000, 2000
N_SHOWN = 10  # images that are redrawn
N_DOTS = 1500  # of a scatter


@dataclass(frozen=True)
class Material:
    """Images to learn from, and others to measure by."""

    shape: tuple[int, ...]
    values: Tensor  # (n, D) uint8
    held_out: Tensor  # (m, D) uint8
    classes: NDArray[np.int64] | None  # (n,), of a data set whose classes are known
    held_out_classes: NDArray[np.int64] | None  # (m,)
    names: tuple[str, ...]  # of the classes

    @classmethod
    def of(cls, data: Dataset, share: float = 1.0, only_known: bool = False) -> Material:
        """Of a data set of images; `share` of as many as there may be.

        `only_known`: of those whose classes are known.

        Raises UserError for vectors.
        """
        if data.kind != "image":
            raise UserError("A lesson needs images; these examples are rows of numbers.")
        order = np.random.default_rng(0).permutation(len(data))
        if only_known and data.answer_key is not None:
            order = order[data.answer_key[order] >= 0]
        n_held_out = min(N_HELD_OUT, len(order) // 6)
        held_out = np.sort(order[:n_held_out])
        chosen = np.sort(order[n_held_out : n_held_out + max(int(share * N_IMAGES), 1)])
        key = data.answer_key
        return cls(
            data.shape,
            _flat(data, chosen),
            _flat(data, held_out),
            None if key is None else key[chosen],
            None if key is None else key[held_out],
            data.class_names,
        )

    def inputs(self, n_classes: int = 1) -> ModelInputs:
        """What a model of these images is made for."""
        components = components_of(self.values) if AUTO.in_components(self.shape) else None
        return ModelInputs.of(self.shape, n_classes, AUTO, components=components)

    def x(self, held_out: bool = True) -> Tensor:
        """The held-out images, or those learned from, as models take them: (m, D)."""
        return as_inputs(self.held_out if held_out else self.values)

    def shown(self) -> NDArray[np.intp]:
        """Places of some held-out images, one of each class first: (N_SHOWN,) or fewer."""
        n = min(N_SHOWN, len(self.held_out))
        if self.held_out_classes is None:
            return np.arange(n)
        first = np.unique(self.held_out_classes, return_index=True)[1]
        rest = np.setdiff1d(np.arange(len(self.held_out)), first)
        return np.concatenate([first, rest])[:n]

    def images(self, values: Tensor) -> NDArray[np.uint8]:
        """Values in [0, 1] as images: (..., D) -> (..., *S)."""
        return as_bytes(values).reshape(*values.shape[:-1], *self.shape)


def _flat(data: Dataset, places: NDArray[np.integer]) -> Tensor:
    return torch.from_numpy(np.asarray(data.images[places])).flatten(1)
