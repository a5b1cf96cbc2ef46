"""What the numbers of rows are called and were before anything was made of them.

Letters in shapes: N rows, F columns, D numbers of an example, n some rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

COLUMNS = "columns.npy"  # (N, F) float32, in their own units, nan where missing
LOADINGS = "loadings.npy"  # (D + 1, F) float32
MOST_RANKED = 20_000  # rows from which it is told where a value stands
N_STEPS = 200  # between the smallest and the largest value of a column
LONGEST_NAME = 200  # characters of a column's name


@dataclass(frozen=True)
class Columns:
    """Columns of numbers by name.

    Either the examples are these numbers, with what is missing filled in, or they were made of
    them, and `loadings` (D + 1, F) lead back: an example's numbers and a 1, times these.
    """

    names: tuple[str, ...]  # (F,)
    values: NDArray[np.float32]  # (N, F), nan where missing
    are_examples: bool = True
    loadings: NDArray[np.float32] | None = None

    def __post_init__(self) -> None:
        if self.values.ndim != 2 or self.values.shape[1] != len(self.names):
            raise ValueError(
                f"Expected a column for each of {len(self.names)} names, got shape "
                f"{self.values.shape}."
            )

    def of_examples(self, examples: NDArray[np.floating]) -> NDArray[np.float32] | None:
        """What rows of examples are in columns: (n, D) -> (n, F); None where nothing leads back."""
        if self.are_examples:
            return np.asarray(examples, np.float32)
        if self.loadings is None:
            return None
        found = examples @ self.loadings[:-1] + self.loadings[-1]
        return np.asarray(found, np.float32)

    @cached_property
    def steps(self) -> NDArray[np.float32]:
        """Values between which lie equally many rows, of each column: (N_STEPS + 1, F).

        nan for a column without a value.
        """
        every = max(1, len(self.values) // MOST_RANKED)
        rows = np.sort(np.asarray(self.values[::every]), 0)  # nan last
        n = len(rows) - np.isnan(rows).sum(0)
        at = np.linspace(0, 1, N_STEPS + 1)[:, None] * np.maximum(n - 1, 0)
        low = np.floor(at).astype(np.intp)
        high = np.ceil(at).astype(np.intp)
        below, above = (np.take_along_axis(rows, place, 0) for place in (low, high))
        return np.asarray(below + (above - below) * (at - low), np.float32)

    def ranks(self, row: NDArray[np.floating]) -> NDArray[np.float32]:
        """The share of rows that lie below each of these values, ties by half: (F,) -> (F,).

        nan where one is missing.
        """
        below = (self.steps < row).mean(0)
        up_to = (self.steps <= row).mean(0)
        found = np.where(np.isnan(row), np.nan, (below + up_to) / 2)
        return np.asarray(found, np.float32)


def columns_in(folder: Path, manifest: dict[str, Any], name: str) -> Columns | None:
    """The columns of the data set in this folder; None where it has none.

    OSError, ValueError or LookupError where damaged.
    """
    about = manifest.get("columns")
    if not about:
        return None
    values = np.load(folder / name, mmap_mode="r", allow_pickle=False)
    if values.dtype != np.float32 or len(values) != manifest["n"]:
        raise ValueError(f"there are {values.dtype} of shape {values.shape}")
    are_examples = bool(about["are_examples"])
    if are_examples and values.shape[1:] != tuple(manifest["shape"]):
        raise ValueError("they are not of as many numbers as an example")
    loadings = None
    if about.get("has_loadings"):
        loadings = np.load(folder / LOADINGS, allow_pickle=False)
        expected = (manifest["shape"][0] + 1, len(about["names"]))
        if loadings.dtype != np.float32 or loadings.shape != expected:
            raise ValueError(f"the loadings are {loadings.dtype} of shape {loadings.shape}")
    return Columns(tuple(map(str, about["names"])), values, are_examples, loadings)


def column_names(names: Sequence[str]) -> tuple[str, ...]:
    """Names as they can be shown, each of its own: none is longer than LONGEST_NAME."""
    found: dict[str, None] = {}
    for given in names:
        short = "".join(letter for letter in given if letter.isprintable())[:LONGEST_NAME]
        own, again = short or "(no name)", 1
        while own in found:
            again += 1
            own = f"{short[: LONGEST_NAME - 12]} ({again})"
        found[own] = None
    return tuple(found)
