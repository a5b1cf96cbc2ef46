"""A run that makes the model worse is noticed, and the last good state is there to go back to.

Every few hundred steps the model is asked about the same examples. Good is whatever agrees best
with what the labels propagate, where that is sure; a state that agrees with it less by
LOST_AGREEMENT is no accident. On the small digits, 100 labels coming by tens, the agreement of
healthy runs of six models never fell below the best before (144 looks); that of aae-map, whose 2-D
prior is redrawn, fell by 72 points. Of 76 faults that did harm, LOST_AGREEMENT finds 73; 15 points
found 64 (benchmarks/guard.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..training.ensemble import CONFIDENT_PROPAGATION, Probabilities, agreement

if TYPE_CHECKING:
    from .core import TrainerCore
    from .model_states import State

LOOK_EVERY = 250  # steps
N_ASKED = 1000  # examples
LEAST = 50  # of them that propagation must be sure of
LOST_AGREEMENT = 0.08  # share of these on which the model agrees no longer


class RegressionGuard:
    """Remembers the best state, and says when the model has become worse."""

    def __init__(self, n_examples: int):
        """Nothing is known to be good yet."""
        self.best: State | None = None
        self._said: Probabilities = np.zeros((0, 0), np.float32)  # by the best, of those asked
        order = np.random.default_rng(1).permutation(n_examples)
        self._asked = order[:N_ASKED]

    def forget_from(self, seq: int = 0) -> None:
        """Forget a state that has learned from event `seq` or a later one."""
        if self.best is not None and self.best.label_seq >= seq:
            self.best = None

    def compare(self, core: TrainerCore) -> tuple[float, float, Probabilities] | None:
        """How often the best and the model agree with what labels propagate now; its answers.

        None where propagation is sure of too little; the best is 0 where there is none.
        """
        propagated = core.ensemble.propagated[self._asked]
        if (propagated.max(1) > CONFIDENT_PROPAGATION).sum() < LEAST:
            return None
        says = core.learner.probabilities(self._asked)
        before = agreement(propagated, self._said) if self.best else 0.0
        return before, agreement(propagated, says), says

    def look(self, core: TrainerCore) -> str:
        """Ask the model; how it has become worse, in words, or "" if it has not."""
        found = self.compare(core)
        if found is None:
            return ""
        before, now, says = found
        if now < before - LOST_AGREEMENT:
            return (
                f"where the labels leave no doubt, it agreed with them {before:.0%} of the time, "
                f"then {now:.0%}"
            )
        if now >= before or self.best is None:
            state = core.history.state()
            if state.is_finite:
                self.best, self._said = state, says
        return ""
