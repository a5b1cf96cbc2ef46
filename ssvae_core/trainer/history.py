"""What a core's model was before, and the ways back to it: undo, and a run that went wrong."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING

from .model_states import State, States, copied, put_back
from .regression_guard import RegressionGuard
from .resume import go_back_on_disk

if TYPE_CHECKING:
    from .core import TrainerCore


ATTEMPTS = 3  # at a model that diverges before anything of it was good


class ModelHistory:
    """The states that a core's model was in, as far as it may go back to them."""

    def __init__(self, core: TrainerCore):
        """Nothing was before."""
        self.core, self.states, self.guard = core, States(), RegressionGuard(len(core.labels))
        self.undone_from = math.inf  # checkpoints on disk with this event are not to be read again

    def state(self) -> State:
        """A copy of all that was learned; a model that took no step has learned from no label."""
        core, learner = self.core, self.core.learner
        return State(
            core.label_seq if learner.steps else 0,
            learner.model.n_classes,
            learner.attempt,
            learner.steps,
            learner.teacher is not None and learner.teacher.has_given_up,
            time.time(),
            copied(learner),
            *core.ensemble.said(),
        )

    def keep(self) -> int:
        """Keep the state before labels come, if the model has learned since; no step is lost."""
        if not self.states.knows(self.core.learner) and (state := self.state()).is_finite:
            self.states.keep(state)
        return 0

    def forget(self) -> None:
        """Another model learns now, on another M1."""
        self.states.clear()
        self.guard.forget_from()

    def go_back(self, seq: int) -> int:
        """Make the model what it was before event `seq`; how many steps are lost by it.

        From memory, from disk, or as it was made.
        """
        steps = self.core.learner.steps
        self.states.forget_from(seq)
        self.guard.forget_from(seq)
        self.undone_from = min(self.undone_from, seq)
        if self.states.newest is not None:
            self.put_back(self.states.newest)
        elif not go_back_on_disk(self.core, seq):
            self.untrain()
        return max(steps - self.core.learner.steps, 0)

    def take_back(self) -> State | None:
        """Make the model what it was when it was good. None where it is to start over instead."""
        good, attempt = self.guard.best or self.states.newest, self.core.learner.attempt + 1
        if good is None or (not good.steps and attempt <= ATTEMPTS):
            return None
        self.put_back(good)
        self.core.learner.attempt = attempt  # the same draws would end the same
        return good

    def put_back(self, state: State) -> None:
        """Make the model what it was; it is to hear the labels then. UserError if it cannot be."""
        core = self.core
        if state.n_classes != core.learner.model.n_classes:
            core.learner.become(core.new_model(state.n_classes))
        put_back(state, core.learner)
        if state.n_classes != core.n_classes:
            core.learner.grow(core.new_model(core.n_classes))
        core.ensemble.recall(state.modelled, state.asked_at_step, state.model_is_trusted)
        core.anomaly_scores.forget()

    def untrain(self, attempt: int = 0) -> None:
        """Make the model what it was at first; with another attempt it will learn otherwise."""
        core = self.core
        core.learner.become(core.new_model(core.n_classes))
        core.learner.steps, core.learner.attempt = 0, attempt
        core.learner.forget_terms()
        core.ensemble.recall(None, 0, False)
        core.anomaly_scores.forget()
