"""The hot loop of a session: one model that learns while labels arrive between two of its steps.

Plain torch, without processes or sockets: a test runs it as it is, and so does the worker. Read on
for a label (`apply`), a step (`step`) and what there is to show (`snapshot`).
"""

from __future__ import annotations

import logging
import time
from functools import partial

import numpy as np
import torch
from numpy.typing import NDArray

from ..atlas.layout import Map
from ..errors import UserError
from ..pretraining.starter import Starter
from ..protocol.messages import Snapshot, State, Status, When
from ..protocol.queries import Answer, Query
from ..training.chunks import Chunked
from ..training.device import device_title, is_out_of_memory, no_memory_left
from ..training.optimisation import TrainingDiverged
from .checkpoints import read_newest
from .history import ModelHistory
from .leading_map import LeadingMap
from .m1_jobs import m1_jobs
from .pretraining_jobs import JobMaker, PretrainingJob, PretrainingJobs
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
        self._message, self._about_taken_back, self._has_news = "", "", True
        self.pretraining = PretrainingJobs(self._adopt, self._show_map)
        self._followed = ""  # the graph to which the map was last to go, as long as it leads
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
        self._follow_leading()

    def _follow_leading(self) -> None:
        """Bring the map to the graph that leads by the labels, unless that was cancelled."""
        leading = self.state.ensemble.mixture.leading
        if leading == self.state.starter.leading:
            self._followed = ""
        elif leading != self._followed:
            self._followed = leading
            self.pretrain(partial(LeadingMap, self.state))

    # A step

    @property
    def busy(self) -> bool:
        """Whether a step would teach anything."""
        return self.is_pretraining or (self.state.can_learn and self.state.schedule.is_going)

    def step(self) -> None:
        """One piece of work, of a second at most; usually some hundredths."""
        try:
            if self.is_pretraining:
                self.pretraining.step()
                return
            if (job := self.pretraining.job) is not None and job.takes_turns:
                self.pretraining.step()  # in turns: with labels that go on coming it never ended
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
        is_drawn = self._snapshots.owes_drawings
        if not (self._has_news or is_asked or is_drawn or self._new_map is not None):
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
            seconds_left=self.pretraining.seconds_left if self.is_pretraining else None,
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
        if name == "pretrain" and self.pretraining.job is None:
            self.pretrain(*m1_jobs(self.state))
        elif name == "cancel" and self.is_pretraining:
            self.pretraining.cancel()
        elif name == "cancel":
            self.state.schedule.end()
        elif name == "now":
            self.state.schedule.begin()
            self._forget_message()

    # What is learned of the images before there are labels

    def pretrain(self, *jobs: JobMaker) -> None:
        """Do these one after the other; each is made when its turn comes."""
        self.pretraining.begin(*jobs)

    @property
    def is_pretraining(self) -> bool:
        """Whether the next step is one of pretraining: of a job that does not give way now."""
        job, state = self.pretraining.job, self.state
        return job is not None and not (
            job.gives_way and state.can_learn and state.schedule.is_going
        )

    @property
    def message(self) -> str:
        """What the person should know."""
        if self.is_pretraining:
            return self.pretraining.message
        gives_way = self.pretraining.job is not None
        return self._message or ("" if gives_way else self.pretraining.message)

    def _adopt(self, job: PretrainingJob, starter: Starter) -> Chunked[None]:
        """Go on with what came of a job: learn all anew, unless it leaves the model as it is."""
        if starter.teaches_as(self.state.starter):  # just another map
            self.state.starter, self._has_news = starter, True
        elif job.takes_turns:
            self.state.go_on_beside(starter)
            self._take_labels()
        else:
            yield from self.state.begin(starter)
            self.history.forget()
            self.state.schedule.begin()
            self._take_labels()
        self.state.unsaved.append(partial(job.keep, starter))
        try:
            self.save()
        except UserError as error:
            self._message = str(error)

    def _show_map(self, xy: Map, moved: float | None) -> None:
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
        self._message = self._about_taken_back = f"{why} You still see the model of {at}."
        log.warning(self.message)

    def _forget_message(self) -> None:
        """A run that was taken back is of no interest any longer."""
        if self._message == self._about_taken_back:
            self._message = ""

    def _start_over(self, message: str, attempt: int = 0) -> None:
        """Begin a new model on the M1 there is, and say why; labels stay."""
        log.warning("%s", message)
        self.history.untrain(attempt)
        self._take_labels()
        self.state.schedule.begin()
        self._message = message

    def _use_less_memory(self, error: BaseException) -> None:
        """Go on in smaller batches; give up where they would be smaller than half the labelled."""
        device, learner = self.state.device, self.state.learner
        title = device_title(device)
        torch.cuda.empty_cache()  # does nothing elsewhere
        if self.is_pretraining:
            self.pretraining.give_up(f"{title} has not enough memory for that.")
            return
        smaller = learner.n_unlabelled // 2
        if smaller < learner.spec.n_labelled // 2:
            raise no_memory_left(device) from error
        learner.n_unlabelled = smaller
        self._message = f"{title} has no memory left. Training goes on in batches of {smaller}."

    # From one life to the next

    def save(self) -> None:
        """Write a checkpoint, whole or not at all. Raises UserError if the disk is full."""
        self.pretraining.save()
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
