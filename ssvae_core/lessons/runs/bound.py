"""The bound of a VAE, term by term and with more draws; see texts/bound.py."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from ...models import VAE
from ...models.distributions import (
    kl_to_standard_normal,
    log_gaussian,
    log_standard_normal,
    sample_gaussian,
)
from ...training.seeding import seeded
from ..asked import Asked
from ..formula import minus
from ..result import Finding, bars, lines, pictures
from ..texts.bound import LESSON, said
from ..training import CPU, Tell, part
from ..vaes import STEPS as VAE_STEPS
from ..vaes import trained_vae

N_IMAGES = 400  # held out, that the bound is the mean of
MOST_DRAWS = int(max(LESSON.knob.values))


@torch.no_grad()
def run(asked: Asked, tell: Tell) -> Finding:
    """Train, draw codes of held-out images, and weigh them."""
    n_draws, Z, material = int(asked.value), int(asked.free), asked.material
    with torch.enable_grad():
        vae = trained_vae(asked, Z, part(tell, 0.0, 0.8))
    x = material.x()[:N_IMAGES]
    tell(0.85, "drawing codes")
    with seeded(CPU, asked.seed):
        log_w, log_p_x, sampled = weights(vae, x, MOST_DRAWS)
    closed = float(kl_to_standard_normal(*vae.q_z(x)).mean())
    counts = [int(value) for value in LESSON.knob.values]
    bounds = [float(tightened(log_w, n).mean()) for n in counts]
    bound = bounds[counts.index(n_draws)]
    gain = bound - bounds[0]
    shown = torch.from_numpy(material.shown())
    real = material.x()[shown]
    back = vae.decode(vae.q_z(real)[0])
    lost = -float(log_p_x.mean())
    return Finding(
        gain,
        f"+{gain:.1f} nats, {minus(f'{bound:.1f}')} in all",
        said(n_draws, closed, float(sampled.mean()), gain, len(x)),
        {"reconstruction": lost, "information": closed, "bound": bound},
        {"closed": closed, "sampled": float(sampled.mean()), "gain": gain, "bound": bound},
        [
            bars(
                "What an image costs, in nats",
                [lost, closed, float(sampled.mean())],
                ["to draw it", "its code, by formula", "its code, by draws"],
            ),
            lines(
                "The bound, in nats",
                [math.log2(n) for n in counts],
                {"bound": bounds},
                ("draws of z, doubled each time", "bound"),
            ),
            pictures(
                "Real image, and what comes back",
                material.images(torch.stack([real, back])),
                ("real", "back"),
            ),
        ],
        asked.steps(VAE_STEPS),
        len(material.values),
    )


def weights(vae: VAE, x: Tensor, n: int) -> tuple[Tensor, Tensor, Tensor]:
    """Log p(x, z) - log q(z|x), log p(x|z) and log q(z|x) - log p(z): (m, D) -> 3 x (n, m)."""
    z_mean, z_log_var = vae.q_z(x)
    found = []
    for _ in range(n):
        z = sample_gaussian(z_mean, z_log_var)
        log_p_x = vae.likelihood.log_prob(x, vae.decoder(z).float())
        kl = log_gaussian(z, z_mean, z_log_var) - log_standard_normal(z)
        found.append(torch.stack([log_p_x - kl, log_p_x, kl]))
    log_w, log_p_x, kl = torch.stack(found, 1)
    return log_w, log_p_x, kl


def tightened(log_w: Tensor, n: int) -> Tensor:
    """The bound of n draws, mean over all groups of n among them: (N, m) -> (m,)."""
    groups = log_w[: len(log_w) // n * n].unflatten(0, (-1, n))
    return (groups.logsumexp(1) - math.log(n)).mean(0)
