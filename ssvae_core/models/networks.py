"""The networks the models are built of, chosen by the shape of an example or by a person.

By themselves, vectors and small grey images go through MLPs, large ones through convolutions, and
colour images through their principal components; see options.py.

Letters in shapes: D values of an example, H hidden units, K classes; `...` is any leading shape.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..options.options import AUTO, FittingOptions
from .components import FromComponents, ToComponents, n_components

WIDEST, NARROWEST = 64, 16  # channels of a decoder's convolutions, from its smallest size on


def mlp(*sizes: int, activation: type[nn.Module] = nn.ReLU) -> nn.Sequential:
    """Linear layers of these sizes with ReLU between them: (..., sizes[0]) -> (..., sizes[-1]).

    ReLU where the papers have softplus: it costs a tenth of it on a CPU and trains as well.
    """
    layers: list[nn.Module] = []
    for n_in, n_out in pairwise(sizes):
        layers += [nn.Linear(n_in, n_out), activation()]
    return nn.Sequential(*layers[:-1])


class ClassConditionalMLP(nn.Module):
    """An MLP of an input and a class: the class adds a row to the first layer, W v + U[y].

    The input and the class broadcast. So for every class of an example, W v is worked out once:

        net(v[:, None], torch.arange(K))      (B, 1, D), (K,) -> (B, K, out)
        net(v, y, of)                         (B, D), (M,), (M,) -> (M, out), of v[of[m]] and y[m]
    """

    def __init__(self, n_in: int, n_classes: int, n_hidden: int, last: int | nn.Module):
        """`last` is the number of outputs, or what makes them of the hidden units."""
        super().__init__()
        self.first = nn.Linear(n_in, n_hidden)
        self.class_rows = nn.Embedding(n_classes, n_hidden)
        self.last = nn.Linear(n_hidden, last) if isinstance(last, int) else last
        # The scale that a one-hot input of the same layer would have had.
        nn.init.uniform_(self.class_rows.weight, -(n_in**-0.5), n_in**-0.5)

    def forward(self, v: Tensor, y: Tensor, of: Tensor | None = None) -> Tensor:
        """(..., D), (...) -> (..., out)."""
        seen = self.first(v)
        return self.last(F.relu((seen if of is None else seen[of]) + self.class_rows(y)))


def new_image_encoder(
    shape: Sequence[int], n_features: int, trained: ImageEncoder | None = None
) -> ImageEncoder:
    """A classifier's convolutions, (..., D) -> (..., n_features): new, or trained if they fit."""
    if trained is not None and trained.is_as(shape, n_features):
        return copy.deepcopy(trained).train()
    return ImageEncoder(shape, n_features, True)


def trunk(
    shape: Sequence[int], n_hidden: int, options: FittingOptions = AUTO
) -> tuple[nn.Module, int]:
    """What an encoder takes of an example, and how many numbers that is: (..., D) -> (..., F).

    The example itself, its principal components, or n_hidden features of a large image.
    """
    if options.in_components(shape):
        n_values = math.prod(shape)
        return ToComponents(n_values), n_components(n_values)
    if options.convolves(shape):
        return ImageEncoder(shape, n_hidden), n_hidden
    return nn.Identity(), math.prod(shape)


def head(
    n_in: int, shape: Sequence[int], per_value: int, options: FittingOptions = AUTO
) -> nn.Module:
    """The last layers of a decoder: (..., n_in) -> (..., D * per_value), after a ReLU."""
    if options.in_components(shape):
        return FromComponents(n_in, math.prod(shape))
    if options.convolves(shape):
        return ImageDecoder(n_in, shape, per_value)
    return nn.Linear(n_in, math.prod(shape) * per_value)


