"""Layers of the decoders as operations of a program (decoding/program.py).

Pictures, which torch has as channels, height, width, lie in a row of a program with the channels
last. Batch norm is part of the layer before it, and of a likelihood only the means are drawn.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from ..decoding.program import DrawingOperation
from .adgm import JointMLP
from .components import FromComponents, ResidualDecoder
from .distributions import Bernoulli, Gaussian, Likelihood, SharedGaussian
from .ladder import Normalised
from .networks import ClassConditionalMLP, ImageDecoder
from .tiny_autoencoder import Block

Operations = list[DrawingOperation]
NORM_EPSILON = 1e-5  # of batch norm


class NotTranslated(TypeError):
    """A layer that no operation of a program does."""


def layers(module: nn.Module, side: tuple[int, int] = (0, 0)) -> Operations:
    """Of a module that takes rows, or pictures of these sides."""
    if isinstance(module, nn.Sequential):
        return [one for layer in module for one in layers(layer, side)]
    if isinstance(module, nn.Identity):
        return []
    if isinstance(module, nn.ReLU):
        return [DrawingOperation("relu")]
    if isinstance(module, nn.Linear):
        bias = torch.zeros(module.out_features) if module.bias is None else module.bias
        return [linear(array(module.weight), array(bias))]
    if isinstance(module, nn.Conv2d):
        return [_conv(module, side)]
    if isinstance(module, nn.GroupNorm):
        norm = array(module.weight), array(module.bias)
        return [DrawingOperation("group_norm", {"groups": module.num_groups}, norm)]
    if isinstance(module, Block):
        return _block(module, side)
    if isinstance(module, Normalised):
        return _normalised(module)
    if isinstance(module, ImageDecoder):
        return _image(module)
    if isinstance(module, FromComponents):
        return [*layers(module.last), _from_components(module)]
    if isinstance(module, ResidualDecoder):
        head = module.head
        drawn = [*layers(module.hidden), *layers(head.last)]
        return [*drawn, _resized_input(module), _from_components(head)]
    raise NotTranslated(f"Nothing translates a layer of kind {type(module).__name__}.")


def _block(block: Block, side: tuple[int, int]) -> Operations:
    drawn: Operations = []
    if block.pool is not None:
        drawn = [DrawingOperation("keep"), *layers(block.pool, side), DrawingOperation("add_kept")]
    inner = layers(block.conv, side)
    return [
        *drawn,
        DrawingOperation("keep"),
        *inner,
        DrawingOperation("add_kept"),
        DrawingOperation("relu"),
    ]


def by_class(net: ClassConditionalMLP, first_class: int = 0) -> Operations:
    """Of a net whose classes begin at the row `first_class`."""
    rows = DrawingOperation("class_row", {}, (array(net.class_rows.weight[first_class:]),))
    return [*layers(net.first), rows, DrawingOperation("relu"), *layers(net.last)]


def joint(net: JointMLP) -> Operations:
    """Of a net whose one input is the style."""
    (first,) = net.first
    return [*layers(first), *after_first(net)]


def after_first(net: JointMLP) -> Operations:
    """Of a net, from its class rows on."""
    assert net.class_rows is not None
    rows = DrawingOperation("class_row", {}, (array(net.class_rows.weight),))
    return [rows, DrawingOperation("relu"), *layers(net.last)]


def _normalised(layer: Normalised) -> Operations:
    scale = layer.weight / (layer.running_var + NORM_EPSILON).sqrt()
    weights = layer.linear.weight * scale[:, None]
    bias = layer.bias - layer.running_mean * scale
    return [linear(array(weights), array(bias)), DrawingOperation("leaky_relu", {"slope": 0.1})]


def _from_components(head: FromComponents) -> DrawingOperation:
    return linear(array((head.scale[:, None] * head.basis).T), array(head.mean))


def _resized_input(net: ResidualDecoder) -> DrawingOperation:
    """The program's input as the first components of its head."""
    first = next(layer for layer in net.hidden.modules() if isinstance(layer, nn.Linear))
    onto = np.eye(len(net.head.scale), first.in_features, dtype=np.float32)
    return DrawingOperation("from_input", {}, (onto,))


