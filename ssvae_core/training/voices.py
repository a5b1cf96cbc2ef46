"""Who speaks: propagation alone, or the model together with it.

Neither can be scored on the labels: those were asked where the speaker was unsure, so they make it
look worse than it is. But a model that does not yet agree with propagation where propagation is
sure has not learned enough to be heard; once it does, what it says elsewhere comes from the images
and is worth having. Measured on MNIST, 100 labels: at 99 % agreement the model alone has 5.2 %
error, propagation 4.4 %, both together 4.2 %; below 98 % together they are worse than propagation.

Letters in shapes: N examples, K classes.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

SURE = 0.9  # probability
AGREES = 0.99  # share of the examples that propagation is sure of

Probabilities = NDArray[np.float32]


def agreement(propagated: Probabilities, modelled: Probabilities) -> float:
    """How much of what propagation is sure of, the model says too; 0 if it is sure of nothing."""
    sure = propagated.max(1) > SURE
    if not sure.any():
        return 0.0
    return float((propagated[sure].argmax(1) == modelled[sure].argmax(1)).mean())


def together(propagated: Probabilities, modelled: Probabilities) -> Probabilities:
    """Both, as a normalised geometric mean: (N, K), (N, K) -> (N, K)."""
    both = np.sqrt(propagated * modelled) + 1e-6 * (propagated + modelled)
    both /= both.sum(1, keepdims=True).clip(1e-30)
    return both
