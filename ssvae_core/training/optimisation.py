"""Training: one optimiser a phase of the model's plan, step by step or epoch by epoch."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor

from ..models import Batch, Phase
from ..models.growth import grown
from .adam import Adam
from .device import autocast


class Trainable(Protocol):
    """Anything with an optimisation plan."""

    def phases(self) -> list[Phase]:
        """The plan."""
        ...


class TrainingDiverged(Exception):
    """A loss is no longer a number; the weights are lost."""


class Optimisation:
    """The optimisers of a model's phases, and a step of each."""

    def __init__(self, model: Trainable, device: torch.device, learning_rate: float | None = None):
        """Each phase at its own learning rate, or all at this one."""
        self.device, self.phases = device, model.phases()
        self.optimizers = [
            Adam(
                phase.parameters,
                phase.learning_rate if learning_rate is None else learning_rate,
                phase.betas,
            )
            for phase in self.phases
        ]
        self._rates = [optimizer.lr for optimizer in self.optimizers]

    def carry_over(self, other: Optimisation) -> None:
        """Take over what another's optimisers remember, of the same model with fewer classes."""
        for mine, its in zip(self.optimizers, other.optimizers, strict=True):
            for parameter, before in zip(mine.parameters, its.parameters, strict=True):
                if before in its.state:
                    mine.state[parameter] = {
                        name: grown(value, parameter.shape, 0.0) if value.dim() else value
                        for name, value in its.state[before].items()
                    }

    def slow_down(self, factor: float) -> None:
        """Go on at this fraction of the learning rates that training began with."""
        for optimizer, rate in zip(self.optimizers, self._rates, strict=True):
            optimizer.lr = factor * rate

    def step(
        self, batch: Batch, also_lower: Callable[[Batch], Tensor] | None = None
    ) -> dict[str, Tensor]:
        """Lower the loss of each phase whose turn it is; the terms of the losses, on the device.

        `also_lower` is added to the first phase's loss: what the trainer, not the model, wants.
        """
        terms: dict[str, Tensor] = {}
        for phase, optimizer in zip(self.phases, self.optimizers, strict=True):
            if batch.step % phase.every:
                continue
            optimizer.zero_grad()
            with autocast(self.device):
                loss = phase.loss(batch)
                total = loss.total
                if also_lower and phase is self.phases[0]:
                    more = also_lower(batch)
                    total, terms["teacher"] = total + more, more.detach()
            total.backward()
            optimizer.step()
            terms |= {name: term.detach() for name, term in loss.terms.items()}
        return terms


@dataclass(frozen=True)
class EpochEnd:
    """What one pass over the batches came to."""

    epoch: int
    terms: dict[str, float]  # means over the epoch, in nats an example


def train(
    model: Trainable,
    batches: Iterable[Batch],
    *,
    epochs: int,
    learning_rate: float = 1e-3,
    device: torch.device | None = None,
) -> Iterator[EpochEnd]:
    """Train, and yield after every epoch; to stop, cease to iterate.

    Raises TrainingDiverged if a term is no longer finite.
    """
    optimisation = Optimisation(model, device or torch.device("cpu"), learning_rate)
    for epoch in range(1, epochs + 1):
        seen: dict[str, list[Tensor]] = {}
        for batch in batches:
            for name, term in optimisation.step(batch).items():
                seen.setdefault(name, []).append(term)
        # One wait for the device an epoch, not one a batch.
        yield EpochEnd(epoch, mean_terms(seen))


def mean_terms(seen: dict[str, list[Tensor]]) -> dict[str, float]:
    """The mean of each term. Raises TrainingDiverged if one is not finite."""
    means = {name: torch.stack(values).mean().item() for name, values in seen.items()}
    for name, value in means.items():
        if not math.isfinite(value):
            raise TrainingDiverged(f"Training diverged: '{name}' became {value}.")
    return means
