"""The hot loop of a session: one model that learns while labels arrive between two of its steps.

Plain torch, without processes or sockets: a test runs it as it is, and so does the worker. Two
voices answer a label. Propagation from neighbour to neighbour answers at once; the model learns on,
with propagation's answers as a start, and speaks with it when it has learned enough (voices.py).
"""

from __future__ import annotations

import logging
import time
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from ..atlas.layout import Map
from ..data.dataset import Dataset
from ..errors import UserError
from ..models import MODELS, AbstractModel
from ..options.options import FittingOptions
from ..pretraining.m1_quick import plan_on
from ..pretraining.starter import Starter
from ..training.bounds import AnomalyScores
from ..training.chunks import Chunked, run_to_end
from ..training.device import device_title, enough_memory, is_out_of_memory, no_memory_left
from ..training.ensemble import Ensemble
from ..training.examples import stored
from ..training.learner import Learner, prepared
from ..training.optimisation import TrainingDiverged
from ..training.seeding import seeded
from .history import ModelHistory
from .m1_training import M1Training
from .questions import QueryOptions, Reply, ask
from .regression_guard import LOOK_EVERY
from .resume import save_checkpoint
from .snapshot import View, view_of
from .step_schedule import Run, When

CHECK_EVERY = 50  # steps between two looks at the terms: finite, and what are they
log = logging.getLogger(__name__)


