"""Which rows of drawings make the whole table, and how long each may learn; used by drawings.py.

Those that matter most come first: every row with one draw of labels, the defaults with all DRAWS;
then the others' other draws. The digits' sets can run beside the photographs', on a processor each.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from ssvae_core.models import MODELS

FEW = (10, 30, 100)  # labels
DRAWS = 3  # of labels, in the end
ON_M1 = tuple(name for name, spec in MODELS.items() if spec.m1)
DEFAULTS = ("guided-m1", "m1m2")
OTHERS = tuple(name for name in MODELS if name not in DEFAULTS)


class Rows(NamedTuple):
    """Models, the labels that each has, how often these are drawn, and processor seconds."""

    models: tuple[str, ...]
    labels: tuple[int, ...]
    draws: int
    seconds: float

    def each(self) -> Iterator[Rows]:
        """One row after the other, the most labels first."""
        for labels in sorted(self.labels, reverse=True):
            for model in self.models:
                yield self._replace(models=(model,), labels=(labels,))


FIRST = (
    ("mnist", Rows(DEFAULTS, FEW, DRAWS, 10.0)),
    ("mnist-from-nothing", Rows(("guided",), (100,), 1, 120.0)),
    ("clothes+autoencoder", Rows(DEFAULTS, FEW, DRAWS, 10.0)),
    ("digits", Rows(tuple(MODELS), FEW, 1, 5.0)),
    ("clothes", Rows(tuple(MODELS), (100,), 1, 30.0)),
    ("clothes+autoencoder", Rows(tuple(name for name in ON_M1 if name in OTHERS), FEW, 1, 10.0)),
    ("mnist", Rows(OTHERS, FEW, 1, 15.0)),
    ("clothes", Rows(tuple(MODELS), (10, 30), 1, 15.0)),
    ("mnist-from-nothing", Rows(tuple(name for name in MODELS if name != "guided"), FEW, 1, 20.0)),
    ("mnist-from-nothing", Rows(("guided",), (10, 30), 1, 60.0)),
)
PLAN = (*FIRST, *((name, rows._replace(draws=DRAWS)) for name, rows in FIRST))
