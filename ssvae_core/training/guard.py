"""A run that makes the model worse is noticed, and the last good state is there to go back to.

Every few hundred steps the model is asked about the same examples. Good is whatever agrees best
with what the labels propagate, where that is sure; a state that agrees with it less by WORSE is no
accident. On the small digits of the tests, `guided`, 60 labels coming by tens, the agreement never
fell more than 0.6 points below the best before (108 looks, 2 seeds); benchmarks/undo.py says by how
much it falls on MNIST.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .voices import SURE, Probabilities, agreement

if TYPE_CHECKING:
    from .core import TrainerCore
    from .states import State

LOOK_EVERY = 250  # steps
N_ASKED = 1000  # examples
LEAST = 50  # of them that propagation must be sure of
WORSE = 0.15  # share of these on which the model agrees no longer


class Guard:
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

    def look(self, core: TrainerCore) -> str:
        """Ask the model; how it has become worse, in words, or "" if it has not."""
        propagated = core.voices.propagated[self._asked]
        if (propagated.max(1) > SURE).sum() < LEAST:
            return ""
        says = core.learner.probabilities(self._asked)
        now = agreement(propagated, says)
        before = agreement(propagated, self._said) if self.best else 0.0
        if now < before - WORSE:
            return (
                f"where the labels leave no doubt, it agreed with them {before:.0%} of the time, "
                f"then {now:.0%}"
            )
        if now >= before or self.best is None:
            state = core.past.state()
            if state.is_finite:
                self.best, self._said = state, says
        return ""
