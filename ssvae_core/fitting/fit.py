"""Fitting a model to examples and labels within some seconds or steps: no session, no map.

What the command line, SSVAEClassifier and the benchmarks run.

    fit = Fit(images, labels, n_classes=10)
    for progress in fit.run(budget=60):
        print(progress.message)
    fit.probabilities(other_images)

Letters in shapes: N examples, M others, S an example's own shape, D the number of its values,
F features, K classes.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ..atlas.atlas import Near
from ..atlas.graphs import CONTRASTIVE, M1_LATENTS
from ..encoders import centre_of
from ..encoders.base import Keeper
from ..models import MODELS, AbstractModel, Components, ModelInputs, components_of, made
from ..options.options import FittingOptions
from ..pretraining.m1_quick import WITHOUT_M1, config_without_m1, quick_m1
from ..pretraining.starter import Starter, is_active, latents_to_standardise_by
from ..training.budget import Pace
from ..training.chunks import run_to_end
from ..training.ensemble import Ensemble
from ..training.examples import Standard, merged
from ..training.learner import Learner
from ..training.prepared import prepared
from .answers import FitAnswers
from .contrastive_quick import learned_image_encoder
from .neighbour_graph import Graph, graphs_of
from .seen import compared

M1_SHARE = 0.5  # of the budget, where an M1 has to be trained first
CONTRASTIVE_SHARE = 0.4  # of what is left, where an image encoder has to be
DECAY_WITHIN, DECAY_FLOOR = 0.3, 0.02  # of the budget, far down: nothing comes after it


@dataclass(frozen=True)
class FitProgress:
    """Where a fit stands."""

    message: str
    seconds: float  # of training so far
    steps: int
    terms: dict[str, float] = field(default_factory=dict)


class Fit(FitAnswers):
    """A model, its data and its labels; learns when `run` is iterated, and then predicts."""

    def __init__(
        self,
        values: NDArray[Any],
        labels: NDArray[np.integer],
        *,
        n_classes: int,
        features: NDArray[Any] | None = None,
        digests: NDArray[np.uint8] | None = None,
        beside: bool = False,
        contrastive: bool = False,
        model: str = "guided",
        config: dict[str, Any] | None = None,
        with_teacher: bool | None = None,
        starter: Starter | None = None,
        device: torch.device | None = None,
        seed: int = 0,
        standard: Standard | None = None,
        centre: NDArray[np.float32] | None = None,
        store: Keeper | None = None,
        domains: NDArray[np.integer] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ):
        """values: (N, H, W, C) uint8 or float in [0, 1], or (N, D) in any units; labels: (N,).

        -1 is no label. `features`: (N, F) as an encoder gives them, which then say who is near
        whom, with the `digests` (N, 16) of what it saw, where these are known; if they are only
        `beside`, the model does not read them. `contrastive`: an image encoder is learned on these
        images first. `config`: fitting options and the model's knobs. `starter` is an M1 trained on
        these very examples, left aside where the options want another. `with_teacher` overrules the
        model's spec. Vectors are standardised, by `standard` if it is given, and features are
        centred, by `centre` (F,) if it is. `store` keeps what a pretrained autoencoder makes of
        images. `domains`: (N,) places, -1 where not known, for a model that takes them. Raises
        ValueError for a config out of range, UserError for a choice that cannot be.
        """
        self.shape, self.n_classes, self.seed = values.shape[1:], n_classes, seed
        self._clock, self._store = clock, store
        self.model_name, self.spec = model, MODELS[model]
        self.options, knobs = FittingOptions.split(config or {}, self.shape)
        self.config = self.spec.configured(**knobs)
        if starter and self.spec.m1 and not starter.is_as(self.options, self.shape):
            starter = None
        self.starter, self.with_teacher, self.contrastive = starter, with_teacher, contrastive
        self.device = device or torch.device("cpu")
        self.standard = standard or (Standard.of(values) if len(self.shape) == 1 else None)
        if centre is None and features is not None:
            centre = centre_of(features)
        self.seen, self.centre = self._seen(values, features, digests, domains), centre
        self.beside = beside and centre is not None
        self.labels, self.seconds = np.asarray(labels, np.int16), 0.0
        self.m1 = starter.to(self.device).m1 if starter else None
        self.image_encoder = starter.image_encoder if starter else None
        self.z1_mean: Tensor | None = None
        self.learner: Learner | None = None
        self.graphs: list[Graph] = []
        self.ensemble: Ensemble | None = None

    @property
    def values(self) -> Tensor:
        """Of all examples: (N, D)."""
        return self.seen.values

    @property
    def steps(self) -> int:
        """Steps that the model has taken."""
        return self.learner.steps if self.learner else 0

    def learn_m1(self, budget: float) -> Iterator[FitProgress]:
        """For so many seconds only the M1, if one is needed and missing; what `run` then finds."""
        self._start = self._clock() - self.seconds
        with self.own_randomness():
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
        with self.own_randomness():
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

    def add(
        self,
        values: NDArray[Any],
        labels: NDArray[np.integer],
        features: NDArray[Any] | None = None,
        digests: NDArray[np.uint8] | None = None,
        domains: NDArray[np.integer] | None = None,
    ) -> None:
        """Go on with these examples too: (M, *S), (M,). One that is there gets its new label.

        M1 and the standard of vectors stay as they are.
        """
        more = self._seen(values, features, digests, domains)
        new, all_labels = merged(self.values, self.labels, more.values, labels)
        if len(new):
            self.seen = self.seen.with_more(more.chosen(torch.from_numpy(new).to(self.device)))
            self.starter = None  # it knows the neighbours of those before only
        if self.learner and len(new):
            everything = self.values, self._compared(self.seen), self.seen.domains
            self.learner.prepared = run_to_end(prepared(self.learner.model, *everything))
            self.find_neighbours()
        self.take_labels(all_labels)

    def grow(self, n_classes: int) -> None:
        """Go on with more classes; the new ones come last."""
        self.n_classes = n_classes
        if self.learner:
            self.learner.grow(self._new_model())
            if self.graphs:
                self._make_ensemble(self.learner)
        self.take_labels(self.labels)

    def begin(self) -> None:
        """Make the model. Its M1, if it needs one, is there."""
        if self.m1 is not None and self.spec.m1 and self.z1_mean is None:
            self.z1_mean = run_to_end(latents_to_standardise_by(self.m1, self.values))
            if not is_active(self.z1_mean).any():  # it found nothing in which the examples differ
                self.m1 = self.z1_mean = None
                self.model_name, self.config = WITHOUT_M1, config_without_m1(self.config)
                self.spec = MODELS[WITHOUT_M1]
        its = self.seen.domains
        if self.spec.model.takes_domains and its is not None and not self.config.n_domains:
            self.config = replace(self.config, n_domains=int(its.max(initial=-1)) + 1)
        spec, model = self.spec.stepping(self.options), self._new_model()
        on = self.values, self.shape, self.seed, self.with_teacher
        features, domains = self._compared(self.seen), self.seen.domains
        self.learner = Learner(model, spec, *on, features=features, domains=domains)

    def find_neighbours(self, near: Mapping[str, Near] | None = None) -> None:
        """Make the graphs that labels propagate over, if there is a teacher.

        `near`: who is near whom, where that is known, by the graph's name.
        """
        learner = self._learned()
        if not learner.with_teacher or len(self.seen) < 2:
            return
        if near is None and self.starter and self.m1 is not None:
            name, atlas = CONTRASTIVE if self.image_encoder else M1_LATENTS, self.starter.atlas
            near = {name: (atlas.neighbours, atlas.distances)}
        on = self.seen, self.seed, self.m1, self.image_encoder, self.centre
        self.graphs = graphs_of(*on, near or {}, self.beside)
        self._make_ensemble(learner)

    def _make_ensemble(self, learner: Learner) -> None:
        features = None if self.centre is None else compared(self.seen, self.centre)
        self.ensemble = Ensemble([graph.named for graph in self.graphs], learner, features)

    def _prepare(self, pace: Pace) -> Iterator[FitProgress]:
        """Find M1 and graph as the spec needs them, propagate the labels, make the model."""
        yield from self._learn_m1(pace.part(M1_SHARE))
        yield from self._learn_contrastively(pace.part(CONTRASTIVE_SHARE))
        yield self._progress("looking for neighbours", {})
        self.begin()
        self.find_neighbours()
        self.take_labels(self.labels)

    def _learn_m1(self, pace: Pace) -> Iterator[FitProgress]:
        if self.spec.m1 and self.m1 is None:
            config = self.spec.m1_for(self.shape, self.options)
            start, on = self._now(), (self.values, self.shape, config, self.options)
            self.m1 = yield from quick_m1(*on, pace, self.seed, self._store, self._progress)
            if self.m1.is_pretrained:
                self._start += self._now() - start  # the budget is of training

    def _learn_contrastively(self, pace: Pace) -> Iterator[FitProgress]:
        if self.contrastive and self.image_encoder is None and self.options.sees_shapes(self.shape):
            on = self.seen, self.shape, pace, self.seed
            told = partial(self._progress, "an encoder learns to tell the images apart")
            self.image_encoder = yield from learned_image_encoder(*on, told)

    def _new_model(self) -> AbstractModel:
        inputs = ModelInputs.of(
            self.shape,
            self.n_classes,
            self.options,
            self.m1,
            self.z1_mean,
            self.image_encoder,
            0 if self.centre is None or self.beside else len(self.centre),
            self._components,
        )
        return made(self.spec.model, inputs, self.config)

    @cached_property
    def _components(self) -> Components | None:
        """Of the examples there are when a model is first made."""
        is_on_some = self.options.in_components(self.shape)
        return components_of(self.values) if is_on_some else None

    def _ask_model(self, seconds: float) -> None:
        if self.ensemble:
            self.ensemble.query_at = 0.0  # by the clock, a seed would not give one result
            self.ensemble.query_model(seconds)

    def _now(self) -> float:
        return self._clock() - self._start

    def _progress(self, message: str, terms: dict[str, float]) -> FitProgress:
        return FitProgress(message, self._now(), self.steps, terms)

    @contextmanager
    def own_randomness(self) -> Iterator[None]:
        """Draws that follow from the seed and the steps so far, and from nobody else's draws."""
        with torch.random.fork_rng([self.device] if self.device.type == "cuda" else []):
            torch.manual_seed(self.seed + self.steps)
            yield
