"""A VAE at a price of information; see texts/collapse.py."""

from __future__ import annotations

import torch

from ...models import VAE, made
from ...models.vae import VAEConfig
from ...pretraining.starter import is_active
from ...training.seeding import seeded
from ..asked import Asked
from ..material import N_DOTS
from ..result import Finding, bars, pictures, scatter
from ..texts.collapse import said
from ..training import CPU, Tell, images_alone, train

STEPS, WIDTH, RATE = 1200, 200, 2e-3
N_DRAWS = 8  # of z, that a bound is the mean of


def run(asked: Asked, report: Tell) -> Finding:
    """Train it, and see which latents vary and what comes back."""
    material, beta, Z = asked.material, asked.value, int(asked.free)
    with seeded(CPU, asked.seed):
        config = VAEConfig(Z, WIDTH, beta=beta, learning_rate=RATE)
        vae = made(VAE, material.inputs(), config)
    steps = asked.steps(STEPS)
    train(
        vae, images_alone(material.values), steps, asked.seed, report, f"training at β = {beta:g}"
    )
    return looked_at(vae.eval(), asked, steps)


@torch.no_grad()
def looked_at(vae: VAE, asked: Asked, steps: int) -> Finding:
    """What it has learned, measured on held-out images."""
    material, Z = asked.material, vae.latent_dim
    x = material.x()
    with seeded(CPU, asked.seed):
        z_mean, z_log_var = vae.q_z(x)
        terms = [vae.terms(x) for _ in range(N_DRAWS)]
        drawn = vae.sample(len(material.shown()))
    log_p_x = float(torch.stack([each[0].mean() for each in terms]).mean())
    kl_each = 0.5 * (z_mean.square() + z_log_var.exp() - 1 - z_log_var).mean(0)
    order = kl_each.argsort(descending=True)
    kl, used = float(kl_each.sum()), int(is_active(z_mean).sum())
    shown = torch.from_numpy(material.shown())
    back = torch.stack([x[shown], vae.decode(z_mean[shown])])
    classes = material.held_out_classes
    names = [f"z{place + 1}" for place in range(Z)]
    dots = z_mean[:N_DOTS, order[:2]].numpy()
    return Finding(
        float(used),
        f"{used} of {Z} used",
        said(asked.value, used, Z, kl, log_p_x - kl),
        {"reconstruction": -log_p_x, "information": kl, "bound": log_p_x - kl},
        {"used": used, "kl": kl, "bound": log_p_x - kl},
        [
            scatter(
                "Where images lie, in the two dimensions that say most",
                dots,
                None if classes is None else classes[:N_DOTS],
                ("z1", "z2"),
            ),
            bars("Information in each dimension of z, in nats", kl_each[order].numpy(), names),
            pictures("Real image, and what comes back", material.images(back), ("real", "back")),
            pictures("New images", material.images(drawn[None])),
        ],
        steps,
        len(material.values),
    )
