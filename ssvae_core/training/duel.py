"""Who speaks, propagation or the model: settled by labels that neither had seen.

Every label is a question that both have already answered. Before it is taken in, both answers are
scored (the logarithm of the probability that each gave the class, cut off below), and whoever has
been better over the last labels speaks. So nothing is held out and no true label is looked at.
"""

from __future__ import annotations

from collections import deque

import numpy as np
from numpy.typing import NDArray

FLOOR = 0.02  # a confident mistake costs as much as 2 % for the right class
MEMORY = 30  # operations that count; a lasso is one
AT_LEAST = 8  # operations before the model may speak
LEAD = 0.02  # nats by which the model must lead, so that the two do not take turns


class Duel:
    """The record of propagation and the model."""

    def __init__(self, leads: list[float] | None = None):
        """leads: what `leads` of an earlier duel gave."""
        self.leads = deque(leads or [], MEMORY)

    def score(
        self,
        propagated: NDArray[np.float32],
        modelled: NDArray[np.float32],
        labels: NDArray[np.integer],
    ) -> None:
        """Both answers (n, K) to one operation's labels (n,), before they were known."""
        rows = np.arange(len(labels))
        lead = np.log(np.maximum(modelled[rows, labels], FLOOR)) - np.log(
            np.maximum(propagated[rows, labels], FLOOR)
        )
        self.leads.append(float(lead.mean()))

    @property
    def model_speaks(self) -> bool:
        """Whether the model has been better."""
        return len(self.leads) >= AT_LEAST and float(np.mean(self.leads)) > LEAD
