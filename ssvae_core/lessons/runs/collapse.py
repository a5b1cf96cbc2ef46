"""A VAE at a price of information; see texts/collapse.py."""

from __future__ import annotations

import torch

from ...models import VAE
from ...pretraining.starter import is_active
from ...training.seeding import seeded
from ..asked import Asked
from ..material import N_DOTS
from ..result import Finding, bars, pictures, scatter
from ..texts.collapse import said
from ..training import CPU, Tell
from ..vaes import trained_vae

STEPS = 1200
N_DRAWS = 8  # of z, that a bound is the mean of


def run(asked: Asked, tell: Tell) -> Finding:
    """Train it, and see which latents vary and what comes back."""
    vae = trained_vae(asked, int(asked.free), tell, beta=asked.value, steps=STEPS)
    return looked_at(vae, asked, asked.steps(STEPS))


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
