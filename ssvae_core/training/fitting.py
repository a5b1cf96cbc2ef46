"""Fitting a model to a fixed set of labels within some seconds: no session, no process, no map.

What the command line, SSVAEClassifier and the benchmarks run.

    fit = Fit(images, labels, n_classes=10)
    for progress in fit.run(budget=60):
        print(progress.message)
    fit.probabilities(other_images)

Letters in shapes: N examples, D values an example has, K classes.
"""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ..models import MODELS, AbstractModel, Setting, check, likelihood_of
from .graph import Graph, graph_of_latents, graph_of_values
from .learner import CHUNK, Learner, as_inputs, prepared
from .loop import Optimisation, mean_terms
from .starter import BATCH_SIZE, Starter, UnlabelledBatches, latent_moments, new_m1
from .voices import Voices, together

M1_SHARE = 0.5  # of the budget, where an M1 has to be trained first
SLOWING = 0.3  # the last part of the budget, in which the learning rate falls
SLOWEST = 0.02  # of the learning rate, at the end


@dataclass(frozen=True)
class Progress:
    """Where a fit stands."""

    message: str
    seconds: float  # of training so far
    steps: int
    terms: dict[str, float] = field(default_factory=dict)


class Fit:
    """A model, its data and its labels; learns when `run` is iterated, and then predicts."""

    def __init__(
        self,
        values: NDArray[Any],
        labels: NDArray[np.integer],
        *,
        n_classes: int,
        model: str = "guided",
        config: dict[str, Any] | None = None,
        coached: bool | None = None,
        starter: Starter | None = None,
        device: torch.device | None = None,
        seed: int = 0,
    ):
        """values: (N, H, W, C) uint8 or float in [0, 1], or (N, D) standardised; labels: (N,).

        -1 is no label. `starter` is an M1 trained on these very examples. `coached` overrules the
        model's recipe. Raises ValueError for a config out of range.
        """
        self.shape, self.n_classes, self.seed = values.shape[1:], n_classes, seed
        self.recipe, self.starter, self.coached = MODELS[model], starter, coached
        self.config = dataclasses.replace(self.recipe.config, **(config or {}))
        check(self.config)
        self.device = device or torch.device("cpu")
        self.values = self._tensor(values)
        self.labels = np.asarray(labels, np.int16)
        self.seconds, self.m1 = 0.0, starter.m1.to(self.device) if starter else None
        self.learner: Learner | None = None
        self.graph: Graph | None = None
        self.voices: Voices | None = None

    def _tensor(self, values: NDArray[Any]) -> Tensor:
        """(N, *S) -> (N, D), on the device."""
        values = values if values.dtype == np.uint8 else values.astype(np.float32)
        return torch.from_numpy(np.ascontiguousarray(values)).flatten(1).to(self.device)

    def run(self, budget: float) -> Iterator[Progress]:
        """Learn for so many seconds, from where it stands; a call goes on with what there is.

        Raises TrainingDiverged if a term is no longer finite.
        """
        self._start, self._end = time.monotonic() - self.seconds, self.seconds + budget
        if self.learner is None:
            yield from self._prepare(budget)
        learner = self.learner
        assert learner is not None
        slow_from = self._end - SLOWING * budget
        while self._now() < self._end and learner.optimisation.phases:
            left = (self._end - self._now()) / (self._end - slow_from)
            learner.optimisation.slow_down(min(1.0, max(left, SLOWEST)))
            learner.step()
            if self.voices and learner.steps % 100 == 0:
                self.voices.ask_model(seconds=0.0)
            if learner.steps % 50 == 0:
                yield self._progress("training", learner.steps, learner.terms())
        self.seconds = self._now()
        yield self._progress("done", learner.steps, learner.terms())

    def _now(self) -> float:
        return time.monotonic() - self._start

    def _progress(self, message: str, steps: int, terms: dict[str, float]) -> Progress:
        return Progress(message, self._now(), steps, terms)

    def _prepare(self, budget: float) -> Iterator[Progress]:
        """Find M1 and graph as the recipe needs them, propagate the labels, make the model."""
        torch.manual_seed(self.seed)
        coached = self.recipe.coached if self.coached is None else self.coached
        if self.recipe.m1 and self.m1 is None:
            yield from self._train_m1(M1_SHARE * budget)
        if coached:
            yield self._progress("looking for neighbours", 0, {})
        self.learner = Learner(
            self._new_model(self.n_classes),
            self.recipe,
            self.values,
            self.shape,
            self.seed,
            self.coached,
        )
        self.graph = self._graph() if coached else None
        self.voices = Voices(self.graph, self.learner) if self.graph else None
        self.take_labels(self.labels)

    def _graph(self) -> Graph:
        if self.m1 is not None:
            return graph_of_latents(self.m1, self.values, self.starter)
        return graph_of_values(self.values, self.seed)

    def take_labels(self, labels: NDArray[np.integer]) -> None:
        """Go on with these labels (N,), -1 for none."""
        self.labels = np.asarray(labels, np.int16)
        assert self.learner is not None
        if self.voices:
            self.voices.hear(self.labels)
        else:
            self.learner.take_labels(self.labels, None)

    def _new_model(self, n_classes: int) -> AbstractModel:
        z1_mean = None
        if self.m1 is not None and self.recipe.m1:
            every = max(len(self.values) // 10_000, 1)
            z1_mean = latent_moments(self.m1, self.values[::every])[0]
        setting = Setting(self.shape, n_classes, likelihood_of(self.shape), self.m1, z1_mean)
        return self.recipe.model(setting, self.config)

    def _train_m1(self, seconds: float) -> Iterator[Progress]:
        assert self.recipe.m1
        self.m1 = new_m1(self.shape, self.recipe.m1).to(self.device)
        batches = UnlabelledBatches(
            self.values, BATCH_SIZE, torch.Generator().manual_seed(self.seed)
        )
        optimisation, steps = Optimisation(self.m1, self.device), 0
        while self._now() < seconds:
            for batch in batches:
                optimisation.slow_down(min(1.0, max((1 - self._now() / seconds) / 0.2, 0.1)))
                terms = optimisation.step(batch)
                steps += 1
                if steps % 50 == 0:
                    means = mean_terms({name: [term] for name, term in terms.items()})
                    yield self._progress("M1 learns to redraw the examples", steps, means)
                if self._now() >= seconds:
                    return

    @property
    def speaker(self) -> str:
        """Who answers for new examples: "model", "propagation", or "together"."""
        if self.voices is None or not (self.labels >= 0).any():
            return "model"
        return "together" if self.voices.model_speaks else "propagation"

    def probabilities(self, values: NDArray[Any]) -> NDArray[np.float32]:
        """Class probabilities of any examples, as the guard allows: (M, *S) -> (M, K)."""
        if self.speaker == "model":
            return self.modelled(values)
        propagated = self.propagated(values)
        if self.speaker == "propagation":
            return propagated
        return together(propagated, self.modelled(values))

    @torch.no_grad()
    def modelled(self, values: NDArray[Any]) -> NDArray[np.float32]:
        """What the model alone says of any examples: (M, *S) -> (M, K)."""
        assert self.learner is not None
        learner, parts = self.learner, []
        for part in self._tensor(values).split(CHUNK):
            prepared_part = as_inputs(prepared(learner.model, part))
            parts.append(learner.classify(prepared_part))
        found: NDArray[np.float32] = torch.cat(parts).cpu().numpy()
        return found

    def propagated(self, values: NDArray[Any]) -> NDArray[np.float32]:
        """What propagation alone says of any examples: (M, *S) -> (M, K)."""
        assert self.graph is not None
        assert self.voices is not None
        return self.graph.share(self.voices.propagated, self._tensor(values))
