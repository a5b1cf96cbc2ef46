"""Between numpy's arrays and the tensors that models see and draw. D: the values of an example."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor


def as_inputs(values: Tensor) -> Tensor:
    """Stored values as models see them: bytes become [0, 1], others stay."""
    return values.float() / 255 if values.dtype == torch.uint8 else values.float()


def as_numbers(x: Tensor) -> NDArray[np.float32]:
    """What a model draws: (..., D) -> (..., D)."""
    result: NDArray[np.float32] = x.float().cpu().numpy()
    return result


def as_bytes(x: Tensor) -> NDArray[np.uint8]:
    """Pixels in [0, 1] as bytes: (..., D) -> (..., D)."""
    result: NDArray[np.uint8] = (x.clamp(0, 1) * 255).round().byte().cpu().numpy()
    return result
