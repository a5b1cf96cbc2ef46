"""What the parts of a session's trainer share: the data, the labels, and what learns from them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ..atlas.atlas import Atlas
from ..data.dataset import Dataset
from ..encoders import FeatureStore
from ..encoders.wanted import wanted_encoder
from ..errors import UserError
from ..models import MODELS, AbstractModel
from ..options.options import FittingOptions
from ..pretraining.clusters import led_by_first
from ..pretraining.m1_quick import Plan, plan_on
from ..pretraining.progress import Watched
from ..pretraining.starter import Starter
from ..training.bounds import AnomalyScores
from ..training.chunks import Chunked, run_to_end
from ..training.device import enough_memory
from ..training.drawing_guard import DrawingGuard
from ..training.ensemble import WARM_UP, Ensemble
from ..training.examples import stored
from ..training.learner import Learner
from ..training.prepared import prepared
from ..training.seeding import seeded
from .step_schedule import StepSchedule


@dataclass(eq=False)
class TrainerState:
    """All that a session's trainer holds; `new_state` makes one."""

    # What is trained, of what, and where: the same for life.
    data: Dataset
    model_name: str
    options: FittingOptions
    knobs: dict[str, Any]  # of the model
    device: torch.device
    folder: Path  # of the checkpoints
    generation: int
    seed: int
    pixels: Tensor  # (N, D) all examples, on the device
    # What it has been told.
    n_classes: int
    labels: NDArray[np.int16]  # (N,) -1 for none
    label_seq: int = 0  # the last event that is in them
    schedule: StepSchedule = field(default_factory=StepSchedule)
    # What it has done.
    step_count: int = 0
    terms: dict[str, float] = field(default_factory=dict)  # of the bound, in nats
    map_version: int = 0
    moved: float | None = None  # how far the map's points did, as a share of its width
    # What learns, on an M1.
    starter: Starter = field(init=False)
    shared_m1: Path | None = None  # the starter's folder whose first M1 is trained here, if it is
    store: FeatureStore | None = None  # of what was ever encoded
    unsaved: list[Callable[[], None]] = field(default_factory=list)  # write what is in no file yet
    plan: Plan = field(init=False)
    learner: Learner = field(init=False)
    ensemble: Ensemble = field(init=False)
    anomaly_scores: AnomalyScores = field(init=False)

    @property
    def atlas(self) -> Atlas:
        """The map of the M1, and who is near whom."""
        return self.starter.atlas

    def begin(self, starter: Starter) -> Chunked[None]:
        """Begin a new model on this M1, its graphs and features; labels stay."""
        values, shape = (starter.to(self.device), self.pixels), self.data.shape
        features, tensor = None, None
        if starter.features is not None:
            features = starter.features.for_graph
            tensor = torch.from_numpy(features).to(self.device)
        n_features = 0 if features is None else features.shape[1]
        name, knobs, domains = self.model_name, dict(self.knobs), self.data.domains
        if MODELS[name].model.takes_domains:
            knobs.setdefault("n_domains", len(self.data.domain_names))
        plan = yield from plan_on(*values, shape, name, knobs, self.options, n_features)
        with seeded(self.device, self.seed):
            first = plan.make(self.n_classes).to(self.device)
        inputs = yield from prepared(first, self.pixels, tensor, domains)
        self.starter, self.plan = starter, plan
        model = self.new_model(self.n_classes)
        self.learner = Learner(model, plan.spec, self.pixels, shape, self.seed, inputs=inputs)
        self.ensemble = self._new_ensemble()
        self.anomaly_scores = AnomalyScores(self.learner)
        if model.finds_classes and not self.n_labels:
            self.schedule.begin()  # which otherwise waits for a label

    def in_order(self, starter: Starter) -> Watched[Starter]:
        """The starter with its graphs in the order of trust before labels, led by the first.

        Of photographs the encoder's leads, chosen or not: light and ground lie in clusters, too.
        """
        chosen = wanted_encoder(self.data) or self.data.encoder
        return led_by_first(starter, self.data.images, chosen, self.seed)

    def go_on_beside(self, starter: Starter) -> None:
        """Answer by the graphs of this starter, of the same M1; the model stays what it is."""
        self.starter, said = starter, self.ensemble.said()
        self.ensemble = self._new_ensemble()
        self.ensemble.recall(*said)

    def _new_ensemble(self) -> Ensemble:
        probed, starter = self.starter.probed, self.starter
        features = None if probed is None else probed.for_graph.astype(np.float32)
        return Ensemble(starter.graphs, self.learner, features, starter.leading)

    def new_model(self, n_classes: int) -> AbstractModel:
        """An untrained model, always the same."""
        with seeded(self.device, self.seed):
            return self.plan.make(n_classes)

    @cached_property
    def drawing_guard(self) -> DrawingGuard:
        """What tells pictures from what is none."""
        return DrawingGuard(self.pixels, self.data.shape)

    @property
    def draws_classes(self) -> bool:
        """Whether classes are drawn: the model knows some, or an M1 draws and labels name them."""
        is_named = bool(self.learner.known.any())
        of_m1 = self.starter.draws and self.learner.model.draws_by_m1
        return self.ensemble.model_knows or (is_named and of_m1) or self.draws_kinds

    @property
    def draws_kinds(self) -> bool:
        """Whether it draws kinds that it found without a label: some steps after it began."""
        has_begun = self.learner.steps >= WARM_UP and self.starter.draws
        return not self.n_labels and self.learner.model.finds_classes and has_begun

    @property
    def n_labels(self) -> int:
        """How many examples have a label."""
        return int((self.labels >= 0).sum())

    @property
    def can_learn(self) -> bool:
        """Whether there is a label, or kinds to be found without one, and steps to take."""
        is_taught = len(self.learner.labelled) > 0 or self.learner.model.finds_classes
        return is_taught and bool(self.learner.optimisation.phases)


def new_state(
    data: Dataset,
    starter: Starter,
    *,
    model: str,
    config: dict[str, Any],
    n_classes: int,
    device: torch.device,
    folder: Path,
    generation: int = 0,
    seed: int = 0,
) -> TrainerState:
    """What a trainer begins with, without a label; `config` has FittingOptions and knobs.

    Raises UserError for an impossible choice, and if the device's memory is too small.
    """
    if model not in MODELS:
        raise UserError(f"Unknown model '{model}'. Choose one of: {', '.join(MODELS)}.")
    options, knobs = FittingOptions.split(config, data.shape)
    with enough_memory(device, f"the {len(data)} images and the model"):
        state = TrainerState(
            data=data,
            model_name=model,
            options=options,
            knobs=knobs,
            device=device,
            folder=folder,
            generation=generation,
            seed=seed,
            pixels=stored(data).to(device),
            n_classes=max(n_classes, 1),
            labels=np.full(len(data), -1, np.int16),
        )
        run_to_end(state.begin(starter))
    return state
