"""Fitting a model to examples and labels within some seconds or steps: no session, no map.

What the command line, SSVAEClassifier and the benchmarks run.

    fit = Fit(images, labels, n_classes=10)
    for progress in fit.run(budget=60):
        print(progress.message)
    fit.probabilities(other_images)

Letters in shapes: N examples, M others, S an example's own shape, D the number of its values,
K classes, Z latent dimensions.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ..atlas.atlas import Near
from ..models import MODELS, AbstractModel, ModelInputs
from ..options.options import FittingOptions
from ..predictions import MODEL, PROPAGATION
from ..pretraining.m1_quick import WITHOUT_M1, config_without_m1, learn_features
from ..pretraining.starter import Starter, is_active, latents_to_standardise_by, new_m1
from ..training.budget import Pace
from ..training.chunks import at_once, in_chunks, run_to_end
from ..training.ensemble import Ensemble, combined
from ..training.examples import Standard, as_given, as_stored, merged
from ..training.learner import Learner, prepared
from ..training.tensors import as_inputs
from .neighbour_graph import Graph, graph_of

M1_SHARE = 0.5  # of the budget, where an M1 has to be trained first
DECAY_WITHIN, DECAY_FLOOR = 0.3, 0.02  # of the budget, far down: nothing comes after it


@dataclass(frozen=True)
class FitProgress:
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
        with_teacher: bool | None = None,
        starter: Starter | None = None,
        device: torch.device | None = None,
        seed: int = 0,
        standard: Standard | None = None,
        clock: Callable[[], float] = time.monotonic,
    ):
        """values: (N, H, W, C) uint8 or float in [0, 1], or (N, D) in any units; labels: (N,).

        -1 is no label. `config`: fitting options and the model's knobs. `starter` is an M1 trained
        on these very examples, left aside where the options want another. `with_teacher`
        overrules the model's spec. Vectors are standardised, by `standard` if it is given. Raises
        ValueError for a config out of range, UserError for a choice that cannot be.
        """
        self.shape, self.n_classes, self.seed = values.shape[1:], n_classes, seed
        self._clock = clock
        self.model_name, self.spec = model, MODELS[model]
        self.options, knobs = FittingOptions.split(config or {}, self.shape)
        self.config = self.spec.configured(**knobs)
        if starter and self.spec.m1 and not starter.is_as(self.options, self.shape):
            starter = None
        self.starter, self.with_teacher = starter, with_teacher
        self.device = device or torch.device("cpu")
        self.standard = standard or (Standard.of(values) if len(self.shape) == 1 else None)
        self.values = self._tensor(values)
        self.labels, self.seconds = np.asarray(labels, np.int16), 0.0
        self.m1 = starter.to(self.device).m1 if starter else None
        self.image_encoder = starter.image_encoder if starter else None
        self.z1_mean: Tensor | None = None
        self.learner: Learner | None = None
        self.graph: Graph | None = None
        self.ensemble: Ensemble | None = None

    @property
    def steps(self) -> int:
        """Steps that the model has taken."""
        return self.learner.steps if self.learner else 0

    def learn_m1(self, budget: float) -> Iterator[FitProgress]:
        """For so many seconds only the M1, if one is needed and missing; what `run` then finds."""
        self._start = self._clock() - self.seconds
        with self._own_randomness():
            yield from self._learn_m1(Pace(self._now, budget, None))
        self.seconds = self._now()

    def run(
        self, budget: float | None = None, max_steps: int | None = None
    ) -> Iterator[FitProgress]:
        """Learn for so many seconds or steps, whichever are over first; goes on with what there is.

        An M1, where one has to be trained, takes as many steps. Where steps are what ends the run,
        the same seed gives the same result. Raises TrainingDiverged if a term is no longer finite.
        """
        self._start = self._clock() - self.seconds
        pace = Pace(self._now, budget, max_steps)
        with self._own_randomness():
            if self.learner is None:
                yield from self._prepare(pace)
            learner, before = self._learned(), self.steps
            while learner.optimisation.phases and (left := pace.left(learner.steps - before)) > 0:
                learner.optimisation.decay(left, within=DECAY_WITHIN, floor=DECAY_FLOOR)
                learner.step()
                if learner.steps % 100 == 0:
                    self._ask_model(0.0)
                if learner.steps % 50 == 0:
                    yield self._progress("training", learner.terms())
            self._ask_model(0.0)
            self.seconds = self._now()
            yield self._progress("done", learner.terms())

    def take_labels(self, labels: NDArray[np.integer]) -> None:
        """Go on with these labels (N,), -1 for none."""
        self.labels = np.asarray(labels, np.int16)
        if self.ensemble:
            self.ensemble.take_labels(self.labels)
        elif self.learner:
            self.learner.take_labels(self.labels, None)

    def add(self, values: NDArray[Any], labels: NDArray[np.integer]) -> None:
        """Go on with these examples too: (M, *S), (M,). One that is there gets its new label.

        M1 and the standard of vectors stay as they are.
        """
        n_before = len(self.values)
        self.values, all_labels = merged(self.values, self.labels, self._tensor(values), labels)
        if self.learner and len(self.values) > n_before:
            self.starter = None  # it knows the neighbours of those before only
            self.learner.prepared = run_to_end(prepared(self.learner.model, self.values))
            self.find_neighbours()
        self.take_labels(all_labels)

    def grow(self, n_classes: int) -> None:
        """Go on with more classes; the new ones come last."""
        self.n_classes = n_classes
        if self.learner:
            self.learner.grow(self._new_model())
            if self.graph:
                self.ensemble = Ensemble([self.graph.named], self.learner)
        self.take_labels(self.labels)

    def begin(self) -> None:
        """Make the model. Its M1, if it needs one, is there."""
        if self.m1 is not None and self.spec.m1 and self.z1_mean is None:
            self.z1_mean = run_to_end(latents_to_standardise_by(self.m1, self.values))
            if not is_active(self.z1_mean).any():  # it found nothing in which the examples differ
                self.m1 = self.z1_mean = None
                self.model_name, self.config = WITHOUT_M1, config_without_m1(self.config)
                self.spec = MODELS[WITHOUT_M1]
        spec, model = self.spec.stepping(self.options), self._new_model()
        self.learner = Learner(model, spec, self.values, self.shape, self.seed, self.with_teacher)

    def find_neighbours(self, near: Near | None = None) -> None:
        """Make the graph that labels propagate over, if there is a teacher; `near` where known."""
        learner = self._learned()
        if not learner.with_teacher or len(self.values) < 2:
            return
        if self.starter and self.m1 is not None:
            near = self.starter.atlas.neighbours, self.starter.atlas.distances
        self.graph = graph_of(self.values, self.seed, self.m1, self.image_encoder, near)
        self.ensemble = Ensemble([self.graph.named], learner)

    def _prepare(self, pace: Pace) -> Iterator[FitProgress]:
        """Find M1 and graph as the spec needs them, propagate the labels, make the model."""
        yield from self._learn_m1(pace.part(M1_SHARE))
        yield self._progress("looking for neighbours", {})
        self.begin()
        self.find_neighbours()
        self.take_labels(self.labels)

    def _learn_m1(self, pace: Pace) -> Iterator[FitProgress]:
        if self.spec.m1 and self.m1 is None:
            self.m1 = new_m1(self.shape, self.spec.m1, self.options).to(self.device)
            for terms in learn_features(self.m1, self.values, pace, self.seed):
                yield self._progress("M1 learns to redraw the examples", terms)

    def _new_model(self) -> AbstractModel:
        made_for = self.shape, self.n_classes, self.options
        inputs = ModelInputs.of(*made_for, self.m1, self.z1_mean, self.image_encoder)
        return self.spec.model(inputs, self.config)

    def _ask_model(self, seconds: float) -> None:
        if self.ensemble:
            self.ensemble.query_at = 0.0  # by the clock, a seed would not give one result
            self.ensemble.query_model(seconds)

    def _tensor(self, values: NDArray[Any]) -> Tensor:
        """(M, *S) -> (M, D), on the device."""
        return as_stored(values, self.standard).to(self.device)

    def _learned(self) -> Learner:
        if self.learner is None:
            raise ValueError("This fit has not run yet: there is no model to ask.")
        return self.learner

    def _now(self) -> float:
        return self._clock() - self._start

    def _progress(self, message: str, terms: dict[str, float]) -> FitProgress:
        return FitProgress(message, self._now(), self.steps, terms)

    @contextmanager
    def _own_randomness(self) -> Iterator[None]:
        """Draws that follow from the seed and the steps so far, and from nobody else's draws."""
        with torch.random.fork_rng([self.device] if self.device.type == "cuda" else []):
            torch.manual_seed(self.seed + self.steps)
            yield

    @property
    def predicted_by(self) -> str:
        """Who answers for new examples: a name in predictions.py."""
        has_labels = bool((self.labels >= 0).any())
        return self.ensemble.predicted_by if self.ensemble and has_labels else MODEL

    def probabilities(self, values: NDArray[Any]) -> NDArray[np.float32]:
        """Class probabilities of any examples, as the guard allows: (M, *S) -> (M, K)."""
        if self.predicted_by == MODEL:
            return self.modelled(values)
        said = self.propagated(values)
        return said if self.predicted_by == PROPAGATION else combined(said, self.modelled(values))

    def modelled(self, values: NDArray[Any]) -> NDArray[np.float32]:
        """What the model alone says of any examples: (M, *S) -> (M, K)."""
        learner = self._learned()
        return self._ask(values, lambda x, y: learner.classify(x))

    def propagated(self, values: NDArray[Any]) -> NDArray[np.float32]:
        """What propagation alone says of any examples: (M, *S) -> (M, K)."""
        assert self.graph is not None
        assert self.ensemble is not None
        return self.graph.share(self.ensemble.propagated, self._tensor(values))

    def encode(
        self, values: NDArray[Any], probabilities: NDArray[Any] | None = None
    ) -> NDArray[np.float32]:
        """The style of any examples, in the likeliest class of each: (M, *S) -> (M, Z).

        By their class probabilities (M, K), if these are known.
        """
        model = self._learned().ema_model.eval()
        found = self.probabilities(values) if probabilities is None else probabilities
        return self._ask(values, model.encode, found)

    def reconstruct(self, values: NDArray[Any]) -> NDArray[Any]:
        """Any examples redrawn from their likeliest class and their style: (M, *S) -> (M, *S)."""
        model = self._learned().ema_model.eval()
        found = self.probabilities(values)
        drawn = self._ask(values, lambda x, y: model.decode(model.encode(x, y), y), found)
        return as_given(drawn, self.shape, self.standard)

    @torch.no_grad()
    def sample(self, y: NDArray[np.integer], seed: int = 0) -> NDArray[Any]:
        """New examples of these classes, their styles drawn by the seed: (M,) -> (M, *S)."""
        model = self._learned().ema_model.eval()
        classes = torch.tensor(y, dtype=torch.long, device=self.device)
        with self._own_randomness():
            torch.manual_seed(seed)
            drawn = model.sample(classes)
        return as_given(drawn.cpu().numpy(), self.shape, self.standard)

    @torch.no_grad()
    def _ask(
        self,
        values: NDArray[Any],
        question: Callable[[Tensor, Tensor], Tensor],
        probabilities: NDArray[Any] | None = None,
    ) -> NDArray[np.float32]:
        """The answer to a query about each example, and its likeliest class if it is given."""
        model, x = self._learned().model, self._tensor(values)
        y = torch.zeros(len(x), dtype=torch.long, device=self.device)
        if probabilities is not None:
            y = torch.from_numpy(probabilities.argmax(1)).to(self.device)
        parts = zip(in_chunks(x), y.split(at_once(x.shape[1])), strict=True)
        found = [question(as_inputs(run_to_end(prepared(model, part))), its) for part, its in parts]
        return np.asarray(torch.cat(found).float().cpu().numpy(), np.float32)
