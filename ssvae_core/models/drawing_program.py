"""What a model's decoder computes, as a program that needs no torch (decoding/program.py).

`style_program` is `decode`, `code_program` is `decode_code`: the same numbers, to the eleven bits
that its weights are sent with. Batch norm is part of the layer before it, and what a likelihood
adds to its means is left out.

Letters in shapes: K classes, A active latents of an M1, D values of an example.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from ..decoding.program import FROZEN, DrawingOperation, Program
from .aae import AAE
from .aae_map import SPREAD, AAEMap
from .adgm import ADGM
from .base import AbstractModel
from .cvae import CVAE
from .drawing_layers import (
    NotTranslated,
    Operations,
    after_first,
    array,
    by_class,
    channels,
    first_half,
    joint,
    layers,
    linear,
    mean_of,
    sides,
)
from .gmvae import GMVAE
from .guided import Guided
from .guided_m1 import GuidedM1
from .ladder import MOST, Ladder
from .m1 import M1, M1Features
from .m1m2 import M1M2
from .m2 import M2
from .pretrained_m1 import PretrainedM1
from .tiny_autoencoder import CLAMP
from .vae import VAE
from .vfae import VFAE


@torch.no_grad()
def style_program(model: AbstractModel) -> Program:
    """`decode` of this model. Raises NotTranslated."""
    if type(model) not in DECODERS:
        raise NotTranslated(f"Nothing translates the decoder of a {type(model).__name__}.")
    return Program(model.style_dim, tuple(DECODERS[type(model)](model)))


@torch.no_grad()
def code_program(model: AbstractModel) -> Program:
    """`decode_code` of this model. Raises NotTranslated."""
    if not model.draws_by_m1:
        return style_program(model)
    features: M1Features = model.features  # type: ignore[assignment]
    return Program(len(features.active), tuple(_by_m1(features, len(features.active))))


# Models


def _m2(model: M2) -> Operations:
    return mean_of(model.likelihood, by_class(model.decoder))


def _guided(model: Guided) -> Operations:
    drawn = _m2(model.m2)
    return [*drawn, *_then_m1(model)] if model.draws_by_m1 else drawn


def _m1m2(model: M1M2) -> Operations:
    return [*_m2(model.m2), *_then_m1(model)]


def _m1(model: M1) -> Operations:
    spread = DrawingOperation("class_linear", {}, (array(model.factor), array(model.mean)))
    return [spread, *_then_m1(model)]


def _gmvae(model: GMVAE) -> Operations:
    spread = np.stack([np.diag(row) for row in np.exp(0.5 * array(model.prior_log_var))])
    place = DrawingOperation("class_linear", {}, (spread, array(model.prior_mean)))
    drawn = mean_of(model.likelihood, [place, *layers(model.decoder)])
    return [*drawn, *_then_m1(model)]


def _cvae(model: CVAE) -> Operations:
    return mean_of(model.likelihood, by_class(model.decoder, first_class=1))


def _ladder(model: Ladder) -> Operations:
    drawn, at = [DrawingOperation("class_only", {}, (array(model.top.weight),))], 0
    for size, below in zip(model.sizes, model.below, strict=True):
        drawn += [DrawingOperation("latent", {"at": at, "most": MOST}), *layers(below)]
        at += size
    return mean_of(model.likelihood, drawn)


def _aae(model: AAE) -> Operations:
    rows = DrawingOperation("class_row", {}, (array(model.from_class.weight.T),))
    drawn = [*layers(model.from_style), rows, *layers(model.decoder)]
    return mean_of(model.likelihood, drawn)


def _aae_map(model: AAEMap) -> Operations:
    wide = linear(SPREAD * np.eye(2, dtype=np.float32), np.zeros(2, np.float32))
    place = DrawingOperation("class_row", {}, (array(model.components),))
    return mean_of(model.likelihood, [wide, place, *layers(model.decoder)])


def _adgm(model: ADGM) -> Operations:
    if not model.skips:
        return mean_of(model.likelihood, joint(model.decoder))
    foretold = first_half(joint(model.foreteller))
    from_a, from_z = (one for one in model.decoder.first if isinstance(one, nn.Linear))
    both = linear(array(from_a.weight), array(from_a.bias + from_z.bias))
    seen = [both, DrawingOperation("from_input", {}, (array(from_z.weight),))]
    return mean_of(model.likelihood, [*foretold, *seen, *after_first(model.decoder)])


def _vfae(model: VFAE) -> Operations:
    """In the domain that it draws in, which is a part of the first layer's bias then."""
    first, *more = by_class(model.decoder)
    weights, bias = first.weights
    Z = model.style_dim
    s = array(model.one_domain(model.decoder.first.weight.new_zeros(1, Z), model.drawn_in))[0]
    told = linear(weights[:, :Z], bias + weights[:, Z:] @ s)
    return mean_of(model.likelihood, [told, *more])


