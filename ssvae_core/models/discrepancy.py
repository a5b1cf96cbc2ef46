"""How far apart the examples of several domains lie, by what a network says of them.

The maximum mean discrepancy of Gretton et al. (2012, JMLR 13), the squared distance of two mean
embeddings:

    MMD^2(p, q) = E k(a, a') - 2 E k(a, b) + E k(b, b'),    a, a' ~ p and b, b' ~ q

with k a mean of Gaussians of several widths, about the mean squared distance of what is compared.

Letters in shapes: n examples, Z numbers that are said of each, S domains.
"""

from __future__ import annotations

import torch
from torch import Tensor

WIDTHS = (0.25, 1.0, 4.0)  # of the kernels, in mean squared distances


def discrepancy(values: Tensor, domains: Tensor, weights: Tensor | None = None) -> Tensor:
    """The mean over domains of MMD^2 between each and all others: (n, Z), (n, S), (n,) -> ().

    `domains` has a 1 in the column of each example's domain; a row of zeros is left out. `weights`
    are how much each counts. 0 where fewer than two domains are there.
    """
    weights = values.new_ones(len(values)) if weights is None else weights
    own = domains * weights[:, None]
    others = own.sum(1, keepdim=True) - own
    sums, other_sums = own.sum(0), others.sum(0)
    is_there = ((sums > 0) & (other_sums > 0)).to(values.dtype)
    signed = own / sums.clamp(min=1e-9) - others / other_sums.clamp(min=1e-9)  # (n, S)
    squared = (signed * (kernels(values) @ signed)).sum(0)
    return (squared * is_there).sum() / is_there.sum().clamp(min=1)


def kernels(values: Tensor) -> Tensor:
    """The mean of the kernels between all of them: (n, Z) -> (n, n)."""
    norms = values.square().sum(1)
    distances = (norms[:, None] + norms[None] - 2 * values @ values.T).clamp(min=0)
    scale = distances.detach().mean().clamp(min=1e-9)
    return torch.stack([(-distances / (width * scale)).exp() for width in WIDTHS]).mean(0)
