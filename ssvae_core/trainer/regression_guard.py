"""A run that makes the model worse is noticed, and the last good state is there to go back to.

Every few hundred steps the model is asked about the same examples. Good is whatever agrees best
with what the labels propagate, where that is sure; a state that agrees with it less by
LOST_AGREEMENT is no accident: of 76 faults that did harm it finds 73, and healthy runs of six
models never agreed less than before (of aae-map they did).
Notes: benchmarks/notes/trainer-regression_guard.md
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ..training.ensemble import CONFIDENT_PROPAGATION, Ensemble, Probabilities, agreement
from .model_states import ModelState

LOOK_EVERY = 250  # steps
N_ASKED = 1000  # examples
LEAST = 50  # of them that propagation must be sure of
LOST_AGREEMENT = 0.08  # share of these on which the model agrees no longer


class RegressionGuard:
    """Remembers the best state, and says when the model has become worse."""

    def __init__(self, n_examples: int):
        """Nothing is known to be good yet."""
        self.best: ModelState | None = None
        self._said: Probabilities = np.zeros((0, 0), np.float32)  # by the best, of those asked
        order = np.random.default_rng(1).permutation(n_examples)
        self._asked = order[:N_ASKED]

    def forget_from(self, seq: int = 0) -> None:
        """Forget a state that has learned from event `seq` or a later one."""
        if self.best is not None and self.best.label_seq >= seq:
            self.best = None

    def compare(self, ensemble: Ensemble) -> tuple[float, float, Probabilities] | None:
        """How often the best and the model agree with what labels propagate now; its answers.

        None where propagation is sure of too little; the best is 0 where there is none.
        """
        propagated = ensemble.propagated[self._asked]
        if (propagated.max(1) > CONFIDENT_PROPAGATION).sum() < LEAST:
            return None
        says = ensemble.learner.probabilities(self._asked)
        before = agreement(propagated, self._said) if self.best else 0.0
        return before, agreement(propagated, says), says

    def look(self, ensemble: Ensemble, copy: Callable[[], ModelState]) -> str:
        """Ask the model; how it has become worse, in words, or "" if it has not.

        `copy` makes the state that is kept where the model is as good as it has ever been.
        """
        found = self.compare(ensemble)
        if found is None:
            return ""
        before, now, says = found
        if now < before - LOST_AGREEMENT:
            return (
                f"where the labels leave no doubt, it agreed with them {before:.0%} of the time, "
                f"then {now:.0%}"
            )
        if now >= before or self.best is None:
            state = copy()
            if state.is_finite:
                self.best, self._said = state, says
        return ""