DECODERS: dict[type[AbstractModel], Callable[[Any], Operations]] = {
    M2: _m2,
    Guided: _guided,
    GuidedM1: _guided,
    M1M2: _m1m2,
    M1: _m1,
    GMVAE: _gmvae,
    CVAE: _cvae,
    Ladder: _ladder,
    AAE: _aae,
    AAEMap: _aae_map,
    ADGM: _adgm,
    VFAE: _vfae,
}


# An M1's


def _then_m1(model: Any) -> Operations:
    features: M1Features = model.features
    n = len(features.active) if isinstance(model, M1) else features.n_explained
    return [DrawingOperation("input"), *_by_m1(features, n)]


def _by_m1(features: M1Features, n_drawn: int) -> Operations:
    """M1Features.decode of so many latents; its weights are frozen."""
    n, active = len(features.centre), features.active[:n_drawn].cpu().numpy()
    spread = np.zeros((n, len(active)), np.float32)
    spread[active, np.arange(len(active))] = array(features.scale)[active]
    whole = [linear(spread, array(features.centre)), DrawingOperation("input")]
    return [replace(one, part=FROZEN) for one in (*whole, *_m1_decoder(features.m1))]


def _m1_decoder(m1: nn.Module) -> Operations:
    if isinstance(m1, VAE):
        return mean_of(m1.likelihood, layers(m1.decoder))
    if isinstance(m1, PretrainedM1):
        return _pretrained(m1)
    raise NotTranslated(f"Nothing translates the decoder of a {type(m1).__name__}.")


def _pretrained(m1: PretrainedM1) -> Operations:
    n, height, width = m1.at
    order = np.arange(n * height * width).reshape(n, height, width).transpose(1, 2, 0).ravel()
    latents = linear(array(m1.loadings)[order], array(m1.centre)[order])
    drawn, side = [latents, DrawingOperation("squash", {"most": CLAMP})], (height, width)
    for layer in m1.autoencoder.decoder:
        if isinstance(layer, nn.Upsample):
            to = (2 * side[0], 2 * side[1])
            n = channels(drawn)
            drawn.append(DrawingOperation("upsample", sides(side, n, to)))
            side = to
        else:
            drawn += layers(layer, side)
    if side != m1.shape[:2]:
        drawn.append(DrawingOperation("crop", sides(side, channels=3, to=m1.shape[:2])))
    drawn.append(DrawingOperation("clamp", {"low": 0, "high": 1}))
    weights, bias = _to_channels(m1.shape[2])
    if len(bias) != 3:
        drawn.append(DrawingOperation("conv", sides(m1.shape[:2]), (weights, bias)))
    return drawn


def _to_channels(n: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """From three colours to grey, to themselves, or with a fourth channel that is opaque."""
    weights = np.full((3, 1), 1 / 3) if n == 1 else np.eye(3, n)
    bias = np.array([0, 0, 0, 1])[:n] if n == 4 else np.zeros(n)
    return weights[None, None].astype(np.float32), bias.astype(np.float32)
