"""Principal components, in which colour images are seen and drawn where nobody chose otherwise.

An image is projected to its first components before the first layer that learns, and drawn from
them behind the last one:

    c = basis (x - mean) / scale          x = mean + basis^T (scale * v)

The components are fixed, so a step takes a tenth of the arithmetic of convolutions, and whatever is
drawn, from the first step on, is made of what the images have in common: blurred, but no noise.
A linear decoder's optimum are these components (Tipping and Bishop 1999), and an M1 begins there.
Notes: benchmarks/notes/models-components.md

Letters in shapes: N examples, D values an example has, K components; `...` is any leading shape.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

N_COMPONENTS = 128  # what they leave of photographs of 64 x 64, nobody would draw in minutes
MOST_EXAMPLES = 2000  # that they are found among
MORE, ROUNDS = 20, 2  # of the randomised search (Halko et al. 2011): directions, power iterations
REACH = 6.0  # standard deviations up to which a network sees a component
LEAST_SCALE = 1e-3  # of a component, as a share of the first one's


class Components(NamedTuple):
    """The first principal components of examples, and what they leave."""

    mean: Tensor  # (D,)
    basis: Tensor  # (K, D), rows of length 1, or 0 where there are fewer
    scale: Tensor  # (K,) standard deviations along them
    variance: Tensor  # () of all values together, a value's mean


def n_components(n_values: int) -> int:
    """K of examples with so many values."""
    return min(N_COMPONENTS, n_values)


def some_of(n: int) -> NDArray[np.intp]:
    """Which of n examples components are found among: of all places, in order."""
    return np.linspace(0, n - 1, min(n, MOST_EXAMPLES)).astype(np.intp)


@torch.no_grad()
def components_of(values: Tensor) -> Components:
    """Of examples in [0, 1] or bytes: (N, D). The same each time."""
    chosen = values[torch.from_numpy(some_of(len(values))).to(values.device)]
    x = chosen.float() / 255 if chosen.dtype == torch.uint8 else chosen.float()
    mean, K = x.mean(0), n_components(x.shape[1])
    left = x - mean
    n = min(K + MORE, *left.shape)
    with torch.random.fork_rng([left.device] if left.device.type == "cuda" else []):
        torch.manual_seed(0)
        _, sizes, directions = torch.svd_lowrank(left, n, ROUNDS)
    found = min(K, n)
    scale, basis = left.new_zeros(K), left.new_zeros(K, left.shape[1])
    scale[:found] = sizes[:found] / max(len(x), 1) ** 0.5
    basis[:found] = directions[:, :found].T
    floor = (LEAST_SCALE * scale[:1]).clamp_min(1e-6)
    return Components(mean, basis, torch.maximum(scale, floor), left.square().mean())


class OnComponents(nn.Module):
    """What has to be told the components of the examples; random directions until then."""

    def take_components(self, components: Components) -> None:
        """Stand on these."""
        raise NotImplementedError


def give_components(module: nn.Module, components: Components | None) -> None:
    """Tell all parts that stand on components; nothing where there are none."""
    if components is not None:
        for part in module.modules():
            if isinstance(part, OnComponents):
                part.take_components(components)


class _Basis(OnComponents):
    """Mean, basis and scale, which do not learn."""

    mean: Tensor
    basis: Tensor
    scale: Tensor

    def __init__(self, n_values: int):
        super().__init__()
        K, own = n_components(n_values), torch.Generator().manual_seed(0)
        self.register_buffer("mean", torch.full((n_values,), 0.5))
        basis = torch.randn(K, n_values, generator=own) / n_values**0.5
        self.register_buffer("basis", basis)
        self.register_buffer("scale", torch.ones(K))

    def take_components(self, components: Components) -> None:
        """See OnComponents."""
        for name in ("mean", "basis", "scale"):
            getattr(self, name).copy_(getattr(components, name))


class ToComponents(_Basis):
    """A trunk: (..., D) -> (..., K), in standard deviations."""

    def forward(self, x: Tensor) -> Tensor:
        """See the class."""
        return (((x - self.mean) @ self.basis.T) / self.scale).clamp(-REACH, REACH)


class FromComponents(_Basis):
    """A head: (..., n_in) -> (..., D)."""

    def __init__(self, n_in: int, n_values: int):
        super().__init__(n_values)
        self.last = nn.Linear(n_in, len(self.scale))

    def forward(self, v: Tensor) -> Tensor:
        """See the class."""
        return self.drawn(self.last(v))

    def drawn(self, c: Tensor) -> Tensor:
        """What components in standard deviations stand for: (..., K) -> (..., D)."""
        return self.mean + (self.scale * c.float()) @ self.basis


class ResidualDecoder(nn.Module):
    """A decoder whose latents are the first components, and a network adds to all of them.

    (..., Z) -> (..., D). As new it adds nothing.
    """

    def __init__(self, hidden: nn.Module, head: FromComponents):
        super().__init__()
        self.hidden, self.head = hidden, head
        silence(head.last)

    def forward(self, z: Tensor) -> Tensor:
        """See the class."""
        v = self.head.last(self.hidden(z))
        return self.head.drawn(v + resized(z, v.shape[-1]))


def resized(v: Tensor, n: int) -> Tensor:
    """With zeros behind it, or without its last ones: (..., m) -> (..., n)."""
    return nn.functional.pad(v, (0, n - v.shape[-1]))


def silence(layer: nn.Linear) -> None:
    """Have it say 0 until it learns."""
    nn.init.zeros_(layer.weight)
    nn.init.zeros_(layer.bias)
