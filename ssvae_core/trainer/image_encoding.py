"""The images of a session encoded by a pretrained encoder, bit by bit; then its graph leads."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ..encoders import FeatureStore
from ..pretraining.encoding import DatasetEncoding
from ..pretraining.progress import PretrainingProgress
from ..pretraining.starter import Starter
from ..storage.paths import ATLAS, ENCODED, OWN_STARTER
from .state import TrainerState


class ImageEncoding:
    """One way of a session's images through an encoder.

    What it gives is kept for all sessions on these images, and where the session has a map of its
    own, there as well.
    """

    title = "encoding the images"
    kept = "The images are not encoded, and the map from before is back."
    gives_way = takes_turns = False
    first_map = None

    def __init__(self, state: TrainerState, encoder: str, store: FeatureStore, home: Path):
        """By this encoder. `home` is the folder of the data set's starter."""
        self._state, self._home, self.map_before = state, home, state.atlas.xy
        known = state.starter.features
        on = state.data, encoder, store, state.atlas.xy, state.seed
        self._encoding = DatasetEncoding(*on, known if known and known.encoder == encoder else None)

    def __iter__(self) -> Iterator[PretrainingProgress | Starter]:
        """Encode; the starter there is, with the features, led by their graph."""
        for event in self._encoding:
            if isinstance(event, PretrainingProgress):
                yield event
            else:
                assert event.atlas is not None
                state = self._state
                starter = state.starter.encoded(event.features, event.graph, event.atlas)
                yield (yield from state.in_order(starter))

    def keep(self, starter: Starter) -> None:
        """Write features and map; the M1 that lies there stays."""
        assert starter.features is not None
        of_these = self._state.data.fingerprint
        own = self._state.folder / OWN_STARTER
        starter.features.save(self._home / ENCODED, of_these)
        for folder in (self._home, *([own] if (own / ATLAS).is_dir() else [])):
            starter.save_map(folder, {"fingerprint": of_these})

    def save(self) -> None:
        """Nothing: the store keeps what is encoded."""

    def forget(self) -> None:
        """Nothing: what is encoded stays true."""
