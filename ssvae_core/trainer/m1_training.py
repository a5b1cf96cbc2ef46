"""An M1 from scratch, while its session goes on: trained bit by bit, then adopted or left."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from ..atlas.graphs import CONTRASTIVE, M1_LATENTS
from ..pretraining.m1 import Pretraining
from ..pretraining.progress import PretrainingProgress, watched
from ..pretraining.starter import Starter
from ..storage.paths import OWN_STARTER, UNFINISHED_M1
from ..training.label_propagation import Propagation
from .pretraining_jobs import StaysAsItWas
from .state import TrainerState

# The share of the labels by which a new M1's neighbours may know them worse than the old one's.
TOLERATED_LOSS = 0.05
LEARNED_HERE = (M1_LATENTS, CONTRASTIVE)  # graphs that come with an M1


class M1Training:
    """One training of an M1 for a trainer, which learns nothing else meanwhile.

    Where a pretrained encoder's graph leads, it goes on leading: the M1 comes beside it, and its
    training gives way to the model's, which has the features to learn from.
    """

    title = "M1 learns to redraw the images"
    kept = "The M1 and the map from before are back."
    takes_turns = False

    def __init__(self, state: TrainerState):
        """Begin; or, the first of these images, go on from where another session left it."""
        self._state = state
        self.map_before = state.atlas.xy
        self.gives_way = state.starter.features is not None
        self._homes = homes_of(state)
        self._kept: Path | None = None
        if state.shared_m1 is not None and not state.starter.is_trained:
            self._kept = state.shared_m1 / UNFINISHED_M1
        on = state.pixels, state.data.shape, state.atlas.xy
        options = state.starter.m1.options
        self._training = Pretraining(*on, state.seed + 1, options, is_led=self.gives_way)
        goes_on = self._kept and self._training.go_on_from(self._kept, state.data.fingerprint)
        shows_map = goes_on and not self.gives_way
        self.first_map = self._training.map.xy if shows_map else None

    def __iter__(self) -> Iterator[PretrainingProgress | Starter]:
        """Train, compare, and give the starter with the new M1."""
        for event in self._training:
            if not isinstance(event, Starter):
                yield event
            elif self.gives_way:
                yield (yield from self._state.in_order(self._beside(event)))
            else:
                yield from self._compare(event)
                yield (yield from self._state.in_order(self._instead(event)))

    def _beside(self, new: Starter) -> Starter:
        """The starter there is, with the new M1 and its graph."""
        old = self._state.starter
        others = [graph for graph in old.graphs if graph.name not in LEARNED_HERE]
        if old.leading in LEARNED_HERE:  # labels spoke for an M1 from before
            old = old.led_by(others[0].name, old.atlas.xy, self._state.seed)
        graphs = [*others, *new.graphs]
        return replace(
            *(old,), m1=new.m1, graphs=graphs, is_trained=True, active=None, image_encoder=None
        )

    def _instead(self, new: Starter) -> Starter:
        """The new one, with the graphs of the pixels and of an encoder beside, if there are."""
        old = self._state.starter
        others = [graph for graph in old.graphs if graph.name not in LEARNED_HERE]
        return replace(new, graphs=[*new.graphs, *others], beside=old.beside)

    def _compare(self, starter: Starter) -> Iterator[PretrainingProgress]:
        """Raise StaysAsItWas if the labels follow less well from each other than on an M1 before.

        Beside the pixels a first M1 is welcome: who leads, the labels say.
        """
        labels, state = self._state.labels.copy(), self._state
        learned = [graph.name for graph in state.starter.graphs if graph.name in LEARNED_HERE]
        if not learned:
            return
        old = state.ensemble.mixture.propagations[learned[0]]
        comparing = PretrainingProgress("comparing the new M1 with the one before", None)
        new = Propagation(starter.atlas.neighbours, starter.atlas.distances)
        before = yield from watched(old.score(labels), comparing)
        after = yield from watched(new.score(labels), comparing)
        if before is not None and after is not None and after < before - TOLERATED_LOSS:
            raise StaysAsItWas(
                f"The new M1 knows your labels less well: from the others it guesses {after:.0%} "
                f"of them, the one before {before:.0%}. The one before stays."
            )

    def keep(self, starter: Starter) -> None:
        """Write the starter as the session's own, and the first of these images for all."""
        keep_in(self._homes, starter, self._state)

    def save(self) -> None:
        """Keep what is learned so far, where that is wanted. UserError if the disk is full."""
        if self._kept:
            self._training.save(self._kept, self._state.data.fingerprint)

    def forget(self) -> None:
        """Remove what was kept: nobody is to go on from it."""
        if self._kept:
            with contextlib.suppress(OSError):
                shutil.rmtree(self._kept)


def homes_of(state: TrainerState) -> list[Path]:
    """Where a new M1 is written: the session's folder, and the first of these images for all."""
    is_first = state.shared_m1 is not None and not state.starter.is_trained
    return [
        state.folder / OWN_STARTER,
        *([state.shared_m1] if is_first and state.shared_m1 else []),
    ]


def keep_in(homes: list[Path], starter: Starter, state: TrainerState) -> None:
    """Write it to each, and strike out which is done. UserError if the disk is full."""
    while homes:
        starter.save(homes[0], {"fingerprint": state.data.fingerprint})
        del homes[0]
