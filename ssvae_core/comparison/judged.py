"""By what the members of a comparison are judged: the same images for all, from which none learns.

These are the hidden true classes of images that nobody labelled, or the answers of an audit.

Letters in shapes: N examples, m judged ones, K classes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ..errors import UserError
from ..labels.by_eye import labels_by_eye
from ..labels.history import is_open
from ..review import confusion
from ..review.audit import Estimate, estimate, wilson
from ..review.paired import PairedDifference, paired_difference
from ..session.session import Session
from .replay import ReplayedLabels

By = Literal["truth", "audit", "none"]
TITLES: dict[By, str] = {"truth": "hidden true labels", "audit": "your audit"}
ROWS: dict[By, str] = {"truth": "true class", "audit": "what you said", "none": ""}
NOTHING = (
    "Nothing is known that the models did not learn from. Check some random images on the Review "
    "page: then each error is known, with its interval."
)


@dataclass(frozen=True, eq=False)
class Judged:
    """Images and the class of each (m,), (m,); `is_eligible` (N,) are those that they stand for."""

    by: By
    examples: NDArray[np.int64]
    known: NDArray[np.int64]
    is_eligible: NDArray[np.bool_]
    noun: str = "image"  # what an example is

    def __len__(self) -> int:
        return len(self.examples)

    @property
    def words(self) -> str:
        """By what, for the screen."""
        if self.by == "none":
            return NOTHING
        if self.by == "audit":
            return f"your audit of {len(self):,} random {self.noun}{'s' if len(self) > 1 else ''}"
        return f"hidden true labels of {len(self):,} {self.noun}s without a label"

    def error(self, guesses: NDArray[np.uint8]) -> Estimate | None:
        """The share of wrong guesses (2, N) with its 95 % interval; None where nothing is known."""
        if not len(self):
            return None
        if self.by == "audit":
            held = dict(zip(self.examples.tolist(), self.known.tolist(), strict=True))
            audit = estimate(held, guesses[0], self.is_eligible, guesses[1] / 255)
            assert audit is not None
            right = audit.guesses
            return Estimate(1 - right.share, 1 - right.high, 1 - right.low)
        share = float(self.is_wrong(guesses).mean())
        return Estimate(share, *wilson(share, len(self)))

    def is_wrong(self, guesses: NDArray[np.uint8]) -> NDArray[np.bool_]:
        """Which of the judged images are guessed wrongly: (2, N) -> (m,)."""
        wrong: NDArray[np.bool_] = guesses[0, self.examples] != self.known
        return wrong

    def pair(self, guesses: NDArray[np.uint8], other: NDArray[np.uint8]) -> PairedDifference | None:
        """How much more or less one errs than another: (2, N), (2, N)."""
        return paired_difference(self.is_wrong(guesses), self.is_wrong(other))

    def confusion(self, guesses: NDArray[np.uint8], classes: Sequence[int]) -> NDArray[np.int64]:
        """How often each class is guessed as each: (2, N) -> (C, C)."""
        return confusion.matrix(self.known, guesses[0, self.examples], classes).counts


def judges_of(session: Session, labels: ReplayedLabels | None) -> dict[By, Judged]:
    """By what there is to judge, the best first; nothing where nothing is known."""
    with session.lock:
        noun = "image" if session.data.kind == "image" else "row"
        key, held = session.answer_key(), dict(session.history.held)
        given = labels_by_eye(session.labels, session.history)
        is_eligible = is_open(given)
    is_used = np.zeros(len(given), bool)
    if labels is not None:
        is_used[labels.examples] = True
    found: dict[By, Judged] = {}
    if key is not None:
        rest = np.flatnonzero((given < 0) & (key >= 0) & ~is_used)
        if len(rest):
            found["truth"] = Judged("truth", rest, key[rest], is_eligible, noun)
    audited = np.array([example for example in held if not is_used[example]], np.int64)
    if len(audited):
        said = np.array([held[int(example)] for example in audited], np.int64)
        found["audit"] = Judged("audit", audited, said, is_eligible, noun)
    return found


def chosen_judge(judges: dict[By, Judged], by: str, n: int) -> Judged:
    """The one that was asked for, of n examples, or "" for the best. UserError if it is none."""
    if by in judges:
        return judges[by]
    if by not in ("", *TITLES):
        raise UserError(f"Unknown '{by[:40]}'. Choose one of: {', '.join(TITLES)}.")
    nobody = np.empty(0, np.int64)
    return next(iter(judges.values()), Judged("none", nobody, nobody, np.zeros(n, bool)))


def in_words(
    pair: PairedDifference, name: str, of_audit: bool, most: int, noun: str = "image"
) -> str:
    """What a difference to the one in use says, as a sentence.

    `name`: of the one in use; `most`: further images that there are to be judged by.
    """
    points = f"{abs(100 * pair.difference):.1f} points"
    if pair.is_better is not None:
        return f"Errs {'less' if pair.is_better else 'more'} than {name}, by {points}."
    images = f"audited {noun}s" if of_audit else f"such {noun}s"
    if pair.more is None:
        return f"Cannot be told from {name}: on these {pair.n:,} {noun}s both err alike."
    rest = f"about {pair.more:,} more {images} would tell"
    if of_audit and pair.more > most:
        rest = f"even all {most:,} images that are left would not tell"
    return f"Cannot be told from {name} yet: {rest}, if it stays at {points}."