class TrainerCore:
    """Holds data, model and optimiser on the device; takes labels, steps, and shows."""

    def __init__(
        self,
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
    ):
        """`config` has Choices and knobs; checkpoints go to `folder`.

        Raises UserError for an impossible choice, and if the device's memory is too small.
        """
        if model not in MODELS:
            raise UserError(f"Unknown model '{model}'. Choose one of: {', '.join(MODELS)}.")
        self.data, self.model_name, self.message, self._taken_back = data, model, "", ""
        self.options, self.config = FittingOptions.split(config, data.shape)
        self.n_classes, self.device, self.seed = max(n_classes, 1), device, seed
        self.folder, self.generation = folder, generation
        self.labels = np.full(len(data), -1, np.int16)
        self.label_seq, self.map_version = 0, 0
        self.moved: float | None = None
        self.seconds_left: float | None = None
        self.terms: dict[str, float] = {}
        self.step_count = 0
        self.run, self.history = Run(), ModelHistory(self)
        self._pretraining: M1Training | None = None
        self._new_map: Map | None = starter.atlas.xy
        self._new_labels = True  # something to show at once
        self.starter_is_new = False
        self.starter_homes: list[Path] = []  # where a new M1 is kept besides the session's folder
        with enough_memory(device, f"the {len(data)} images and the model"):
            self.pixels = stored(data).to(device)
            run_to_end(self._begin(starter))

    def _begin(self, starter: Starter) -> Chunked[None]:
        """Begin a new model on this M1 and its atlas, when it has seen all images; labels stay."""
        on, shape = (starter.to(self.device), self.pixels), self.data.shape
        plan = yield from plan_on(*on, shape, self.model_name, self.config, self.options)
        with seeded(self.device, self.seed):
            first = plan.make(self.n_classes).to(self.device)
        inputs = yield from prepared(first, self.pixels)
        self.starter, self.atlas, self.plan, self.spec = starter, starter.atlas, plan, plan.spec
        model = self.new_model(self.n_classes)
        self.learner = Learner(model, self.spec, self.pixels, shape, self.seed, inputs=inputs)
        self.ensemble, self.anomaly_scores = (
            Ensemble(self.atlas, self.learner),
            AnomalyScores(self.learner),
        )
        self.history.forget()
        self._hear()

    def use(self, starter: Starter) -> Chunked[None]:
        """Learn all anew on an M1 that was trained here."""
        yield from self._begin(starter)
        self.starter_is_new = True
        self.run.begin()

    def new_model(self, n_classes: int) -> AbstractModel:
        """An untrained model, always the same."""
        with seeded(self.device, self.seed):
            return self.plan.make(n_classes)

    # What the worker asks for

    @property
    def device_name(self) -> str:
        """The device in words."""
        return device_title(self.device)

    @property
    def is_pretraining(self) -> bool:
        """Whether an M1 is being trained from scratch."""
        return self._pretraining is not None

    @property
    def busy(self) -> bool:
        """Whether a step would teach anything."""
        return self.is_pretraining or (self._can_learn and self.run.is_going)

    @property
    def run_step(self) -> int:
        """Steps taken of the present run."""
        return self.run.steps_taken

    @property
    def run_steps(self) -> int:
        """Steps that the present run takes; 0 where there is none."""
        return self.run.steps if self._can_learn else 0

    @property
    def waits_for(self) -> str:
        """What begins the next run, in words; empty while something is learned."""
        if self.busy:
            return ""
        return self.run.waits_for() if self._can_learn else "a label"

    @property
    def _can_learn(self) -> bool:
        return len(self.learner.labelled) > 0 and bool(self.learner.optimisation.phases)

    def apply(
        self,
        to_seq: int,
        examples: NDArray[np.integer],
        classes: NDArray[np.integer],
        n_classes: int = 0,
        undone_from: int = 0,
    ) -> None:
        """Take in labels up to event to_seq; class -1 takes one back.

        With more classes than before, the model grows. With `undone_from`, it becomes again what
        it was before that event, and learns the labels as they are now as long as it had.
        """
        self.n_classes = max(n_classes, self.n_classes)
        if 0 < undone_from <= self.label_seq:
            lost = self.history.go_back(undone_from)
        else:
            lost = self.history.keep()
        if self.learner.model.n_classes < self.n_classes:
            self.learner.grow(self.new_model(self.n_classes))
        self.labels[examples] = classes
        self.label_seq = to_seq
        self.run.hear(len(examples), lost)
        self._forget_message()
        if not self.is_pretraining:
            self.moved = 0.0  # labels teach the model on top of M1; the latents stay
        self._hear()

    def _hear(self) -> None:
        self.ensemble.hear(self.labels)
        self._new_labels = True

    def step(self) -> None:
        """One piece of work, of a second at most; usually some hundredths."""
        try:
            if self._pretraining is not None:
                self._pretraining.step()
                return
            self.learner.step()
            self.step_count += 1
            self.run.take_step()
            if self.learner.steps % CHECK_EVERY == 0:
                self.terms = self.learner.terms()
            if self.learner.steps % LOOK_EVERY == 0 and (why := self.history.guard.look(self)):
                self._take_back(f"The last run got worse ({why}) and was taken back.")
        except TrainingDiverged as error:
            self._take_back(f"{error} The last run was taken back.")
        except (RuntimeError, MemoryError) as error:
            if not is_out_of_memory(error):
                raise
            self._use_less_memory(error)

    def snapshot(self) -> View | None:
        """What there is to show, or None if nothing is new."""
        # One after the other, in different snapshots: together they would keep messages waiting.
        is_asked = self.ensemble.ask_model() or self.anomaly_scores.ask_model(
            self.ensemble.probabilities
        )
        if not (self._new_labels or is_asked or self._new_map is not None):
            return None
        self._new_labels = False
        new_map, self._new_map = self._new_map, None
        return view_of(self, new_map)

    def ask(
        self, what: str, examples: NDArray[np.integer], options: QueryOptions
    ) -> Chunked[Reply]:
        """The answer to one of questions.QUESTIONS. UserError if there is none."""
        return ask(self, what, examples, options)

    def set_when(self, mode: str, labels: int, seconds: float) -> None:
        """When to take steps, see run.When. UserError for what cannot be."""
        self.run.when = When(mode, labels, seconds)

    def command(self, name: str) -> None:
        """`now`: take the steps that are owed; `pretrain`: an M1 from scratch; `cancel`: stop."""
        if name == "pretrain" and self._pretraining is None:
            self._pretraining = M1Training(self)
        elif name == "cancel" and self._pretraining is not None:
            self._pretraining.give_up("Cancelled.")
        elif name == "cancel":
            self.run.end()
        elif name == "now":
            self.run.begin()
            self._forget_message()

    def show_map(self, xy: Map, moved: float | None = None) -> None:
        """Show this map from now on."""
        self._new_map, self.moved = xy, moved
        self.map_version += 1

    def end_pretraining(self, message: str) -> None:
        """No M1 is trained any longer; why, if that is to be said."""
        self._pretraining, self.seconds_left, self.message = None, None, message

    # When things go wrong

    def _take_back(self, why: str) -> None:
        """Go back to the last good state, and learn no more before the next label."""
        good = self.history.take_back()
        if good is None:
            why += " The model started over; the labels are kept."
            self.start_over(why, self.learner.attempt + 1)
            return
        self._hear()
        self.run.end()
        at = time.strftime("%H:%M:%S", time.localtime(good.made_at))
        self.message = self._taken_back = f"{why} You still see the model of {at}."
        log.warning("%s", self.message)

    def _forget_message(self) -> None:
        """A run that was taken back is of no interest any longer."""
        if self.message == self._taken_back:
            self.message = ""

    def start_over(self, message: str, attempt: int = 0) -> None:
        """Begin a new model on the M1 there is, and say why; labels stay."""
        log.warning("%s", message)
        self._pretraining = None
        self.history.untrain(attempt)
        self._hear()
        self.run.begin()
        self.message = message

    def _use_less_memory(self, error: BaseException) -> None:
        """Go on in smaller batches; give up where they would be smaller than half the labelled."""
        if self.device.type == "cuda":
            torch.cuda.empty_cache()
        if self._pretraining is not None:
            self._pretraining.give_up(f"{self.device_name} has not enough memory for a new M1.")
            return
        smaller = self.learner.n_unlabelled // 2
        if smaller < self.spec.n_labelled // 2:
            raise no_memory_left(self.device) from error
        self.learner.n_unlabelled = smaller
        self.message = (
            f"{self.device_name} has no memory left. Training goes on in batches of {smaller}."
        )

    # Checkpoints

    def save(self) -> None:
        """Write a checkpoint. Raises UserError if the disk is full."""
        if self._pretraining is not None:
            self._pretraining.save()
        save_checkpoint(self)

    def restore(
        self, labels: NDArray[np.int16], label_seq: int, step: int, run: dict[str, Any]
    ) -> None:
        """Take up labels (N,), counts and the run from a checkpoint; the model is put back."""
        self.labels, self.label_seq, self.step_count = labels, label_seq, step
        self.run.restore(run)
        self._hear()
