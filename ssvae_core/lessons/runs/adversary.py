"""Autoencoders with a judge of their codes; see texts/adversary.py."""

from __future__ import annotations

from dataclasses import replace

import torch

from ...models import AAE
from ...models.aae import AAEConfig
from ...options.options import FittingOptions
from ...training.seeding import seeded
from ..asked import Asked
from ..material import N_DOTS
from ..reading import read
from ..result import Finding, bars, pictures, scatter
from ..texts.adversary import RATES, said
from ..training import CPU, Tell, images_alone, train

STEPS, WIDTH = 600, 200
N_DRAWN, N_SHOWN = 500, 20


@torch.no_grad()
def run(asked: Asked, tell: Tell) -> Finding:
    """Train without labels, see where codes lie, and draw from N(0, I)."""
    material, Z, steps = asked.material, int(asked.free), asked.steps(STEPS)
    options = FittingOptions(networks="mlp")  # its classifier has one class, and nothing to see
    config = AAEConfig(latent_dim=Z, hidden_dim=WIDTH, fool_rate=RATES[int(asked.value)])
    with seeded(CPU, asked.seed):
        aae = AAE(replace(material.inputs(), options=options), config)
    with torch.enable_grad():
        train(aae, images_alone(material.values), steps, asked.seed, tell, "training both sides")
    aae.eval()
    x = material.x()
    z = aae.encode(x, torch.zeros(len(x), dtype=torch.long))
    with seeded(CPU, asked.seed):
        drawn = aae.from_prior(torch.zeros(N_DRAWN, dtype=torch.long))
    spread, real = z.std(0), read(drawn).share_real
    width, classes = float(spread.mean()), material.held_out_classes
    images = material.images(drawn[:N_SHOWN].reshape(2, N_SHOWN // 2, -1))
    return Finding(
        width,
        f"{width:.1f} wide",
        said(asked.value == 0, width, real),
        {},
        {"spread": width, "real": real},
        [
            scatter(
                "Codes of real images",
                z[:N_DOTS, :2].numpy(),
                None if classes is None else classes[:N_DOTS],
                ("z1", "z2"),
            ),
            bars(
                "Spread of the codes in each number; N(0, I) has 1",
                spread.numpy(),
                [f"z{place + 1}" for place in range(Z)],
            ),
            pictures("New images, from N(0, I)", images),
        ],
        steps,
        len(material.values),
    )
