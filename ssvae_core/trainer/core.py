"""The hot loop of a session: one model that learns while labels arrive between two of its steps.

Plain torch, without processes or sockets: a test runs it as it is, and so does the worker. Read on
for a label (`apply`), a step (`step`) and what there is to show (`snapshot`).
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator

import numpy as np
import torch
from numpy.typing import NDArray

from ..atlas.layout import Map
from ..errors import UserError
from ..pretraining.m1 import NothingFound
from ..pretraining.starter import Starter
from ..protocol.messages import Snapshot, State, Status, When
from ..protocol.queries import Answer, Query
from ..training.chunks import Chunked
from ..training.device import device_title, is_out_of_memory, no_memory_left
from ..training.optimisation import TrainingDiverged
from .checkpoints import read_newest
from .history import ModelHistory
from .m1_training import KnowsLess, M1Training
from .queries import answer
from .regression_guard import LOOK_EVERY
from .resume import is_made_alike, learned_in
from .snapshot import Snapshots
from .state import TrainerState

CHECK_EVERY = 50  # steps between two looks at the terms: finite, and what are they
log = logging.getLogger(__name__)


class TrainerCore:
    """Holds data, model and optimiser on the device; takes labels, steps, and shows."""

    def __init__(self, state: TrainerState):
        """Learn on from this state."""
        self.state, self.history = state, ModelHistory(state)
        self.message, self._about_taken_back, self._has_news = "", "", True
        self._m1_training: M1Training | None = None
        self._m1_work: Iterator[None] = iter(())
        self._seconds_left: float | None = None
        self._new_map: Map | None = state.atlas.xy
        self._snapshots = Snapshots(state)
        self.preview = self._snapshots.preview
        self._take_labels()

    # A label

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
        state = self.state
        state.n_classes = max(n_classes, state.n_classes)
        if 0 < undone_from <= state.label_seq:
            lost = self.history.go_back(undone_from)
        else:
            lost = self.history.keep()
        if state.learner.model.n_classes < state.n_classes:
            state.learner.grow(state.new_model(state.n_classes))
        state.labels[examples] = classes
        state.label_seq = to_seq
        state.schedule.take_labels(len(examples), lost)
        self._forget_message()
        if not self.is_pretraining:
            state.moved = 0.0  # labels teach the model on top of M1; the latents stay
        is_shown = to_seq == self._snapshots.previewed_seq and not (self._has_news or undone_from)
        self._take_labels()
        self._has_news = not (is_shown and state.can_learn)

    def _take_labels(self) -> None:
        """Propagate the labels, and let the model learn from them."""
        self.state.ensemble.take_labels(self.state.labels)
        self._has_news = True

    # A step

    @property
    def busy(self) -> bool:
        """Whether a step would teach anything."""
        return self.is_pretraining or (self.state.can_learn and self.state.schedule.is_going)

    def step(self) -> None:
        """One piece of work, of a second at most; usually some hundredths."""
        try:
            if self.is_pretraining:
                next(self._m1_work, None)
                return
            state, learner = self.state, self.state.learner
            learner.step()
            state.step_count += 1
            state.schedule.take_step()
            if learner.steps % CHECK_EVERY == 0:
                state.terms = learner.terms()
            if learner.steps % LOOK_EVERY == 0 and (why := self.history.look()):
                self._take_back(f"The last run got worse ({why}) and was taken back.")
        except TrainingDiverged as error:
            self._take_back(f"{error} The last run was taken back.")
        except (RuntimeError, MemoryError) as error:
            if not is_out_of_memory(error):
                raise
            self._use_less_memory(error)

    # What there is to show

    def snapshot(self) -> Snapshot | None:
        """What there is to show, or None if nothing is new."""
        ensemble, scores = self.state.ensemble, self.state.anomaly_scores
        # One after the other, in different snapshots: together they would keep messages waiting.
        is_asked = ensemble.query_model() or scores.query_model(ensemble.probabilities)
        if not (self._has_news or is_asked or self._new_map is not None):
            return None
        self._has_news, new_map, self._new_map = False, self._new_map, None
        return self._snapshots.make(new_map)

    def status(self) -> Status:
        """What it is doing; who sends it knows the rate, and whether it is to pause."""
        state, schedule = self.state, self.state.schedule
        waits_for = "" if self.busy else schedule.waits_for() if state.can_learn else "a label"
        working: State = "pretraining" if self.is_pretraining else "training"
        return Status(
            generation=state.generation,
            state="waiting" if waits_for else working,
            device=device_title(state.device),
            step=state.step_count,
            label_seq=state.label_seq,
            message=self.message,
            seconds_left=self._seconds_left,
            terms=state.terms,
            run_step=schedule.steps_taken,
            run_steps=schedule.steps if state.can_learn else 0,
            waits_for=waits_for,
        )

    def query(self, query: Query) -> Chunked[Answer]:
        """The answer to one of the queries of the protocol. UserError if there is none."""
        return answer(self.state, query)

    # What a person wants

    def set_when(self, when: When) -> None:
        """When to take steps."""
        self.state.schedule.when = when

    def command(self, name: str) -> None:
        """`now`: take the steps that are owed; `pretrain`: an M1 from scratch; `cancel`: stop."""
        if name == "pretrain" and not self.is_pretraining:
            self._m1_training = M1Training(self.state)
            self._m1_work = self._train_m1(self._m1_training)
            if self._m1_training.first_map is not None:
                self._show_map(self._m1_training.first_map)
            self.message = "M1 learns to redraw the images"
        elif name == "cancel" and self.is_pretraining:
            self._give_up_m1("Cancelled.")
        elif name == "cancel":
            self.state.schedule.end()
        elif name == "now":
            self.state.schedule.begin()
            self._forget_message()

    # An M1 from scratch

    @property
    def is_pretraining(self) -> bool:
        """Whether an M1 is being trained from scratch."""
        return self._m1_training is not None

    def _train_m1(self, training: M1Training) -> Iterator[None]:
        """Train an M1, show its map, and go on with it if it is better."""
        try:
            for event in training:
                if isinstance(event, Starter):
                    yield from self._adopt(event)
                    return
                self.message, self._seconds_left = event.message, event.seconds_left
                if event.xy is not None:
                    self._show_map(event.xy, event.moved)
                yield
        except KnowsLess as error:
            self._end_m1(str(error), training.map_before)
        except (TrainingDiverged, NothingFound) as error:
            self._give_up_m1(str(error))

    def _adopt(self, starter: Starter) -> Chunked[None]:
        """Learn all anew on an M1 that was trained here."""
        yield from self.state.begin(starter)
        self.history.forget()
        self._take_labels()
        self.state.starter_is_new = True
        self.state.schedule.begin()
        self._end_m1()
        try:
            self.save()
        except UserError as error:
            self.message = str(error)

    def _give_up_m1(self, why: str) -> None:
        """Leave it, and bring back what was there before."""
        assert self._m1_training is not None
        why += " The M1 and the map from before are back."
        self._end_m1(why, self._m1_training.map_before)

    def _end_m1(self, message: str = "", map_before: Map | None = None) -> None:
        """No M1 is trained any longer; why, if that is to be said, and the map that is back."""
        assert self._m1_training is not None
        self._m1_training.forget()
        self._m1_training, self._m1_work = None, iter(())  # which would keep the M1 in memory
        self._seconds_left, self.message = None, message
        if map_before is not None:
            self._show_map(map_before)

    def _show_map(self, xy: Map, moved: float | None = None) -> None:
        self._new_map, self.state.moved = xy, moved
        self.state.map_version += 1

    # When things go wrong

    def _take_back(self, why: str) -> None:
        """Go back to the last good state, and learn no more before the next label."""
        good = self.history.take_back()
        if good is None:
            why += " The model started over; the labels are kept."
            self._start_over(why, self.state.learner.attempt + 1)
            return
        self._take_labels()
        self.state.schedule.end()
        at = time.strftime("%H:%M:%S", time.localtime(good.made_at))
        self.message = self._about_taken_back = f"{why} You still see the model of {at}."
        log.warning(self.message)

    def _forget_message(self) -> None:
        """A run that was taken back is of no interest any longer."""
        if self.message == self._about_taken_back:
            self.message = ""

    def _start_over(self, message: str, attempt: int = 0) -> None:
        """Begin a new model on the M1 there is, and say why; labels stay."""
        log.warning("%s", message)
        self._m1_training, self._m1_work = None, iter(())
        self.history.untrain(attempt)
        self._take_labels()
        self.state.schedule.begin()
        self.message = message

    def _use_less_memory(self, error: BaseException) -> None:
        """Go on in smaller batches; give up where they would be smaller than half the labelled."""
        device, learner = self.state.device, self.state.learner
        title = device_title(device)
        torch.cuda.empty_cache()  # does nothing elsewhere
        if self.is_pretraining:
            self._give_up_m1(f"{title} has not enough memory for a new M1.")
            return
        smaller = learner.n_unlabelled // 2
        if smaller < learner.spec.n_labelled // 2:
            raise no_memory_left(device) from error
        learner.n_unlabelled = smaller
        self.message = f"{title} has no memory left. Training goes on in batches of {smaller}."

    # From one life to the next

    def save(self) -> None:
        """Write a checkpoint, whole or not at all. Raises UserError if the disk is full."""
        if self._m1_training is not None:
            self._m1_training.save()
        self.history.save()

    def resume(self) -> None:
        """Go on from the newest checkpoint; without one, or after other choices, stay as made."""
        checkpoint = read_newest(self.state.folder)
        if checkpoint is None or not is_made_alike(checkpoint, self.state):
            return
        arrays, manifest = checkpoint
        try:
            self.history.put_back(learned_in(checkpoint, self.state))
            self.state.schedule.restore(manifest["run"])
            counts = manifest["label_seq"], manifest["step"]
        except (UserError, ValueError, TypeError, AttributeError) as error:
            self._start_over(str(error))  # of the weights, or of when to train
        except KeyError as error:
            self._start_over(f"The checkpoint lacks {error}. The model starts anew.")
        else:
            self.state.labels = arrays["labels"].copy()
            self.state.label_seq, self.state.step_count = counts
            self._take_labels()
