"""What is known of each cell: the columns of `obs`, as classes, domains and numbers."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...labels.delimited import SPREAD
from ...labels.names import label_text
from ..reading import Reading
from .columns import Column
from .label_column import label_candidates

# Columns that hold types of cells, the likeliest first, by how they are called.
LABELS = ("cell_type", "celltype", "cell_types", "cell_label", "cell_labels", "cell_ontology_class")
ALIKE = ("cell_type", "celltype", "cell type", "annotation", "label")  # a part of such a name
NO_CLASS = frozenset({"unknown", "unassigned", "unlabelled", "unlabeled", "nan", "none", "na", ""})


class ObsColumns:
    """Of a table of cells."""

    def __init__(self, table: Any):
        self._table = table
        self.names = [str(name) for name in table.index]
        self.columns = [self._column(name) for name in map(str, table.columns)]
        numbers = [each.name for each in self.columns if self._is_number(each.name)]
        self.number_names = tuple(numbers)
        values = [np.asarray(table[name], np.float64) for name in numbers]
        wide: NDArray[np.float32] = np.empty((len(self.names), len(numbers)), np.float32)
        for place, each in enumerate(values):
            wide[:, place] = np.where(np.isfinite(each), each, np.nan)
        self.numbers = wide  # (N, F), nan where missing

    def filled_numbers(self) -> NDArray[np.float32]:
        """The same, with the mean of a column where there is none: (N, F)."""
        is_there = np.isfinite(self.numbers)
        total = np.where(is_there, self.numbers, 0).sum(0)
        mean = total / np.maximum(is_there.sum(0), 1)
        return np.where(is_there, self.numbers, mean).astype(np.float32)

    def choose_label(self, reading: Reading) -> str | None:
        """The column of classes, found by its name or said by a person."""
        could_be = label_candidates(self.columns, ())
        if not could_be:
            return None
        found = next((name for wanted in LABELS for name in self._called(wanted)), "")
        if not found:
            alike = [
                each.name for each in could_be if each.kind == "text" and each.looks_like_class
            ]
            found = next((n for part in ALIKE for n in alike if part in n.lower()), "")
        options = {each.name: each.name for each in could_be} | {"": "None"}
        return reading.choose("label", "Classes", options, found) or None

    def of(self, name: str | None) -> list[str | None]:
        """Its text for every cell; None where it says nothing, or no column is named."""
        if name is None:
            return [None] * len(self.names)
        said = [label_text(value) for value in self._table[name].tolist()]
        return [None if each is None or _is_none(each) else each for each in said]

    def classes_of(self, name: str | None) -> tuple[str, ...]:
        """The classes of a column in the order of its categories, if it has one."""
        if name is None or not hasattr(self._table[name], "cat"):
            return ()
        used = {*self.of(name)}
        texts = [label_text(each) for each in self._table[name].cat.categories.tolist()]
        return tuple(text for text in texts if text is not None and text in used)

    def notes_on(self, name: str | None) -> list[str]:
        """Which of its words were taken for no class."""
        if name is None:
            return []
        said = Counter(str(value) for value in self._table[name].tolist())
        none = {text: n for text, n in said.items() if text.strip() and _is_none(text)}
        return [f"{n:,} cells of '{text}' have no class." for text, n in none.items()]

    def _called(self, wanted: str) -> list[str]:
        return [each.name for each in self.columns if each.name.lower() == wanted]

    def _is_number(self, name: str) -> bool:
        column = self._table[name]
        return not hasattr(column, "cat") and getattr(column.dtype, "kind", "O") in "iuf"

    def _column(self, name: str) -> Column:
        every = max(1, len(self.names) // SPREAD)
        values = self._table[name].iloc[::every].tolist()
        kind = "number" if self._is_number(name) else "text"
        said = tuple("" if value is None or value != value else str(value) for value in values)
        return Column(name, kind, said, has_schema=True)


def _is_none(text: str) -> bool:
    return text.strip().lower() in NO_CLASS
