"""What is left in z when the class is told; see texts/style.py."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ...errors import UserError
from ...models import CVAE
from ...models.cvae import CVAEConfig
from ...options.options import FittingOptions
from ...training.seeding import seeded
from ..asked import Asked
from ..material import N_DOTS
from ..result import Figure, Finding, pictures, scatter
from ..texts.style import VARIATIONAL, said
from ..training import CPU, Explaining, Tell, labelled_alone, train
from ..vaes import STEPS as VAE_STEPS
from ..vaes import codes, trained_vae

STEPS, RATE = 2000, 3e-3
N_ROWS, N_MOVED = 6, 1000


@torch.no_grad()
def run(asked: Asked, tell: Tell) -> Finding:
    """Train, read the class from z by a line, and move styles to other classes."""
    how, Z, material = int(asked.value), int(asked.free), asked.labelled
    assert material.held_out_classes is not None
    x, y = material.x(), torch.from_numpy(material.held_out_classes)
    if len(np.unique(y[: len(y) // 2])) < 2:
        raise UserError(
            f"This lesson needs more images whose classes are known: of {len(y)} that it measures "
            "by, one half shows a single class."
        )
    slant, figures = float("nan"), list[Figure]()
    shown = torch.from_numpy(material.shown())
    if how == VARIATIONAL:
        with torch.enable_grad():
            vae = trained_vae(asked, Z, tell)
        z, steps = codes(vae, x), asked.steps(VAE_STEPS)
        back = torch.stack([x[shown], vae.decode(z[shown])])
        figures = [
            pictures("Real image, and what comes back", material.images(back), ("real", "back"))
        ]
    else:
        steps = asked.steps(STEPS)
        with torch.enable_grad():
            cvae = trained_cvae(asked, Z, steps, tell)
        z, slant = cvae.encode(x, y), carried(cvae, x, y, material.shape)
        figures = [pictures("Each image's style in every class", in_every_class(cvae, asked))]
    right = read_by_a_line(z.numpy(), material.held_out_classes)
    order = z.std(0).argsort(descending=True)[:2]
    dots = scatter(
        "Where images lie in z",
        z[:N_DOTS, order].numpy(),
        material.held_out_classes[:N_DOTS],
        ("z1", "z2"),
    )
    measured = {"right": right} | ({} if how == VARIATIONAL else {"slant": slant})
    return Finding(
        right,
        f"{right:.0f} % read from z",
        said(how, right, slant, len(material.names)),
        {},
        measured,
        [dots, *figures],
        steps,
        len(material.values),
    )


def trained_cvae(asked: Asked, latents: int, steps: int, tell: Tell) -> CVAE:
    """A CVAE that has explained images of known classes."""
    material = asked.labelled
    assert material.classes is not None
    inputs = replace(material.inputs(len(material.names)), options=FittingOptions(networks="mlp"))
    with seeded(CPU, asked.seed):
        cvae = CVAE(inputs, CVAEConfig(latent_dim=latents))
    batches = labelled_alone(material.values, torch.from_numpy(material.classes))
    learner = Explaining(cvae, cvae.bound, RATE)
    train(learner, batches, steps, asked.seed, tell, "training the CVAE")
    return cvae.eval()


def in_every_class(cvae: CVAE, asked: Asked) -> NDArray[np.uint8]:
    """Some real images, and each one's style in every class: (rows, 1 + K, H, W, C)."""
    material = asked.labelled
    assert material.held_out_classes is not None
    shown = torch.from_numpy(material.shown()[:N_ROWS])
    x, K = material.x()[shown], len(material.names)
    z = cvae.encode(x, torch.from_numpy(material.held_out_classes)[shown])
    every = torch.arange(K).repeat(len(x))
    drawn = cvae.decode(z.repeat_interleave(K, 0), every).reshape(len(x), K, -1)
    return material.images(torch.cat([x[:, None], drawn], 1))


def carried(cvae: CVAE, x: Tensor, y: Tensor, shape: tuple[int, ...]) -> float:
    """How the slant of images goes with the slant of their style in other classes: correlation."""
    x, y = x[:N_MOVED], y[:N_MOVED]
    z, given, found = cvae.encode(x, y), slants(x, shape), []
    for k in y.unique():  # a digit has a slant of its own
        given[y == k] -= given[y == k].mean()
    for k in range(cvae.n_classes):
        others = y != k
        drawn = slants(cvae.decode(z[others], torch.full((int(others.sum()),), k)), shape)
        found.append(torch.corrcoef(torch.stack([given[others], drawn]))[0, 1])
    return float(torch.stack(found).mean())


def slants(values: Tensor, shape: tuple[int, ...]) -> Tensor:
    """How far the ink leans, by its moments: (m, D) -> (m,)."""
    ink = values.reshape(len(values), *shape).mean(-1)
    ink = ink / ink.sum((1, 2), keepdim=True).clamp_min(1e-6)
    down, across = torch.arange(shape[0]).float(), torch.arange(shape[1]).float()
    row = down - (ink.sum(2) * down).sum(1, keepdim=True)  # (m, H)
    column = across - (ink.sum(1) * across).sum(1, keepdim=True)
    leaning = torch.einsum("mhw,mh,mw->m", ink, row, column)
    return leaning / (ink.sum(2) * row.square()).sum(1).clamp_min(1e-6)


def read_by_a_line(z: NDArray[np.float32], classes: NDArray[np.int64]) -> float:
    """Percent right of a linear classifier, learned on one half and asked of the other."""
    from sklearn.linear_model import LogisticRegression

    half, scaled = len(z) // 2, z / z.std(0).clip(1e-6)
    line = LogisticRegression(max_iter=1000).fit(scaled[:half], classes[:half])
    return float(100 * line.score(scaled[half:], classes[half:]))
