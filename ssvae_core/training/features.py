"""An M1 learned within some seconds or steps, and what to do where it finds nothing."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor

from ..models import MODELS, VAE
from .loop import Optimisation, mean_terms
from .pace import Pace
from .starter import BATCH_SIZE, UnlabelledBatches

SLOWING = 0.2  # the last part of the run, in which the learning rate falls
SLOWEST = 0.1  # of the learning rate, at the end
WITHOUT_M1 = "m2"  # what learns from the values themselves where an M1 finds nothing in them


def learn_features(m1: VAE, values: Tensor, pace: Pace, seed: int) -> Iterator[dict[str, float]]:
    """Train on all values (N, D) as long as the pace allows; the terms, every 50 steps.

    Raises TrainingDiverged if one is no longer finite.
    """
    batches = UnlabelledBatches(values, BATCH_SIZE, torch.Generator().manual_seed(seed))
    optimisation, steps = Optimisation(m1, values.device), 0
    while True:
        for batch in batches:
            if not (left := pace.left(steps)):
                return
            optimisation.slow_down(min(1.0, max(left / SLOWING, SLOWEST)))
            terms = optimisation.step(batch)
            steps += 1
            if steps % 50 == 0:
                yield mean_terms({name: [term] for name, term in terms.items()})


def config_without_m1(config: Any) -> Any:
    """The config of the model that needs no M1, with the knobs that both have."""
    instead = MODELS[WITHOUT_M1].config
    names = {knob.name for knob in dataclasses.fields(instead)}
    shared = {name: value for name, value in vars(config).items() if name in names}
    return dataclasses.replace(instead, **shared)
