"""The networks the models are built of.

Letters in shapes: D inputs, H hidden units, K classes; `...` is any leading shape.
"""

from __future__ import annotations

from itertools import pairwise

import torch.nn.functional as F
from torch import Tensor, nn


def mlp(*sizes: int) -> nn.Sequential:
    """Linear layers of these sizes with ReLU between them: (..., sizes[0]) -> (..., sizes[-1]).

    ReLU where the papers have softplus: it costs a tenth of it on a CPU and trains as well.
    """
    layers: list[nn.Module] = []
    for n_in, n_out in pairwise(sizes):
        layers += [nn.Linear(n_in, n_out), nn.ReLU()]
    return nn.Sequential(*layers[:-1])


class ClassConditionalMLP(nn.Module):
    """An MLP of an input and a class: the class adds a row to the first layer, W v + U[y].

    The input and the class broadcast. So for every class of an example, W v is worked out once:

        net(v[:, None], torch.arange(K))      (B, 1, D), (K,) -> (B, K, out)
    """

    def __init__(self, n_in: int, n_classes: int, n_hidden: int, n_out: int):
        super().__init__()
        self.first = nn.Linear(n_in, n_hidden)
        self.class_rows = nn.Embedding(n_classes, n_hidden)
        self.last = nn.Linear(n_hidden, n_out)
        # The scale that a one-hot input of the same layer would have had.
        nn.init.uniform_(self.class_rows.weight, -(n_in**-0.5), n_in**-0.5)

    def forward(self, v: Tensor, y: Tensor) -> Tensor:
        """(..., D), (...) -> (..., out)."""
        return self.last(F.relu(self.first(v) + self.class_rows(y)))