class ImageEncoder(nn.Module):
    """Convolutions of stride 2 down to 4 x 4 or so: (..., H W C) -> (..., n_out), after a ReLU."""

    def __init__(self, shape: Sequence[int], n_out: int, batch_norm: bool = False):
        super().__init__()
        height, width, n_in = shape
        self.shape = (height, width, n_in)
        layers: list[nn.Module] = []
        for n_channels in (16, 32, 64, 64, 128):
            if layers and min(height, width) <= 4:
                break
            size = 5 if not layers and min(height, width) > 12 else 3
            layers.append(nn.Conv2d(n_in, n_channels, size, 2, size // 2, bias=not batch_norm))
            if batch_norm:
                layers.append(nn.BatchNorm2d(n_channels))
            layers.append(nn.ReLU())
            n_in, height, width = n_channels, -(-height // 2), -(-width // 2)
        # Channels last: a quarter faster on a CPU, and the order in which values come anyway.
        self.convolutions = nn.Sequential(*layers)
        self.convolutions.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.last = nn.Linear(n_in * height * width, n_out)

    def is_as(self, shape: Sequence[int], n_out: int) -> bool:
        """Whether it makes so many numbers of examples of this shape."""
        return self.shape == tuple(shape) and self.last.out_features == n_out

    def forward(self, x: Tensor) -> Tensor:
        """(..., H W C) -> (..., n_out)."""
        images = x.reshape(-1, *self.shape).permute(0, 3, 1, 2)
        images = images.contiguous(memory_format=torch.channels_last)
        features = F.relu(self.last(self.convolutions(images).flatten(1)))
        return features.reshape(*x.shape[:-1], self.last.out_features)


class ImageDecoder(nn.Module):
    """Upsampling by 2 and convolutions: (..., n_in) -> (..., H W C * per_value).

    Half as many channels each time that there are four times as many places, and the last step
    draws four places at once (Shi et al. 2016, arXiv:1609.05158): on a CPU, a step of an M1 on
    64 x 64 colour images takes a tenth of the time that 64 channels everywhere took.
    """

    def __init__(self, n_in: int, shape: Sequence[int], per_value: int):
        super().__init__()
        height, width, n_channels = shape
        self.shape, self.per_value = (height, width, n_channels), per_value
        sizes = [(-(-height // 2), -(-width // 2))]
        while min(sizes[-1]) > 8:
            sizes.append((-(-sizes[-1][0] // 2), -(-sizes[-1][1] // 2)))
        self.smallest, n = sizes[-1], WIDEST
        self.first = nn.Linear(n_in, n * math.prod(self.smallest))
        layers: list[nn.Module] = [nn.ReLU()]
        for size in reversed(sizes[:-1]):
            half = max(n // 2, NARROWEST)
            layers += [nn.Upsample(size), nn.Conv2d(n, half, 3, 1, 1), nn.ReLU()]
            n = half
        layers += [nn.Conv2d(n, 4 * n_channels * per_value, 3, 1, 1), nn.PixelShuffle(2)]
        self.convolutions = nn.Sequential(*layers)
        self.convolutions.to(memory_format=torch.channels_last)  # type: ignore[call-overload]

    def forward(self, v: Tensor) -> Tensor:
        """(..., n_in) -> (..., H W C * per_value)."""
        drawn = self.convolutions(self.first(v).reshape(-1, WIDEST, *self.smallest))
        height, width, n_channels = self.shape
        drawn = drawn[..., :height, :width]  # odd sizes were drawn one larger
        drawn = drawn.reshape(-1, self.per_value, n_channels, height, width)
        n_out = math.prod(self.shape) * self.per_value
        return drawn.permute(0, 1, 3, 4, 2).reshape(*v.shape[:-1], n_out)


@contextmanager
def frozen(module: nn.Module) -> Iterator[None]:
    """The module as it predicts, not as it learns; what goes through it still has gradients."""
    was_training = module.training
    learning = [parameter for parameter in module.parameters() if parameter.requires_grad]
    module.eval().requires_grad_(False)
    try:
        yield
    finally:
        module.train(was_training)
        for parameter in learning:
            parameter.requires_grad_(True)
