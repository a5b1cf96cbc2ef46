"""Examples as a model takes them, with what lies behind their values; and what warps them.

Letters in shapes: N examples, B some of them, D values an example has, S domains, F features, P the
length of a prepared example.
"""

from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn

from ..models import AbstractModel
from ..models.joined import Joined
from .augmentation import warp_for
from .chunks import Chunked, in_chunks
from .device import autocast
from .tensors import as_inputs

TEACHER_WARP_STRENGTH = 0.4  # of a warp, for the mean teacher


def warps_of(
    model: AbstractModel, values: Tensor, shape: tuple[int, ...]
) -> tuple[nn.Module | None, nn.Module | None]:
    """What may happen to prepared examples of values (N, D), and the same less: for a teacher.

    On features it is dropout in the classifier that makes two views of an example. A model that
    wants examples otherwise than as they are has none.
    """
    if model.n_features:
        return nn.Identity(), None
    if len(shape) != 3 or model.prepares:
        return None, None
    warp, slightly = warp_for(values, shape), warp_for(values, shape, TEACHER_WARP_STRENGTH)
    if model.n_domains:
        warp, slightly = OfValues(warp, values.shape[1]), OfValues(slightly, values.shape[1])
    return warp.to(values.device), slightly.to(values.device)


class OfValues(nn.Module):
    """What warps an example's own values, and leaves the domain that lies behind them."""

    def __init__(self, warp: nn.Module, n_values: int):
        super().__init__()
        self.warp, self.n_values = warp, n_values

    def forward(self, x: Tensor) -> Tensor:
        """(B, P) -> (B, P)."""
        return torch.cat([self.warp(x[:, : self.n_values]), x[:, self.n_values :]], -1)


def prepared(
    model: AbstractModel,
    values: Tensor,
    features: Tensor | None = None,
    domains: NDArray[np.integer] | None = None,
) -> Chunked[Tensor | Joined]:
    """All examples as the model wants them, to be read by as_inputs: (N, D), (N, F) -> (N, P).

    domains: (N,), -1 where not known; they lie before the features, for a model that takes them.
    Raises ValueError where the model was made for another number of features.
    """
    n_features = 0 if features is None else features.shape[1]
    if n_features != model.n_features:
        raise ValueError(f"The model is made for {model.n_features} features, not {n_features}.")
    own = values
    if model.prepares:
        parts = []
        for part in in_chunks(values):
            with torch.no_grad(), autocast(values.device):
                parts.append(model.prepare(as_inputs(part)).half())  # 11 bits, a pixel has fewer
            yield
        own = torch.cat(parts)
    behind = [] if features is None else [features.to(values.device)]
    if model.n_domains and domains is not None:
        places = torch.from_numpy(np.asarray(domains, np.int64)).to(values.device)
        is_told = (places >= 0) & (places < model.n_domains)
        of = F.one_hot(places.where(is_told, 0), model.n_domains) * is_told[:, None]
        behind.insert(0, of.to(behind[0].dtype if behind else torch.float16))
    if not behind:
        return own
    return Joined(own, behind[0] if len(behind) == 1 else torch.cat(behind, -1))  # not copied
