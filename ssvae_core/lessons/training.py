"""Training by a number of steps, the same each time: what a lesson shows is no matter of luck."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

import torch
from torch import Tensor, nn

from ..models import Batch, Loss, Phase
from ..models.base import mean
from ..pretraining.batches import unlabelled
from ..training.optimisation import Optimisation, Trainable, mean_terms
from ..training.seeding import seeded
from ..training.tensors import as_inputs

# How much is done, 0 to 1, and of what. It may raise, and so end the work.
Tell = Callable[[float, str], None]
BATCH = 128
CPU = torch.device("cpu")
REPORT_SECONDS = 0.3  # seconds between two reports


def nobody(share: float, what: str) -> None:
    """Who wants no reports."""


def part(report: Tell, start: float, end: float) -> Tell:
    """Reports of a part of the work, from a share of all of it to another."""
    return lambda share, what: report(start + (end - start) * share, what)


def train(
    model: Trainable,
    batch_of: Callable[[int], Batch],
    steps: int,
    seed: int,
    report: Tell,
    what: str,
) -> None:
    """Take so many steps on the batches of these numbers.

    Raises TrainingDiverged if a term is no longer a number at the end.
    """
    optimisation, last, terms = Optimisation(model, CPU), 0.0, dict[str, Tensor]()
    for step in range(steps):
        with seeded(CPU, seed, step + 1):
            terms = optimisation.step(batch_of(step))
        if time.monotonic() - last > REPORT_SECONDS:
            last = time.monotonic()
            report(step / steps, f"{what}, step {step} of {steps}")
    mean_terms({name: [term] for name, term in terms.items()})


def images_alone(values: Tensor) -> Callable[[int], Batch]:
    """Batches of images without labels, drawn with replacement: of (N, D)."""

    def batch_of(step: int) -> Batch:
        return replace(unlabelled(values[torch.randint(len(values), (BATCH,))]), step=step)

    return batch_of


def labelled_alone(values: Tensor, classes: Tensor) -> Callable[[int], Batch]:
    """Batches of images that all have a label: of (N, D), (N,)."""

    def batch_of(step: int) -> Batch:
        drawn = torch.randint(len(values), (BATCH,))
        x = as_inputs(values[drawn])
        return Batch(x, classes[drawn], x[:0], 1.0, step=step)

    return batch_of


class Explaining:
    """A model that lowers nothing but minus its bound log p(x, y), of labelled images."""

    def __init__(self, model: nn.Module, bound: Callable[[Tensor, Tensor], Tensor], rate: float):
        """The bound: (B, P), (B,) -> (B,)."""
        self.model, self.bound, self.rate = model, bound, rate

    def loss(self, batch: Batch) -> Loss:
        """Minus the bound."""
        bound = mean(self.bound(batch.x_labelled, batch.y_labelled))
        return Loss(-bound, {"bound": bound})

    def phases(self) -> list[Phase]:
        """One optimiser for all of it."""
        learning = [each for each in self.model.parameters() if each.requires_grad]
        return [Phase("bound", learning, self.loss, self.rate)]
