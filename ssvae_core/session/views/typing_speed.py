"""How fast somebody labels, one image after the other. Pure."""

from __future__ import annotations

from itertools import pairwise

from ...labels.history import GIVING, History

LAST = 30  # answers that count
BREAK = 60.0  # seconds after which a gap is a break, not a thought
FEWEST = 5  # answers before there is a pace


def pace(history: History, person: str = "") -> float | None:
    """Answers a minute of this person lately; None before there are some in a row.

    A lasso counts for nothing here: it says how large the lasso was, not how fast the hand is.
    """
    single = [
        done.at
        for done in history.undoable(person)
        if done.kind in GIVING and len(done.examples) == 1
    ][-LAST - 1 :]
    gaps = [after - before for before, after in pairwise(single)]
    thought = [gap for gap in gaps if 0 <= gap < BREAK]  # below 0 the clock was set back
    if len(thought) < FEWEST:
        return None
    return 60 * len(thought) / max(sum(thought), 1e-3)
