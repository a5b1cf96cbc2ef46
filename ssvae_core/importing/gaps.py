"""Missing values in rows of numbers: filled by the median of their column, or the row is left out.

A model learns from whole rows. A median is the value that half of the rows lie below: it is one
that the column has, and a few extreme rows do not move it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from .reading import Reading, ReadingOption

MISSING, FILLED, LEFT_OUT = "missing", "median", "skip"
WAYS = {FILLED: "Filled by their column's median", LEFT_OUT: "Their rows are left out"}
TITLE = "Missing values"
MOST_NAMED = 6  # columns that the sentence names
COLUMNS_AT_ONCE = 64


def choose_missing(reading: Reading, *, is_seen: bool) -> None:
    """Offer the choice where a missing value was seen, or a person chose already."""
    if is_seen or reading.chosen(MISSING) is not None:
        reading.choose(MISSING, TITLE, WAYS, FILLED)


def leaves_out(options: Sequence[ReadingOption]) -> bool:
    """Whether rows with a missing value are to be left out."""
    return any(option.name == MISSING and option.value == LEFT_OUT for option in options)


def offered(options: Sequence[ReadingOption]) -> list[ReadingOption]:
    """The options with this one, which was not known of before the last row was read."""
    if any(option.name == MISSING for option in options):
        return list(options)
    return [*options, ReadingOption(MISSING, TITLE, FILLED, WAYS)]


def fill_gaps(parts: Sequence[NDArray[np.float32]]) -> dict[int, int]:
    """Fill what is missing by the median of what the first part has: (N, D) each, in place.

    How many each column with any had, in all parts. A column without a value becomes 0.
    """
    n_filled: dict[int, int] = {}
    for start in range(0, parts[0].shape[1], COLUMNS_AT_ONCE):
        here = slice(start, start + COLUMNS_AT_ONCE)
        gaps = [np.isnan(part[:, here]) for part in parts]
        counts = np.sum([each.sum(0) for each in gaps], 0)
        for place in np.flatnonzero(counts).tolist():
            column = start + place
            known = parts[0][~gaps[0][:, place], column]
            median = np.float32(np.median(known)) if len(known) else np.float32(0)
            for part, gap in zip(parts, gaps, strict=True):
                part[gap[:, place], column] = median
            n_filled[column] = int(counts[place])
    return n_filled


def in_words(n_filled: Mapping[int, int], names: Sequence[str]) -> str:
    """What was filled, and how to have it otherwise."""
    columns = sorted(n_filled, key=lambda column: -n_filled[column])
    some = ", ".join(
        f"{names[column] if names else f'number {column + 1}'} {n_filled[column]:,}"
        for column in columns[:MOST_NAMED]
    )
    more = f" and {len(columns) - MOST_NAMED} more columns" if len(columns) > MOST_NAMED else ""
    return (
        f"Missing values were filled by their column's median ({some}{more}); they are shown as "
        f"missing. To leave such rows out instead: --read {MISSING}={LEFT_OUT}."
    )
