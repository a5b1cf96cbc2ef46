"""Batches of examples without labels, for what learns before there are any."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor

from ..models import Batch
from ..training.tensors import as_inputs

BATCH_SIZE = 256


class UnlabelledBatches:
    """A pass over all images, or some, in a new order, in batches without labels."""

    def __init__(
        self,
        pixels: Tensor,
        batch_size: int,
        generator: torch.Generator,
        chosen: Tensor | None = None,
    ):
        """pixels: (N, D) uint8 or float, on the device; chosen: (n,) which of them, all if None."""
        self.pixels, self.batch_size, self.generator = pixels, batch_size, generator
        self.chosen = torch.arange(len(pixels)) if chosen is None else chosen

    def __len__(self) -> int:
        return -(-len(self.chosen) // self.batch_size)

    def __iter__(self) -> Iterator[Batch]:
        order = torch.randperm(len(self.chosen), generator=self.generator)
        for part in order.split(self.batch_size):
            yield unlabelled(self.pixels[self.chosen[part].to(self.pixels.device)])


def unlabelled(pixels: Tensor) -> Batch:
    """A batch without labels: (B, D) uint8 or float -> Batch."""
    x = as_inputs(pixels)
    return Batch(x[:0], torch.zeros(0, dtype=torch.long, device=x.device), x, 0.0)
