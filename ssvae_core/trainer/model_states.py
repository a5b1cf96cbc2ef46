"""What a model was before each label: whole states in memory, thinned out as they get older.

Undo goes back to the newest state from before the label and learns on from there. The steps since
then are lost, so newer states lie close together and older ones further apart: what is lost stays
in proportion to how long ago the label was given.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from .checkpoints import learned_tensors, load_learned

if TYPE_CHECKING:
    from ..training.learner import Learner

BUDGET = 400_000_000  # bytes, of all states together; one of `guided` on MNIST has 20 MB


@dataclass(frozen=True, eq=False)
class State:
    """All that was learned from the labels up to event `label_seq`, and what was said of it."""

    label_seq: int
    n_classes: int
    attempt: int
    steps: int
    has_given_up: bool  # the teacher
    made_at: float  # by time.time()
    learned: dict[str, Tensor]
    modelled: NDArray[np.float32] | None = None  # (N, K) as far as the model was asked
    asked_at_step: int = 0
    model_is_trusted: bool = False

    @property
    def n_bytes(self) -> int:
        """How much memory it takes."""
        said = 0 if self.modelled is None else self.modelled.nbytes
        return said + sum(tensor.nbytes for tensor in self.learned.values())

    @property
    def is_finite(self) -> bool:
        """Whether every weight is a number."""
        return all(bool(t.isfinite().all()) for t in self.learned.values())


def put_back(state: State, learner: Learner) -> None:
    """Make the learner, of a model of as many classes, what it was.

    Raises UserError if it has another shape.
    """
    load_learned(state.learned, learner)
    learner.steps, learner.attempt = state.steps, state.attempt
    if learner.teacher:
        learner.teacher.has_given_up = state.has_given_up
    learner.forget_terms()


def copied(learner: Learner) -> dict[str, Tensor]:
    """Copies, in the processor's memory, of all that steps change."""
    return {
        name: tensor.detach().to("cpu", copy=True)
        for name, tensor in learned_tensors(learner).items()
    }


class States:
    """The states before label events, oldest first."""

    def __init__(self, budget: int = BUDGET):
        """`budget`: bytes that all states may take, though two are kept in any case."""
        self.budget, self.kept = budget, list[State]()

    @property
    def newest(self) -> State | None:
        """The last one kept."""
        return self.kept[-1] if self.kept else None

    @property
    def n_bytes(self) -> int:
        """How much memory they take together."""
        return sum(state.n_bytes for state in self.kept)

    def knows(self, learner: Learner) -> bool:
        """Whether the newest is what the learner is now."""
        newest = self.newest
        return newest is not None and (newest.attempt, newest.steps) == (
            *(learner.attempt, learner.steps),
        )

    def keep(self, state: State) -> None:
        """Keep a state, and drop those whose loss costs the least while there are too many."""
        self.kept.append(state)
        total = self.n_bytes
        while total > self.budget and len(self.kept) > 2:
            total -= self.kept.pop(self._least_missed()).n_bytes

    def forget_from(self, seq: int) -> None:
        """Drop those that have learned from event `seq` or a later one."""
        self.kept = [state for state in self.kept if state.label_seq < seq]

    def clear(self) -> None:
        """Drop all: another model learns now."""
        self.kept.clear()

    def _least_missed(self) -> int:
        """The one without which the fewest steps are lost, by how long ago they were taken."""
        now = self.kept[-1].steps
        costs = [
            (after.steps - before.steps) / (now - before.steps + 1)
            for before, after in zip(self.kept, self.kept[2:], strict=False)
        ]
        return 1 + int(np.argmin(costs))


def cpu_tensors(arrays: dict[str, NDArray[np.float32]]) -> dict[str, Tensor]:
    """Arrays of a checkpoint as tensors of their own."""
    return {name: torch.tensor(array) for name, array in arrays.items()}
