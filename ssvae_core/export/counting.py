"""How much an export would hold, without writing it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .content import Labelled
from .rows import ExportOptions


@dataclass(frozen=True)
class Count:
    """Examples by whose word an export holds of them."""

    labels: int
    guesses: int
    states: int  # unsure, skipped, and junk where that is wanted, without a guess
    empty: int  # rows of a table that say nothing yet
    of: int  # examples in all

    @property
    def rows(self) -> int:
        """Rows of a table."""
        return self.labels + self.guesses + self.states + self.empty


def counted(content: Labelled, options: ExportOptions) -> Count:
    """What rows(content, choices) gives, counted at once for all examples."""
    n, said = len(content), content.said
    labelled = _where(n, [k for k, each in said.items() if each.label is not None])
    audited = _where(n, [k for k, each in said.items() if each.is_audit])
    stated = _where(n, [k for k, each in said.items() if each.state is not None])
    junk = _where(n, [k for k, each in said.items() if each.state == "junk"])
    kept = ~junk | options.with_junk
    guessed = np.zeros(n, bool)
    if content.guesses is not None and options.what != "labels":
        known = np.isin(content.guesses.classes, list(content.classes))
        sure = content.guesses.confidence.astype(float) >= options.min_confidence
        guessed = known & sure & (audited | ~labelled) & kept
    if options.what == "guesses":
        return Count(0, int((guessed & ~labelled & ~stated).sum()), 0, 0, n)
    guessed &= ~labelled
    silent = stated & kept & ~guessed
    empty = 0 if options.what == "labels" else n - int((labelled | guessed | stated | ~kept).sum())
    return Count(int(labelled.sum()), int(guessed.sum()), int(silent.sum()), empty, n)


def _where(n: int, examples: list[int]) -> NDArray[np.bool_]:
    marks = np.zeros(n, bool)
    marks[examples] = True
    return marks
