"""The models, one file each. MODELS names those that learn from labels, and how each is trained."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .base import (
    AbstractModel,
    Batch,
    Loss,
    Phase,
    Setting,
    check,
    importance_bound,
    likelihood_of,
)
from .guided import Guided
from .m1m2 import M1M2
from .m2 import M2
from .vae import VAE, VAEConfig


@dataclass(frozen=True)
class Recipe:
    """A model, its settings and its training: what a name in MODELS stands for."""

    model: type[AbstractModel]
    title: str
    config: Any
    n_labelled: int = 64  # examples of a step
    n_unlabelled: int = 128
    coached: bool = True  # taught by propagation and its own average too, or by its loss alone
    m1: VAEConfig | None = None  # of the M1 it needs


# Of the starter's M1. On MNIST after 13 epochs, 100 labels (3 draws) propagate over the neighbours
# with 3.8 % error at beta 0.3, 4.5 % at 0.5 and 6.7 % at 1, where two thirds of the latents fall
# silent (learning rate 1e-3 at 0.3, 2e-3 at the others).
FEATURES = VAEConfig(latent_dim=32, hidden_dim=600, beta=0.3)

MODELS: dict[str, Recipe] = {
    "guided": Recipe(Guided, "Guided M2", Guided.Config(), n_unlabelled=192),
    "m1m2": Recipe(M1M2, "M1+M2", M1M2.Config(), m1=FEATURES),
    "m2": Recipe(M2, "M2", M2.Config()),
}

__all__ = [
    "FEATURES",
    "M1M2",
    "M2",
    "MODELS",
    "VAE",
    "AbstractModel",
    "Batch",
    "Loss",
    "Phase",
    "Recipe",
    "Setting",
    "check",
    "importance_bound",
    "likelihood_of",
]
