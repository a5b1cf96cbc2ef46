"""Draws that follow from a seed and a number alone, whoever else draws.

A step of training draws inside `seeded(device, seed, number of the step)`. So a model that is put
back to what it was some steps ago goes on from there exactly as it would have then, and one that is
read from disk as the one that was written: there is no state of a generator to be lost.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch

# How far apart two seeds' numbers are, so that they do not draw the same (2**32/phi).
SPREAD = 2_654_435_761


@contextmanager
def seeded(device: torch.device, seed: int, number: int = 0) -> Iterator[None]:
    """Torch draws here as seed and number say; afterwards as if nothing had been drawn."""
    mixed = (seed * SPREAD + number) % 2**32  # a generator on the CPU takes 32 bits
    on_gpu = device.type == "cuda"
    with torch.random.fork_rng([device] if on_gpu else []):
        # Not torch.manual_seed: without a GPU it remembers where it was called, and that is slow.
        torch.default_generator.manual_seed(mixed)
        if on_gpu:
            with torch.cuda.device(device):
                torch.cuda.manual_seed(mixed)
        elif device.type == "mps":
            torch.mps.manual_seed(mixed)
        yield
