"""One way of a session's images through an encoder; what it gives leads, or answers beside."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from pathlib import Path

from ..pretraining.encoding import DatasetEncoding, EncodedSet
from ..pretraining.progress import PretrainingProgress
from ..pretraining.starter import Starter
from .state import TrainerState


class EncodingJob(ABC):
    """What a kind of it shares; each says what becomes of the features, and where they are kept."""

    title = "encoding the images"
    first_map = None

    def __init__(self, state: TrainerState, home: Path, encoding: DatasetEncoding):
        """`home` is the folder of the data set's starter."""
        self._state, self._home, self._encoding = state, home, encoding
        self.map_before = state.atlas.xy

    def __iter__(self) -> Iterator[PretrainingProgress | Starter]:
        """Encode; last the starter there is, with the features and their graph."""
        for event in self._encoding:
            if isinstance(event, PretrainingProgress):
                yield event
            else:
                yield (yield from self._state.in_order(self._joined(event)))

    @abstractmethod
    def _joined(self, encoded: EncodedSet) -> Starter:
        """The session's starter with what was encoded."""

    @abstractmethod
    def keep(self, starter: Starter) -> None:
        """Write what it gave."""

    def save(self) -> None:  # noqa: B027 (each may do more)
        """Nothing: the store keeps what is encoded."""

    def forget(self) -> None:  # noqa: B027
        """Nothing: what is encoded stays true."""
