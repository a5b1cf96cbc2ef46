"""An M1 from scratch, while its session goes on: trained bit by bit, then adopted or left."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from pathlib import Path

from ..pretraining.m1 import M1Progress, Pretraining, watched
from ..pretraining.starter import Starter
from ..storage.paths import UNFINISHED_M1
from ..training.label_propagation import Propagation
from .state import TrainerState

# The share of the labels by which a new M1's neighbours may know them worse than the old one's.
TOLERATED_LOSS = 0.05


class KnowsLess(Exception):
    """The new M1's neighbours know the labels less well than those of the one before."""


class M1Training:
    """One training of an M1 for a trainer, which learns nothing else meanwhile.

    Iterate it for what there is to show; the last event is the Starter to go on with. Raises
    TrainingDiverged, NothingFound or KnowsLess where there is none.
    """

    def __init__(self, state: TrainerState):
        """Begin; or, the first of these images, go on from where another session left it."""
        self._state = state
        self.map_before = state.atlas.xy
        is_first = state.starter_homes and not state.starter.is_trained
        self._kept: Path | None = state.starter_homes[0] / UNFINISHED_M1 if is_first else None
        on = state.pixels, state.data.shape, state.atlas.xy
        self._training = Pretraining(*on, state.seed + 1, state.starter.m1.options)
        goes_on = self._kept and self._training.go_on_from(self._kept, state.data.fingerprint)
        self.first_map = self._training.map.xy if goes_on else None

    def __iter__(self) -> Iterator[M1Progress | Starter]:
        """Train, compare, and give the new M1."""
        for event in self._training:
            if isinstance(event, Starter):
                yield from self._compare(event)
            yield event

    def _compare(self, starter: Starter) -> Iterator[M1Progress]:
        """Raise KnowsLess if the labels follow less well from each other on this M1."""
        labels, state = self._state.labels.copy(), self._state
        comparing = M1Progress("comparing the new M1 with the one before", None)
        new = Propagation(starter.atlas.neighbours, starter.atlas.distances)
        before = yield from watched(state.ensemble.propagation.score(labels), comparing)
        after = yield from watched(new.score(labels), comparing)
        if before is not None and after is not None and after < before - TOLERATED_LOSS:
            raise KnowsLess(
                f"The new M1 knows your labels less well: from the others it guesses {after:.0%} "
                f"of them, the one before {before:.0%}. The one before stays."
            )

    def save(self) -> None:
        """Keep what is learned so far, where that is wanted. UserError if the disk is full."""
        if self._kept:
            self._training.save(self._kept, self._state.data.fingerprint)

    def forget(self) -> None:
        """Remove what was kept: nobody is to go on from it."""
        if self._kept:
            with contextlib.suppress(OSError):
                shutil.rmtree(self._kept)
