"""Which digit a drawing shows: what the real images that are nearest to it show.

By the features of the network that ships, which was learned from all images without labels. A
drawing passes for real if it is as near to real images as 95 % of other real images are.

Letters in shapes: B drawings, D values, N real images, F features.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from ..atlas.starter_folders import shipped_folder
from ..data import load_dataset
from ..models.contrastive import N_FEATURES
from ..models.networks import ImageEncoder, new_image_encoder
from ..pretraining.contrastive import embed
from ..pretraining.saved_m1 import give_weights
from ..storage.bundles import read_bundle
from ..storage.paths import IMAGE_ENCODER
from ..training.chunks import run_to_end
from ..training.tensors import as_inputs

N_REAL, N_OTHERS, N_NEAREST = 6000, 1000, 10
REAL_SHARE = 0.95  # of real images that pass for real


class Read(NamedTuple):
    """What drawings show."""

    classes: NDArray[np.int64]  # (B,)
    is_real: NDArray[np.bool_]  # (B,) whether it passes for real

    @property
    def share_real(self) -> float:
        """Of all of them."""
        return float(self.is_real.mean())


@torch.no_grad()
def read(drawn: Tensor) -> Read:
    """What digits, drawn in [0, 1], show: (B, D) -> (B,), (B,)."""
    network, real, classes, least = _real()
    likeness = F.normalize(network(as_inputs(drawn)), dim=-1) @ real.T
    nearest = likeness.topk(N_NEAREST)
    votes = F.one_hot(classes[nearest.indices], 10).sum(1)
    return Read(votes.argmax(1).numpy(), (nearest.values.mean(1) >= least).numpy())


class _Real(NamedTuple):
    network: ImageEncoder
    features: Tensor  # (N, F) of real digits
    classes: Tensor  # (N,) what they show
    least: Tensor  # () likeness to its nearest, of what passes for real


@cache
def _real() -> _Real:
    data = load_dataset("mnist")
    assert data.answer_key is not None
    network = new_image_encoder(data.shape, N_FEATURES)
    give_weights(network, read_bundle(shipped_folder("mnist") / IMAGE_ENCODER)[0])
    values = torch.from_numpy(data.images[: N_REAL + N_OTHERS]).flatten(1)
    features, others = run_to_end(embed(network, values)).split([N_REAL, N_OTHERS])
    likeness = (others @ features.T).topk(N_NEAREST).values.mean(1)
    classes = torch.from_numpy(data.answer_key[:N_REAL])
    return _Real(network.eval(), features, classes, likeness.quantile(1 - REAL_SHARE))
