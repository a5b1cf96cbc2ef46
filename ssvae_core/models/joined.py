"""Prepared examples with an encoder's features behind them: joined only where they are read.

Letters in shapes: N examples, V own values of a prepared one, F features, P = V + F.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Size, Tensor


@dataclass(frozen=True, eq=False)
class Joined:
    """(N, P) without a copy of both as numbers: bytes stay bytes, and features may be halves.

    It is indexed, split and measured as a tensor is; `as_inputs` makes one of some rows.
    """

    values: Tensor  # (N, V)
    features: Tensor  # (N, F)

    @property
    def shape(self) -> Size:
        """(N, P)."""
        return Size([len(self.values), self.values.shape[1] + self.features.shape[1]])

    @property
    def device(self) -> torch.device:
        """Where both lie."""
        return self.values.device

    def __len__(self) -> int:
        return len(self.values)

    def __getitem__(self, rows: Tensor | slice) -> Joined:
        """These rows: -> (n, P)."""
        return Joined(self.values[rows], self.features[rows])

    def split(self, n: int) -> tuple[Joined, ...]:
        """Parts of n rows: -> (n, P) each."""
        parts = zip(self.values.split(n), self.features.split(n), strict=True)
        return tuple(Joined(*part) for part in parts)
