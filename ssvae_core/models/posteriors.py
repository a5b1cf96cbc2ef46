"""What a model infers of an example, as a Gaussian: its style's, and that of the code it draws by.

Of the Ladder VAE the noise of its layers, given the means above; of M1 as a classifier, whose style
is z1 seen from its class, the diagonal. An adversarial autoencoder infers a point.

Letters in shapes: B examples, P the length of a prepared one, Z dimensions of the style, A active
latents of an M1.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from .adgm import ADGM
from .base import AbstractModel
from .cvae import CVAE
from .gmvae import GMVAE
from .guided import Guided
from .guided_m1 import GuidedM1
from .ladder import Ladder
from .m1 import M1
from .m1m2 import M1M2
from .m2 import M2
from .vfae import VFAE

MeanAndLogVar = tuple[Tensor, Tensor]  # mean and log-variance


def style_posterior(model: AbstractModel, x: Tensor, y: Tensor) -> MeanAndLogVar | None:
    """Mean and log-variance of q(z|x,y): (B, P), (B,) -> 2 x (B, Z). None of a point."""
    found = INFERRED.get(type(model))
    return None if found is None else found(model, x, y)


def code_posterior(model: AbstractModel, x: Tensor, y: Tensor) -> MeanAndLogVar | None:
    """Of the code, in the units of `model.code`: (B, P), (B,) -> 2 x (B, A) or (B, Z)."""
    if not model.draws_by_m1:
        return style_posterior(model, x, y)
    own = model.own(x)
    if isinstance(model, GuidedM1) and not model.n_features:
        own = model.features.prepare(own)
    z_mean, z_log_var = own.chunk(2, -1)
    return z_mean, z_log_var


def _m1(model: M1, x: Tensor, y: Tensor) -> MeanAndLogVar:
    z_log_var = model.own(x).chunk(2, -1)[1]
    inverse = torch.linalg.inv(model.factor[y])  # of lower triangles
    variance = (inverse.square() @ z_log_var.exp()[..., None])[..., 0]
    return model.encode(x, y), variance.log()


def _ladder(model: Ladder, x: Tensor, y: Tensor) -> MeanAndLogVar:
    layers, _ = model.descend(model.features(x), y, lambda z_mean, _: z_mean)
    noise = [(q[0] - p[0]) * (-0.5 * p[1]).exp() for q, p, _ in layers]
    return torch.cat(noise, -1), torch.cat([q[1] - p[1] for q, p, _ in layers], -1)


def _adgm(model: ADGM, x: Tensor, y: Tensor) -> MeanAndLogVar:
    h = model.trunk(model.own(x))
    return model.q_z(h, model.q_a(h)[0], y)


INFERRED: dict[type[AbstractModel], Callable[[Any, Tensor, Tensor], MeanAndLogVar]] = {
    M2: M2.q_z,
    CVAE: CVAE.q_z,
    GMVAE: GMVAE.style,
    Guided: lambda model, x, y: model.m2.q_z(model.explained(x), y),
    GuidedM1: lambda model, x, y: model.m2.q_z(model.explained(x), y),
    M1M2: lambda model, x, y: model.m2.q_z(model.seen(x), y),
    M1: _m1,
    Ladder: _ladder,
    ADGM: _adgm,
    VFAE: VFAE.q_z,
}
