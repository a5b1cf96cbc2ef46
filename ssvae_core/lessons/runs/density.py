"""New images from an autoencoder and a VAE; see texts/density.py."""

from __future__ import annotations

import torch
from torch import Tensor

from ...training.seeding import seeded
from ..asked import Asked
from ..material import N_DOTS
from ..reading import read
from ..result import Finding, bars, pictures, scatter
from ..texts.density import AE_FITTED, VARIATIONAL, said
from ..training import CPU, Tell
from ..vaes import STEPS as VAE_STEPS
from ..vaes import codes, trained_vae

N_DRAWN, N_SHOWN = 1000, 20


@torch.no_grad()
def run(asked: Asked, tell: Tell) -> Finding:
    """Train, draw codes, draw images of them, and read those."""
    how, Z, material = int(asked.value), int(asked.free), asked.material
    with torch.enable_grad():
        vae = trained_vae(asked, Z, tell, plain=how != VARIATIONAL)
    z_mean, z_log_var = vae.q_z(material.x())
    with seeded(CPU, asked.seed):
        z = torch.randn(N_DRAWN, Z)
    if how == AE_FITTED:
        z = fitted(z, codes(vae, material.x(held_out=False)))
    drawn = vae.decode(z)
    real, spread = read(drawn).share_real, z_mean.var(0)
    if how == VARIATIONAL:  # the code of an image is a draw
        spread = spread + z_log_var.exp().mean(0)
    spread = spread.sqrt()
    order = spread.argsort(descending=True)
    images = material.images(drawn[:N_SHOWN].reshape(2, N_SHOWN // 2, -1))
    classes = material.held_out_classes
    return Finding(
        100 * real,
        f"{100 * real:.0f} % pass for real",
        said(how, Z, real, float(spread.mean())),
        {},
        {"real": real, "spread": float(spread.mean())},
        [
            scatter(
                "Codes of real images, in the two numbers that spread most",
                z_mean[:N_DOTS, order[:2]].numpy(),
                None if classes is None else classes[:N_DOTS],
                ("z1", "z2"),
            ),
            bars(
                "Spread of the codes in each number; N(0, I) has 1",
                spread[order][:16].numpy(),
                [f"z{place + 1}" for place in range(min(Z, 16))],
            ),
            pictures("New images", images),
        ],
        asked.steps(VAE_STEPS),
        len(material.values),
    )


def fitted(standard: Tensor, of: Tensor) -> Tensor:
    """Draws of N(0, I) as draws of the Gaussian that fits these codes best: (B, Z), (m, Z)."""
    covariance = torch.cov(of.T) + 1e-4 * torch.eye(of.shape[1])
    return of.mean(0) + standard @ torch.linalg.cholesky(covariance).T
