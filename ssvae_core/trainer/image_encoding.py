"""The images of a session encoded by a pretrained encoder, bit by bit; then its graph leads."""

from __future__ import annotations

from pathlib import Path

from ..encoders import FeatureStore
from ..pretraining.encoding import DatasetEncoding, EncodedSet
from ..pretraining.starter import Starter
from ..storage.paths import ATLAS, ENCODED, OWN_STARTER
from .encoding_job import EncodingJob
from .state import TrainerState


class ImageEncoding(EncodingJob):
    """What it gives is kept for all sessions on these images.

    Where the session has a map of its own, there as well.
    """

    kept = "The images are not encoded, and the map from before is back."
    gives_way = takes_turns = False

    def __init__(self, state: TrainerState, encoder: str, store: FeatureStore, home: Path):
        """By this encoder. `home` is the folder of the data set's starter."""
        known = state.starter.features
        on = state.data, encoder, store, state.atlas.xy, state.seed
        of_it = known if known and known.encoder == encoder else None
        super().__init__(state, home, DatasetEncoding(*on, of_it))

    def _joined(self, encoded: EncodedSet) -> Starter:
        assert encoded.atlas is not None
        return self._state.starter.encoded(encoded.features, encoded.graph, encoded.atlas)

    def keep(self, starter: Starter) -> None:
        """Write features and map; the M1 that lies there stays."""
        assert starter.features is not None
        of_these = self._state.data.fingerprint
        own = self._state.folder / OWN_STARTER
        starter.features.save(self._home / ENCODED, of_these)
        for folder in (self._home, *([own] if (own / ATLAS).is_dir() else [])):
            starter.save_map(folder, {"fingerprint": of_these})
