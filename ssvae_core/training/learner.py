"""A model, its optimiser and its data set on the device: the part that learns step by step.

Letters in shapes: N examples, D values an example has, P the length of a prepared example,
K classes.
"""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ..models import AbstractModel, Batch
from .device import autocast
from .loop import Optimisation, mean_terms

N_LABELLED, N_UNLABELLED = 64, 128  # examples of a step; the second shrinks if memory is short
LEARNING_RATE = 2e-3
CHUNK = 8192  # examples that are classified at once
N_COLUMNS = 9  # styles that every class is drawn in


class Learner:
    """Learns from labelled and unlabelled examples, and says what it believes."""

    def __init__(self, model: AbstractModel, pixels: Tensor, seed: int):
        """pixels: the whole data set, (N, D) uint8, on the device."""
        self.device, self.model = pixels.device, model.to(pixels.device)
        self.optimisation = Optimisation(model, self.device, LEARNING_RATE)
        self.steps, self.n_unlabelled = 0, N_UNLABELLED
        self._generator = torch.Generator().manual_seed(seed)
        self._styles = torch.randn(N_COLUMNS, model.style_dim, generator=self._generator)
        self._styles = self._styles.to(self.device)
        with torch.no_grad(), autocast(self.device):
            parts = [model.prepare(part.float() / 255).half() for part in pixels.split(CHUNK)]
        self.prepared = torch.cat(parts)  # (N, P); 11 bits are more than a pixel has
        self._seen: dict[str, list[Tensor]] = defaultdict(list)
        self.take_labels(np.full(len(pixels), -1, np.int16), None)

    def take_labels(self, labels: NDArray[np.int16], hints: NDArray[np.float32] | None) -> None:
        """Go on with these labels (N,), -1 for none, and these propagated guesses (N, K)."""
        self.labels = torch.from_numpy(labels.astype(np.int64)).to(self.device)
        self.labelled = torch.nonzero(self.labels >= 0)[:, 0].cpu()
        self.unlabelled = torch.nonzero(self.labels < 0)[:, 0].cpu()
        self.hints = None if hints is None else torch.from_numpy(hints).to(self.device)
        self.known = torch.bincount(self.labels[self.labels >= 0], minlength=self.model.n_classes)

    @property
    def hint_weight(self) -> float:
        """How much propagation teaches q(y|x): fully up to 100 labels, then less and less."""
        return min(1.0, 100 / max(len(self.labelled), 1))

    def step(self) -> None:
        """One step of every phase of the model's plan.

        Raises TrainingDiverged, every 50 steps, if a term is no longer finite.
        """
        terms = self.optimisation.step(self._batch(), self._hint_loss)
        for name, term in terms.items():
            self._seen[name].append(term)
        self.steps += 1

    def terms(self) -> dict[str, float]:
        """Means of the terms since the last call, in nats an example."""
        seen, self._seen = self._seen, defaultdict(list)
        return mean_terms(seen)

    @torch.no_grad()
    def probabilities(self) -> NDArray[np.float32]:
        """q(y|x) of every example, without the classes that have no label yet: -> (N, K)."""
        with autocast(self.device):
            parts = [self.model.classify(part.float()) for part in self.prepared.split(CHUNK)]
        log_q = torch.cat(parts).masked_fill(self.known == 0, -torch.inf)
        probabilities = log_q.softmax(-1).nan_to_num(0.0)
        given = self.labels >= 0
        probabilities[given] = torch.nn.functional.one_hot(
            self.labels[given], self.model.n_classes
        ).float()
        result: NDArray[np.float32] = probabilities.cpu().numpy()
        return result

    @torch.no_grad()
    def samples(self) -> NDArray[np.uint8]:
        """Every class in the same styles: -> (K, N_COLUMNS, D)."""
        y = torch.arange(self.model.n_classes, device=self.device)
        drawn = self.model.decode(self._styles.repeat(len(y), 1), y.repeat_interleave(N_COLUMNS))
        return as_bytes(drawn).reshape(len(y), N_COLUMNS, -1)

    @torch.no_grad()
    def redraw(self, example: int, label: int) -> NDArray[np.uint8]:
        """The example redrawn from its own style, as this class: -> (D,)."""
        x = self.prepared[example : example + 1].float()
        y = torch.tensor([label], device=self.device)
        return as_bytes(self.model.decode(self.model.encode(x, y), y))[0]

    def _batch(self) -> Batch:
        labelled = self._draw(self.labelled, N_LABELLED)
        unlabelled = self._draw(self.unlabelled, self.n_unlabelled)
        self._drawn = unlabelled
        return Batch(
            self.prepared[labelled].float(),
            self.labels[labelled],
            self.prepared[unlabelled].float(),
            len(self.labelled) / len(self.labels),
        )

    def _draw(self, pool: Tensor, n: int) -> Tensor:
        """Some of the pool, with replacement; none of an empty one."""
        chosen = torch.randint(len(pool), (n,), generator=self._generator) if len(pool) else pool
        return pool[chosen].to(self.device)

    def _hint_loss(self, batch: Batch) -> Tensor:
        """Cross-entropy of q(y|x) to what propagation says of the batch's unlabelled examples."""
        if self.hints is None or not len(batch.x_unlabelled):
            return torch.zeros((), device=self.device)
        log_q = self.model.classify(batch.x_unlabelled)
        return -self.hint_weight * (self.hints[self._drawn] * log_q).sum(-1).mean()


def as_bytes(x: Tensor) -> NDArray[np.uint8]:
    """Pixels in [0, 1] as bytes: (..., D) -> (..., D)."""
    result: NDArray[np.uint8] = (x.clamp(0, 1) * 255).round().byte().cpu().numpy()
    return result
