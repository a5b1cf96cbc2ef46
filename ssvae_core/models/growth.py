"""A model with more classes, that goes on from one with fewer.

Letters in shapes: K classes before, M > K after; `...` are axes of equal size.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor

if TYPE_CHECKING:
    from .base import AbstractModel


@torch.no_grad()
def adopt(larger: AbstractModel, smaller: AbstractModel) -> None:
    """Give the larger model what the smaller has learned; a new class is the mean of the old ones.

    So a new class begins as what is known of a class in general, and nothing else changes. What is
    not learned in steps (a buffer) is for a new class as the larger model was made. Raises
    ValueError if they differ in more than their classes.
    """
    if larger.n_classes < smaller.n_classes:
        raise ValueError(
            f"A model of {smaller.n_classes} classes cannot become one of {larger.n_classes}."
        )
    old, weights = smaller.state_dict(), dict(larger.named_parameters())
    n_more = larger.n_classes - smaller.n_classes
    for name, tensor in larger.state_dict().items():
        shape, was = tuple(tensor.shape), tuple(old[name].shape)
        if any(m - n not in (0, n_more) for n, m in zip(was, shape, strict=True)):
            raise ValueError(
                f"The models differ in more than their classes: '{name}' is {was} and {shape}."
            )
        if name in weights:
            tensor.copy_(grown(old[name], tensor.shape))
        else:
            tensor[tuple(map(slice, was))] = old[name]


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
