"""The VAEs of several lessons, trained once a process: a lesson's places often share one."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from ..models import VAE, Batch, Loss, Phase, made
from ..models.base import mean
from ..models.vae import VAEConfig
from ..training.optimisation import Trainable
from ..training.seeding import seeded
from .asked import Asked
from .training import CPU, Tell, images_alone, train

STEPS, WIDTH, RATE = 800, 200, 2e-3
MOST_KEPT = 8

_kept: dict[tuple[object, ...], VAE] = {}


@dataclass(frozen=True)
class Plain:
    """A VAE's networks as a plain autoencoder: its code is the mean, and nothing is paid for it."""

    vae: VAE

    def loss(self, batch: Batch) -> Loss:
        """Minus log p(x|z) at the mean of z."""
        x = batch.x_unlabelled
        log_p_x = self.vae.likelihood.log_prob(x, self.vae.decoder(self.vae.q_z(x)[0]).float())
        return Loss(-mean(log_p_x), {"picture": mean(log_p_x)})

    def phases(self) -> list[Phase]:
        """One optimiser for all of it."""
        return [Phase("redraw", list(self.vae.parameters()), self.loss, RATE)]


def trained_vae(
    asked: Asked,
    latents: int,
    tell: Tell,
    *,
    beta: float = 1.0,
    plain: bool = False,
    steps: int = STEPS,
) -> VAE:
    """A VAE of the lesson's images, or a plain autoencoder, as it predicts.

    The same seed gives the same, trained now or before.
    """
    data = "mnist" if asked.data is None else asked.data.fingerprint
    key = (data, latents, beta, plain, steps, asked.seed, asked.share)
    if key not in _kept:
        with seeded(CPU, asked.seed):
            config = VAEConfig(latents, WIDTH, beta=beta, learning_rate=RATE)
            vae = made(VAE, asked.material.inputs(), config)
        learner: Trainable = Plain(vae) if plain else vae
        what = "training the autoencoder" if plain else f"training at β = {beta:g}"
        batches = images_alone(asked.material.values)
        train(learner, batches, asked.steps(steps), asked.seed, tell, what)
        while len(_kept) >= MOST_KEPT:
            del _kept[next(iter(_kept))]
        _kept[key] = vae.eval().requires_grad_(False)
    return _kept[key]


def codes(vae: VAE, x: Tensor) -> Tensor:
    """Means of q(z|x): (m, D) -> (m, Z)."""
    with torch.no_grad():
        return vae.q_z(x)[0]
