"""The labels that all members of a comparison learn from, in the order in which they were given.

Letters in shapes: M labels.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..labels.history import GIVING, History

STOPS = (10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000)  # labels
EVERYBODY = ""


@dataclass(frozen=True, eq=False)
class ReplayedLabels:
    """Examples (M,) and the class that each has now (M,), first those that were labelled first.

    `seq` is the session's newest event when they were taken, `n_classes` how many ids there were.
    """

    examples: NDArray[np.int32]
    classes: NDArray[np.int16]
    seq: int
    n_classes: int
    who: str = EVERYBODY  # whose labels they are

    def __len__(self) -> int:
        return len(self.examples)

    @property
    def stops(self) -> tuple[int, ...]:
        """Numbers of labels at which every member is looked at; the last is all of them."""
        n = len(self)
        return (*(stop for stop in STOPS if stop < n), *([n] if n else []))

    @property
    def fingerprint(self) -> str:
        """The same for the same labels in the same order."""
        said = self.examples.tobytes() + self.classes.tobytes() + bytes([self.n_classes & 255])
        return hashlib.sha256(said).hexdigest()[:16]


def replayed(history: History, who: str = EVERYBODY) -> ReplayedLabels:
    """The labels of everybody as they stand, or what one person said; without those of an audit.

    The history is read under its session's lock.
    """
    given = _given(history) if who == EVERYBODY else _given_by(history, who)
    order = sorted((seq, example, label) for example, (seq, label) in given.items())
    return ReplayedLabels(
        np.array([example for _, example, _ in order], np.int32),
        np.array([label for _, _, label in order], np.int16),
        history.seq,
        history.n_classes,
        who,
    )


def _given(history: History) -> dict[int, tuple[int, int]]:
    """When each label was given that counts, and what it is: by example."""
    found = {}
    for example, label in history.labels.items():
        done = history.standing(example)
        found[example] = (0 if done is None else done.seq, label)
    return found


def _given_by(history: History, who: str) -> dict[int, tuple[int, int]]:
    """The same of what one person said last of each example."""
    when: dict[int, int] = {}
    for done in history.operations:
        if done.stands and done.annotator == who and done.kind in GIVING:
            when |= dict.fromkeys(done.examples, done.seq)
    votes = {
        example: (seq, history.votes(example).get(who))
        for example, seq in when.items()
        if example not in history.held
    }
    return {example: (seq, vote) for example, (seq, vote) in votes.items() if vote is not None}


def shares_of_budget(stops: Sequence[int]) -> list[float]:
    """What each stop gets of a member's time: half goes to all labels, the rest to the others."""
    n = len(stops)
    return [1.0] * n if n < 2 else [0.5 / (n - 1)] * (n - 1) + [0.5]
