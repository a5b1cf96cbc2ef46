"""An M1 from scratch, while its session goes on: trained bit by bit, then adopted or left."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import UserError
from .loop import TrainingDiverged
from .pieces import Pieces
from .pretraining import NothingFound, pretrain
from .propagation import Propagation
from .starter import Starter

if TYPE_CHECKING:
    from .core import TrainerCore

WORSE = 0.05  # share of labels by which a new M1's neighbours may be worse than the old one's


class FromScratch:
    """One training of an M1 for a core, which learns nothing else meanwhile."""

    def __init__(self, core: TrainerCore):
        """Begin."""
        self.core, self._map_before = core, core.atlas.xy
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

    def give_up(self, why: str) -> None:
        """Leave it, and bring back what was there before."""
        self.core.end_pretraining(f"{why} The M1 and the map from before are back.")
        self.core.show_map(self._map_before)

    def _train_and_adopt(self) -> Pieces[None]:
        core = self.core
        for event in pretrain(core.pixels, core.data.shape, core.atlas.xy, core.seed + 1):
            if isinstance(event, Starter):
                yield from self._adopt(event)
                return
            core.message, core.seconds_left = event.message, event.seconds_left
            if event.xy is not None:
                core.show_map(event.xy, event.moved)
            yield

    def _adopt(self, starter: Starter) -> Pieces[None]:
        """Go on with the new M1, unless its neighbours know the labels less well."""
        core, labels = self.core, self.core.labels.copy()
        core.message, core.seconds_left = "comparing the new M1 with the one before", None
        new = Propagation(starter.atlas.neighbours, starter.atlas.distances)
        before = yield from core.voices.propagation.score(labels)
        after = yield from new.score(labels)
        if before is not None and after is not None and after < before - WORSE:
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
