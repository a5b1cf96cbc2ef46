"""An M1 from scratch, while its session goes on: trained bit by bit, then adopted or left."""

from __future__ import annotations

import contextlib
import shutil
from typing import TYPE_CHECKING

from ..errors import UserError
from ..pretraining.m1 import NothingFound, Pretraining
from ..pretraining.starter import Starter
from ..training.chunks import Chunked
from ..training.label_propagation import Propagation
from ..training.optimisation import TrainingDiverged

if TYPE_CHECKING:
    from .core import TrainerCore

UNDER_WAY = "under-way"  # in a starter's folder: an M1 that is still to learn
TOLERATED_LOSS = (
    0.05  # share of labels by which a new M1's neighbours may be worse than the old one's
)


class M1Training:
    """One training of an M1 for a core, which learns nothing else meanwhile."""

    def __init__(self, core: TrainerCore):
        """Begin; or, the first of these images, go on from where another session left it."""
        self.core, self._map_before = core, core.atlas.xy
        is_first = core.starter_homes and not core.starter.is_trained
        self._kept = core.starter_homes[0] / UNDER_WAY if is_first else None
        on, options = (core.pixels, core.data.shape, core.atlas.xy), core.starter.m1.options
        self._training = Pretraining(*on, core.seed + 1, options)
        if self._kept and self._training.go_on_from(self._kept, core.data.fingerprint):
            core.show_map(self._training.map.xy)
        self._work = self._train_and_adopt()
        core.message = "M1 learns to redraw the images"

    def step(self) -> None:
        """One piece of work."""
        try:
            next(self._work)
        except StopIteration:
            pass
        except (TrainingDiverged, NothingFound) as error:
            self.give_up(str(error))

    def save(self) -> None:
        """Keep what is learned so far, where that is wanted. UserError if the disk is full."""
        if self._kept:
            self._training.save(self._kept, self.core.data.fingerprint)

    def give_up(self, why: str) -> None:
        """Leave it, and bring back what was there before."""
        self._forget()
        self.core.end_pretraining(f"{why} The M1 and the map from before are back.")
        self.core.show_map(self._map_before)

    def _train_and_adopt(self) -> Chunked[None]:
        core = self.core
        for event in self._training:
            if isinstance(event, Starter):
                yield from self._adopt(event)
                return
            core.message, core.seconds_left = event.message, event.seconds_left
            if event.xy is not None:
                core.show_map(event.xy, event.moved)
            yield

    def _adopt(self, starter: Starter) -> Chunked[None]:
        """Go on with the new M1, unless its neighbours know the labels less well."""
        core, labels = self.core, self.core.labels.copy()
        core.message, core.seconds_left = "comparing the new M1 with the one before", None
        new = Propagation(starter.atlas.neighbours, starter.atlas.distances)
        before = yield from core.ensemble.propagation.score(labels)
        after = yield from new.score(labels)
        self._forget()
        if before is not None and after is not None and after < before - TOLERATED_LOSS:
            core.end_pretraining(
                f"The new M1 knows your labels less well: from the others it guesses {after:.0%} "
                f"of them, the one before {before:.0%}. The one before stays."
            )
            core.show_map(self._map_before)
            return
        yield from core.use(starter)
        core.end_pretraining("")
        try:
            core.save()
        except UserError as error:
            core.message = str(error)

    def _forget(self) -> None:
        if self._kept:
            with contextlib.suppress(OSError):
                shutil.rmtree(self._kept)
