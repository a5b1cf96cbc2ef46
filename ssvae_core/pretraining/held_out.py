"""Whether an M1 still learns, by its bound on images that it does not learn from.

Notes: benchmarks/notes/pretraining-held_out.md
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from ..models import VAE
from ..training.chunks import Chunked
from ..training.device import autocast
from ..training.seeding import seeded
from ..training.tensors import as_inputs

MOST_HELD_OUT, SHARE_HELD_OUT = 512, 0.1  # images; of the data set
LEAST_HELD_OUT = 10  # images; of fewer nothing can be told, and none are held out
AT_ONCE = 256  # images
LOOK_EVERY = 50  # steps
# The bound has stopped improving where this share of its steps brought no more than that share of
# what it has gained since the first look.
LAST_PART, LEAST_GAIN = 0.5, 0.02


class HeldOut:
    """Some images that are held out, and the bounds of an M1 on them so far."""

    def __init__(self, n: int):
        """Of n images, always the same."""
        order = torch.from_numpy(np.random.default_rng(0).permutation(n))
        n_held_out = min(int(SHARE_HELD_OUT * n), MOST_HELD_OUT)
        if n_held_out < LEAST_HELD_OUT:
            n_held_out = 0
        self.examples, self.others = order[:n_held_out], order[n_held_out:]
        self.bounds: list[float] = []  # in nats, the newest last

    def look(self, m1: VAE, values: Tensor) -> Chunked[None]:
        """Note how well it explains them now, among values (N, D); the same draws each time."""
        if not len(self.examples):
            return
        found = []
        for number, part in enumerate(self.examples.split(AT_ONCE)):
            x = as_inputs(values[part.to(values.device)])
            with torch.no_grad(), seeded(values.device, 0, number), autocast(values.device):
                found.append(m1.bound(x))
            yield
        self.bounds.append(torch.cat(found).mean().item())

    @property
    def is_best(self) -> bool:
        """Whether the newest bound is the highest; so as long as none was looked at."""
        return not self.bounds or self.bounds[-1] == max(self.bounds)

    @property
    def has_stopped(self) -> bool:
        """Whether the bound has stopped improving."""
        n = len(self.bounds)
        before = int((1 - LAST_PART) * n)
        if before < 2:
            return False
        best, best_before = max(self.bounds), max(self.bounds[:before])
        return best - best_before <= LEAST_GAIN * (best - self.bounds[0])
