"""The columns of the rows of an import: their names, and what each row held in them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..data.columns import LOADINGS, column_names
from ..data.import_report import Skipped
from ..errors import Conflict
from ..storage.whole import write_array_whole
from . import gaps
from .array_decoding import Decoded
from .draft import Draft
from .items import Item, Source

MOST_NAMED = 6  # columns that a sentence names


class NamedColumns:
    """Of an import that begins; `manifest` is that of the data set which it is added to.

    Raises Conflict if the rows have other columns than those that are there.
    """

    def __init__(self, source: Source, manifest: dict[str, Any]):
        self._source = source
        self.names, self.are_examples = column_names(source.columns), source.are_examples
        earlier = manifest.get("columns") or {}
        if earlier:
            self._fit_to(manifest["name"], earlier)
        elif manifest:
            self.names = ()  # those that are there have none
        self.notes: list[str] = []

    def _fit_to(self, name: str, earlier: dict[str, Any]) -> None:
        names = tuple(map(str, earlier["names"]))
        if earlier.get("has_loadings") or self._source.loadings is not None:
            raise Conflict(
                f"What {name} learns from are components that were found in its own rows, and "
                "those of other rows are other components. Import all rows together, from one file."
            )
        if not self.names and earlier["are_examples"]:
            self.names, self.are_examples = names, True
        if self.names != names or self.are_examples != earlier["are_examples"]:
            raise Conflict(
                f"{name} has the columns {_some(names)}, and these rows have {_some(self.names)}. "
                "Give both the same columns in the same order, or import these rows as a data set "
                "of their own."
            )

    def of(self, item: Item, outcome: Decoded) -> NDArray[np.float32] | Skipped | None:
        """What a row holds in them: (F,); why it is left out, or None where they have no names."""
        if self._source.kind != "vector":
            return None
        leaves_out = gaps.leaves_out(self._source.reading.options)
        if leaves_out and np.isnan(outcome.pixels).any():
            return Skipped(item.name, "bad-row", f"there is no number in {self._missing(outcome)}")
        if not self.names or item.in_test:
            return None
        found = outcome.pixels if self.are_examples else item.columns
        if found is None or len(found) != len(self.names):
            return Skipped(item.name, "bad-row", f"it has not {len(self.names)} columns")
        return found

    def _missing(self, outcome: Decoded) -> str:
        place = int(np.flatnonzero(np.isnan(outcome.pixels))[0])
        return self.names[place] if self.names and self.are_examples else f"number {place + 1}"

    def finish(self, draft: Draft) -> dict[str, Any] | None:
        """Fill what is missing, and say of the columns what a manifest keeps; None without any."""
        if self._source.kind != "vector":
            return None
        names = self.names if self.are_examples else ()
        if n_filled := draft.fill_gaps():
            self.notes.append(gaps.in_words(n_filled, names))
            self._source.reading.options = gaps.offered(self._source.reading.options)
        if not self.names:
            return None
        loadings = self._source.loadings
        if loadings is not None:
            write_array_whole(draft.folder / LOADINGS, np.asarray(loadings, np.float32))
        return {
            "names": [*self.names],
            "are_examples": self.are_examples,
            "has_loadings": loadings is not None,
        }


def _some(names: tuple[str, ...]) -> str:
    more = len(names) - MOST_NAMED
    return (", ".join(names[:MOST_NAMED]) or "no names") + (f" and {more} more" if more > 0 else "")