def _image(net: ImageDecoder) -> Operations:
    (height, width), n = net.smallest, net.first.out_features // _area(net.smallest)
    order = np.arange(n * height * width).reshape(n, height, width).transpose(1, 2, 0).ravel()
    first = linear(array(net.first.weight)[order], array(net.first.bias)[order])
    drawn, side = [first], (height, width)
    for layer in net.convolutions:
        if isinstance(layer, nn.Upsample):
            to = tuple(layer.size)  # type: ignore[arg-type]
            drawn.append(
                DrawingOperation("upsample", sides(side, channels=channels(drawn, n), to=to))
            )
            side = to  # type: ignore[assignment]
        elif isinstance(layer, nn.PixelShuffle):
            n_channels = net.shape[2]
            drawn[-1] = _means_of_places(drawn[-1], n_channels)
            drawn.append(DrawingOperation("shuffle", sides(side, channels=n_channels)))
            side = (2 * side[0], 2 * side[1])
        else:
            drawn += layers(layer, side)
    if side != net.shape[:2]:
        drawn.append(DrawingOperation("crop", sides(side, channels=net.shape[2], to=net.shape[:2])))
    return drawn


def _means_of_places(conv: DrawingOperation, n: int) -> DrawingOperation:
    """The last convolution, for the means of n channels alone: place by place, then channels."""
    order = np.arange(4 * n).reshape(n, 2, 2).transpose(1, 2, 0).ravel()
    weights, bias = conv.weights
    return replace(conv, weights=(weights[..., order], bias[order]))


def _conv(layer: nn.Conv2d, side: tuple[int, int]) -> DrawingOperation:
    if layer.stride != (1, 1) or layer.kernel_size not in ((1, 1), (3, 3)):
        raise NotTranslated("Nothing translates such a convolution.")
    bias = torch.zeros(layer.out_channels) if layer.bias is None else layer.bias
    weights = layer.weight.permute(2, 3, 1, 0)
    return DrawingOperation("conv", sides(side), (array(weights), array(bias)))


def mean_of(likelihood: Likelihood, drawn: Operations) -> Operations:
    """`likelihood.mean` of what operations draw."""
    if isinstance(likelihood, Bernoulli):
        return [*drawn, DrawingOperation("sigmoid")]
    if isinstance(likelihood, SharedGaussian):
        return [*drawn, DrawingOperation("clamp", {"low": 0, "high": 1})]
    if isinstance(likelihood, Gaussian):
        return first_half(drawn)
    raise NotTranslated(f"Nothing translates a {type(likelihood).__name__} likelihood.")


def first_half(drawn: Operations) -> Operations:
    """Of means and log-variances, the means; pictures have been cut to them."""
    last = drawn[-1]
    if last.name != "linear":
        return drawn
    n = len(last.weights[1]) // 2
    return [*drawn[:-1], replace(last, weights=tuple(array[:n] for array in last.weights))]


def linear(weights: NDArray[np.float32], bias: NDArray[np.float32]) -> DrawingOperation:
    """W v + b: (n_out, n_in), (n_out,)."""
    return DrawingOperation("linear", {}, (np.ascontiguousarray(weights), bias))


def channels(drawn: Iterable[DrawingOperation], otherwise: int = 0) -> int:
    """Of what the last convolution draws."""
    found = [len(one.weights[1]) for one in drawn if one.name == "conv"]
    return found[-1] if found else otherwise


def sides(side: tuple[int, ...], channels: int = 0, to: tuple[int, ...] = ()) -> dict[str, float]:
    """What a picture measures, and is to measure."""
    sizes: dict[str, float] = {"height": side[0], "width": side[1]}
    if channels:
        sizes["channels"] = channels
    if to:
        sizes |= {"to_height": to[0], "to_width": to[1]}
    return sizes


def _area(side: tuple[int, int]) -> int:
    return side[0] * side[1]


def array(values: Tensor) -> NDArray[np.float32]:
    """The numbers of a tensor, for a program."""
    found: NDArray[np.float32] = np.ascontiguousarray(values.detach().float().cpu().numpy())
    return found
