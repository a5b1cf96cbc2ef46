"""Between numpy's arrays and the tensors that models take and draw. D: the values of an example."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ..models.joined import Joined


def as_inputs(values: Tensor | Joined) -> Tensor:
    """Stored values as models take them: bytes become [0, 1], others stay; features come behind."""
    if isinstance(values, Joined):
        return torch.cat([as_inputs(values.values), values.features.float()], -1)
    return values.float() / 255 if values.dtype == torch.uint8 else values.float()


def as_numbers(x: Tensor) -> NDArray[np.float32]:
    """What a model draws: (..., D) -> (..., D)."""
    result: NDArray[np.float32] = x.float().cpu().numpy()
    return result


def as_bytes(x: Tensor) -> NDArray[np.uint8]:
    """Pixels in [0, 1] as bytes: (..., D) -> (..., D)."""
    result: NDArray[np.uint8] = (x.clamp(0, 1) * 255).round().byte().cpu().numpy()
    return result
