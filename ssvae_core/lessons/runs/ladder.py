"""A Ladder VAE, one level drawn anew; see texts/ladder.py."""

from __future__ import annotations

import torch

from ...models import Ladder
from ...models.distributions import sample_gaussian
from ...models.ladder import LadderConfig, kl_gaussians
from ...training.seeding import seeded
from ..asked import Asked
from ..reading import read
from ..result import Finding, bars, pictures
from ..texts.ladder import LEVELS, said
from ..training import CPU, Tell, images_alone, train

STEPS, N_LAYERS, WARM_UP = 700, 3, 200
NAMES = ("top", "middle", "bottom")
N_READ = 1000

_kept: dict[tuple[object, ...], Ladder] = {}


@torch.no_grad()
def run(asked: Asked, tell: Tell) -> Finding:
    """Train without labels, draw a level anew, and read which digit is seen."""
    level, material, steps = int(asked.value), asked.material, asked.steps(STEPS)
    assert material.held_out_classes is not None
    with torch.enable_grad():
        ladder = trained_ladder(asked, steps, tell)
    x = material.x()[:N_READ]
    y = torch.zeros(len(x), dtype=torch.long)
    styles = ladder.encode(x, y).split(ladder.sizes, -1)
    with seeded(CPU, asked.seed):
        anew = [torch.randn_like(style) for style in styles]
        layers, _ = ladder.descend(ladder.features(x), y, sample_gaussian)
    is_anew = [LEVELS[level] in (name, "everything") for name in NAMES]
    chosen = [new if its else old for its, new, old in zip(is_anew, anew, styles, strict=True)]
    drawn = ladder.decode(torch.cat(chosen, -1), y)
    kept = float(100 * (read(drawn).classes == material.held_out_classes[: len(x)]).mean())
    nats = [float(kl_gaussians(layer.q, layer.p).mean()) for layer in layers]
    shown = torch.from_numpy(material.shown())
    shown = shown[shown < len(x)]
    images = material.images(torch.stack([x[shown], drawn[shown]]))
    return Finding(
        kept,
        f"{kept:.0f} % the same digit",
        said(level, kept, nats),
        dict(zip(NAMES, nats, strict=True)),
        {"kept": kept},
        [
            pictures("Real image, and what is drawn", images, ("real", "drawn")),
            bars("Information in each level, in nats", nats, NAMES),
        ],
        steps,
        len(material.values),
    )


def trained_ladder(asked: Asked, steps: int, tell: Tell) -> Ladder:
    """One without labels, trained once a process: all levels are seen on the same."""
    key = (asked.free, asked.seed, steps, asked.share)
    if key not in _kept:
        config = LadderConfig(
            latent_dim=int(asked.free), n_layers=N_LAYERS, warm_up=asked.steps(WARM_UP)
        )
        with seeded(CPU, asked.seed):
            ladder = Ladder(asked.material.inputs(), config)
        batches = images_alone(asked.material.values)
        train(ladder, batches, steps, asked.seed, tell, "training the ladder")
        _kept.clear()
        _kept[key] = ladder.eval()
    return _kept[key]
