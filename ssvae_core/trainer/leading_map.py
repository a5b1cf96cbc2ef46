"""The map of a session brought to the graph that its labels speak for, round by round."""

from __future__ import annotations

from collections.abc import Iterator

from ..pretraining.progress import ROUNDS_FROM_ELSEWHERE, PretrainingProgress, laid_out
from ..pretraining.starter import Starter
from ..storage.paths import OWN_STARTER
from .pretraining_jobs import StaysAsItWas
from .state import TrainerState


class LeadingMap:
    """One way of the map to the graph that leads when its turn comes.

    Nothing is learned anew by it. The labels are the session's, so the map is its own as well.
    """

    title = "the map follows the neighbours that the labels speak for"
    kept = "The map stays as it was; guesses follow the labels all the same."
    gives_way = takes_turns = False
    first_map = None

    def __init__(self, state: TrainerState):
        """Begin where the map stands."""
        self._state, self.map_before = state, state.atlas.xy

    def __iter__(self) -> Iterator[PretrainingProgress | Starter]:
        """Lay the map out; the starter there is, led by that graph."""
        state, starter = self._state, self._state.starter
        leading = state.ensemble.mixture.leading
        if leading == starter.leading:
            raise StaysAsItWas("")  # an M1 came meanwhile, or labels that say otherwise
        graph = next(each for each in starter.graphs if each.name == leading)
        on = graph.neighbours, self.map_before, state.seed
        xy = yield from laid_out(*on, ROUNDS_FROM_ELSEWHERE)
        yield starter.led_by(leading, xy, state.seed)

    def keep(self, starter: Starter) -> None:
        """Write graphs and map into the session's folder; an M1 that lies there stays."""
        of_these = {"fingerprint": self._state.data.fingerprint}
        starter.save_map(self._state.folder / OWN_STARTER, of_these)

    def save(self) -> None:
        """Nothing: what the labels say is there again."""

    def forget(self) -> None:
        """Nothing was kept."""
