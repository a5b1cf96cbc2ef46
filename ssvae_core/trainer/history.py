"""What a trainer's model was before, and the ways back to it: undo, and a run that went wrong."""

from __future__ import annotations

import math
import time

from ..errors import UserError
from .model_states import ModelState, ModelStates, copied, put_back
from .regression_guard import RegressionGuard
from .resume import learned_before, save_checkpoint
from .state import TrainerState

ATTEMPTS = 3  # at a model that diverges before anything of it was good


class ModelHistory:
    """The states that a trainer's model was in, as far as it may go back to them."""

    def __init__(self, state: TrainerState):
        """Nothing was before."""
        self.state, self.states = state, ModelStates()
        self.guard = RegressionGuard(len(state.labels))
        self._undone_from = math.inf  # checkpoints with this event are not to be read again

    def copy(self) -> ModelState:
        """A copy of all that was learned; a model that took no step has learned from no label."""
        learner = self.state.learner
        return ModelState(
            self.state.label_seq if learner.steps else 0,
            learner.model.n_classes,
            learner.attempt,
            learner.steps,
            learner.teacher is not None and learner.teacher.has_given_up,
            time.time(),
            copied(learner),
            *self.state.ensemble.said(),
        )

    def keep(self) -> int:
        """Keep the state before labels come, if the model has learned since; no step is lost."""
        if not self.states.knows(self.state.learner) and (state := self.copy()).is_finite:
            self.states.keep(state)
        return 0

    def look(self) -> str:
        """How the model has become worse than it was, in words, or "" if it has not."""
        return self.guard.look(self.state.ensemble, self.copy)

    def forget(self) -> None:
        """Another model learns now, on another M1."""
        self.states.clear()
        self.guard.forget_from()

    def go_back(self, seq: int) -> int:
        """Make the model what it was before event `seq`; how many steps are lost by it.

        From memory, from disk, or as it was made.
        """
        steps = self.state.learner.steps
        self.states.forget_from(seq)
        self.guard.forget_from(seq)
        self._undone_from = min(self._undone_from, seq)
        if self.states.newest is not None:
            self.put_back(self.states.newest)
        elif not any(map(self._fits, learned_before(self.state, self._undone_from))):
            self.untrain()
        return max(steps - self.state.learner.steps, 0)

    def _fits(self, before: ModelState) -> bool:
        """Make the model what it was, if it can be."""
        try:
            self.put_back(before)
        except UserError:
            return False
        return True

    def take_back(self) -> ModelState | None:
        """Make the model what it was when it was good. None where it is to start over instead."""
        good, attempt = self.guard.best or self.states.newest, self.state.learner.attempt + 1
        if good is None or (not good.steps and attempt <= ATTEMPTS):
            return None
        self.put_back(good)
        self.state.learner.attempt = attempt  # the same draws would end the same
        return good

    def put_back(self, before: ModelState) -> None:
        """Make the model what it was; it is to be given the labels then.

        Raises UserError if it cannot be.
        """
        state = self.state
        if before.n_classes != state.learner.model.n_classes:
            state.learner.become(state.new_model(before.n_classes))
        put_back(before, state.learner)
        if before.n_classes != state.n_classes:
            state.learner.grow(state.new_model(state.n_classes))
        state.ensemble.recall(before.modelled, before.asked_at_step, before.model_is_trusted)
        state.anomaly_scores.forget()

    def untrain(self, attempt: int = 0) -> None:
        """Make the model what it was at first; with another attempt it will learn otherwise."""
        state = self.state
        state.learner.become(state.new_model(state.n_classes))
        state.learner.steps, state.learner.attempt = 0, attempt
        state.learner.forget_terms()
        state.ensemble.recall(None, 0, False)
        state.anomaly_scores.forget()

    def save(self) -> None:
        """Write a checkpoint, and remove those with labels undone since. UserError if it fails."""
        save_checkpoint(self.state, self._undone_from)
        self._undone_from = math.inf
