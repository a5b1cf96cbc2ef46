"""A model with more classes, that goes on from one with fewer.

Letters in shapes: K classes before, M > K after; `...` are axes of equal size.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn


@torch.no_grad()
def adopt(larger: nn.Module, smaller: nn.Module) -> None:
    """Give the larger model the weights of the smaller; a new class is the mean of the old ones.

    So a new class begins as what is known of a class in general, and nothing else changes.
    """
    old = smaller.state_dict()
    for name, tensor in larger.state_dict().items():
        tensor.copy_(grown(old[name], tensor.shape))


def grown(tensor: Tensor, shape: torch.Size, fill: float | None = None) -> Tensor:
    """The tensor with more entries along its class axis: (.., K, ..) -> (.., M, ..).

    The new ones are `fill`, or the mean of the old ones. Raises ValueError for other differences.
    """
    if tensor.shape == shape:
        return tensor
    if tensor.dim() != len(shape):
        raise ValueError(f"A tensor of shape {tuple(tensor.shape)} cannot grow to {tuple(shape)}.")
    for axis, (n_old, n_new) in enumerate(zip(tensor.shape, shape, strict=True)):
        if n_new < n_old:
            raise ValueError(f"A model of {n_old} classes cannot become one of {n_new}.")
        if n_new > n_old:
            size = [*tensor.shape[:axis], n_new - n_old, *tensor.shape[axis + 1 :]]
            average = tensor.float().mean(axis, keepdim=True).to(tensor.dtype)
            more = average.expand(size) if fill is None else tensor.new_full(size, fill)
            tensor = torch.cat([tensor, more], axis)
    return tensor
