"""Small grey images of a session through the network that ships, beside what is learned on them."""

from __future__ import annotations

from pathlib import Path

from ..atlas.graphs import NamedGraph, add_graph
from ..encoders import FeatureStore
from ..pretraining.encoding import DatasetEncoding, EncodedSet
from ..pretraining.starter import Starter
from ..storage.paths import ATLAS, ENCODED, OWN_STARTER
from .encoding_job import EncodingJob
from .state import TrainerState


class EncodingBeside(EncodingJob):
    """The model stays and takes its steps in turns with it.

    Then the encoder's graph and a linear probe of its features answer labels together with what is
    learned on the images, and the map stays unless that graph is first to trust. They are kept for
    all sessions on these images.
    """

    kept = "The images are not encoded; all else stays."
    gives_way = takes_turns = True
    _graph: NamedGraph

    def __init__(self, state: TrainerState, encoder: str, store: FeatureStore, home: Path):
        """By this encoder. `home` is the folder of the data set's starter."""
        known = state.starter.beside
        encoding = DatasetEncoding(state.data, encoder, store, None, state.seed, known)
        super().__init__(state, home, encoding)

    def _joined(self, encoded: EncodedSet) -> Starter:
        self._graph = encoded.graph
        return self._state.starter.with_beside(encoded.features, encoded.graph)

    def keep(self, starter: Starter) -> None:
        """Write features, graph and map; beside an M1 that only the session has, the map there."""
        assert starter.beside is not None
        of_these = self._state.data.fingerprint
        starter.beside.save(self._home / ENCODED, of_these)
        own, made_of = self._state.folder / OWN_STARTER, {"fingerprint": of_these}
        has_own = (own / ATLAS).is_dir()
        if has_own:
            starter.save_map(own, made_of)
        if has_own and self._state.shared_m1 is None:
            add_graph(self._home, self._graph, made_of)
        else:
            starter.save_map(self._home, made_of)
