"""The image encoder of a classifier: features of images in arrays, within the seconds there are.

Letters in shapes: n images of H x W pixels and C channels, m of them that were encoded, F features.
"""

from __future__ import annotations

import math
import time
import warnings
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.exceptions import ConvergenceWarning

from ..data import Dataset
from ..encoders import (
    CONTRASTIVE,
    FEATURES,
    Encoder,
    EncodingProgress,
    chosen_encoder,
    encoded,
    encoder_beside,
    open_encoder,
)
from ..encoders.originals import digest
from ..errors import UserError
from ..importing.feature_file import path_of, read_features
from .model_copies import as_bytes
from .seen import Seen

ENCODING_SHARE = 0.6  # of a budget, at most
PACE_SECONDS = 1.0  # after which it is known how long encoding takes


def chosen_for_fit(choice: str, shape: tuple[int, ...], has_features: bool = False) -> str:
    """The encoder for examples of this shape, as `chosen_encoder`; "" where none is opened."""
    chosen = chosen_encoder(choice, shape, has_features)
    return "" if chosen == CONTRASTIVE else chosen


@dataclass(frozen=True)
class EncodedImages:
    """What an encoder saw: of n images those at `which`, all unless the time was over."""

    features: NDArray[Any]  # (m, F), as the encoder gives them
    digests: NDArray[np.uint8]  # (m, 16)
    which: NDArray[np.intp]  # (m,)

    def of(self, values: NDArray[Any]) -> NDArray[Any]:
        """Those of n values: (n, ...) -> (m, ...)."""
        return values if len(values) == len(self.which) else values[self.which]


@dataclass
class ArrayEncoder:
    """An encoder by its choice, opened for the first image that is not known."""

    choice: str  # not "auto"
    key: str = ""  # of weights and preprocessing; "" until it is opened
    beside: bool = False  # its features are for neighbours and a probe, not for the model
    _encoder: Encoder | None = field(default=None, repr=False)

    @classmethod
    def of(cls, choice: str, shape: tuple[int, ...]) -> ArrayEncoder | None:
        """For examples of this shape; None where the model sees them without an encoder.

        Raises UserError for a choice that cannot be.
        """
        chosen = chosen_for_fit(choice, shape)
        if beside := encoder_beside(choice, shape):
            return cls(beside, beside=True)
        if chosen and len(shape) != 3:
            raise UserError(
                f"The encoder '{chosen}' is for images, and X holds vectors. Choose 'auto', and "
                "add the features to X as columns."
            )
        return cls(chosen) if chosen else None

    @classmethod
    def from_json(cls, saved: Mapping[str, Any] | None) -> ArrayEncoder | None:
        """What as_json made; None of nothing."""
        if saved is None:
            return None
        return cls(saved["choice"], saved["key"], saved.get("beside", False))

    def as_json(self) -> dict[str, Any]:
        """For a manifest."""
        return {"choice": self.choice, "key": self.key, "beside": self.beside}

    def __getstate__(self) -> dict[str, Any]:
        return {**vars(self), "_encoder": None}  # weights are read again where they are wanted

    def __call__(
        self,
        images: NDArray[Any],
        known: Seen | None = None,
        seconds: float | None = None,
        first: NDArray[np.bool_] | None = None,
        all_or_none: bool = False,
    ) -> EncodedImages:
        """Features of images (n, H, W, C), bytes or floats in [0, 1].

        `known`: examples whose features are there. Where the `seconds` are over before all are
        encoded, those of `first` (n,) are, and as many others as there was time for; if all are
        wanted or none, it ends as soon as that shows. Raises UserError where the encoder cannot be
        opened, or is not the one that it was.
        """
        data = _as_data(as_bytes(images))
        digests = [digest(None, data, index) for index in range(len(data))]
        memory = _Memory(known)
        if not memory.has_all(digests):
            self._encode(data, memory, seconds, first, all_or_none)
        which = np.array([i for i, each in enumerate(digests) if each in memory.rows], np.intp)
        features = np.stack([memory.rows[digests[i]] for i in which])
        seen = np.frombuffer(b"".join(digests), np.uint8).reshape(len(digests), -1)
        return EncodedImages(features, seen[which], which)

    def within(
        self,
        budget: float | None,
        images: NDArray[Any],
        first: NDArray[np.bool_],
        known: Seen | None = None,
    ) -> EncodedImages:
        """The same within ENCODING_SHARE of a budget in seconds; a warning if some are left out."""
        seconds = None if budget is None else ENCODING_SHARE * budget
        found = self(images, known, seconds, first)
        if left_out := len(images) - len(found.which):
            warnings.warn(
                f"Encoding took its share of the budget of {budget:g} seconds: {left_out} of "
                f"{len(images)} images, all without a label, are left out. Give a larger budget.",
                ConvergenceWarning,
                stacklevel=5,  # whoever called fit
            )
        return found

    def all_within(self, budget: float | None, images: NDArray[Any]) -> EncodedImages | None:
        """The same of all images; None as soon as it shows that they take more than that share."""
        seconds = None if budget is None else ENCODING_SHARE * budget
        found = self(images, seconds=seconds, all_or_none=True)
        return found if len(found.which) == len(images) else None

    def _encode(
        self,
        data: Dataset,
        memory: _Memory,
        seconds: float | None,
        first: NDArray[np.bool_] | None,
        all_or_none: bool,
    ) -> None:
        """Remember the features of images that are not known, as the time allows."""
        if (path := path_of(self.choice)) is not None:
            self._read(path, data, memory)
            return
        encoder, start = self._opened(), time.monotonic()
        end = math.inf if seconds is None else start + seconds
        if seconds is not None and first is not None and first.any():
            for _ in encoded(_as_data(data.images[first]), encoder, memory):
                pass
        with closing(encoded(data, encoder, memory)) as work:
            for event in work:
                now = time.monotonic()
                if all_or_none and isinstance(event, EncodingProgress):
                    # Once more than half is there, the rest is worth it.
                    if event.seconds_left is None or 2 * event.done > event.of:
                        continue
                    if now > start + PACE_SECONDS and now + event.seconds_left > end:
                        return
                elif now > end:
                    return

    def _read(self, path: Path, data: Dataset, memory: _Memory) -> None:
        """Remember the features of images that a file holds, in their order."""
        if self.key:
            raise UserError(
                f"X holds images that it did not learn from, and {path.name} has no features of "
                "them. Choose an encoder, which can see them."
            )
        rows = read_features(path).of_examples(None, len(data))
        memory.add("", [digest(None, data, index) for index in range(len(data))], rows)
        self.key = FEATURES

    def _opened(self) -> Encoder:
        if self._encoder is None:
            self._encoder = open_encoder(self.choice)
        if self.key and self._encoder.key != self.key:
            raise UserError(
                f"The classifier learned from features of the encoder {self.key}, and "
                f"'{self.choice}' is now {self._encoder.key}. Put back what it was, or fit again."
            )
        self.key = self._encoder.key
        return self._encoder


class _Memory:
    """Keeps features as a FeatureStore does, of one encoder and as long as it is needed."""

    def __init__(self, known: Seen | None):
        self.rows: dict[bytes, NDArray[Any]] = {}
        if known is not None and known.digests is not None and known.features is not None:
            features = known.features.cpu().numpy()
            self.add("", [each.tobytes() for each in known.digests], features)

    def has_all(self, digests: Sequence[bytes]) -> bool:
        return all(each in self.rows for each in digests)

    def add(self, key: str, digests: list[bytes], features: NDArray[Any]) -> None:
        """Keep the features (n, F) of images."""
        self.rows.update(zip(digests, features, strict=True))

    def find(
        self, key: str, digests: list[bytes], n_features: int
    ) -> tuple[NDArray[Any], NDArray[np.bool_]]:
        """Features (n, F), zero where none are kept, and which are kept (n,)."""
        is_kept = np.array([each in self.rows for each in digests], bool)
        dtype = np.result_type(np.float16, *{row.dtype for row in self.rows.values()})
        features = np.zeros((len(digests), n_features), dtype)
        for place in np.flatnonzero(is_kept):
            features[place] = self.rows[digests[place]]
        return features, is_kept


def _as_data(images: NDArray[np.uint8]) -> Dataset:
    return Dataset("images", "images", images, (), identity="of an array")
