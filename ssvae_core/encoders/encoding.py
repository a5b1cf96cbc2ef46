"""A data set by an encoder, bit by bit: what was seen before is taken from the store.

The next images are decoded in a thread while the network is at work.

Letters in shapes: N examples, F features.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..data import Dataset
from ..errors import NotWritten, UserError
from .base import Encoder, Image, Keeper
from .feature_store import as_kept
from .originals import content_of, digest, original_image

SECONDS = 0.1  # of work between two yields
MOST_AT_ONCE = 256  # images
ORDER_SEED = 0x5BAE_1AB0_0000_0019
KEEP_EVERY = 512  # images, after which what was encoded is kept

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class EncodingProgress:
    """How far the work is."""

    done: int  # images whose features are there
    of: int
    seconds_left: float | None = None  # None before the first was encoded
    note: str = ""  # a sentence for the person
    # What there is so far: the very arrays that are being filled, (N, F) and (N,)
    features: NDArray[Any] | None = None
    is_known: NDArray[np.bool_] | None = None


def encoded(
    data: Dataset, encoder: Encoder, store: Keeper | None = None
) -> Generator[EncodingProgress | NDArray[Any], None, None]:
    """Progress, an event for about SECONDS of work; last the features, (N, F) float16 or float32.

    Whoever does not go on iterating cancels; what was encoded so far is kept in the store. Raises
    UserError where the examples are no images, or the encoder cannot take them.

    They are gone through in an order drawn by a fixed seed: the first of them are some of all, also
    where files are sorted by class.
    """
    digests: list[bytes] = []
    for _ in _paced(_digests(data, digests)):
        yield EncodingProgress(0, len(data))
    if store is None:
        features: NDArray[Any] = np.zeros((len(data), encoder.n_features), np.float16)
        is_known = np.zeros(len(data), bool)
    else:
        features, is_known = store.find(encoder.key, digests, encoder.n_features)
    places: dict[bytes, list[int]] = {}
    order = np.random.default_rng(ORDER_SEED).permutation(np.flatnonzero(~is_known))
    for place in order.tolist():
        places.setdefault(digests[place], []).append(place)
    work, n_known = _Work(encoder, store), int(is_known.sum())
    yield EncodingProgress(n_known, len(data), None, "", features, is_known)
    for seen, values in work.through(data, {key: there[0] for key, there in places.items()}):
        if values.dtype != features.dtype:
            features = features.astype(np.float32)
        for key, row in zip(seen, values, strict=True):
            features[places[key]], is_known[places[key]] = row, True
            n_known += len(places[key])
        left, note = work.seconds_left, work.note
        yield EncodingProgress(n_known, len(data), left, note, features, is_known)
    if work.note:  # of the last that was to be kept
        yield EncodingProgress(n_known, len(data), 0.0, work.note, features, is_known)
    yield features


def encode_all(data: Dataset, encoder: Encoder, store: Keeper | None = None) -> NDArray[Any]:
    """The same without a pause: (N, F)."""
    *_, features = encoded(data, encoder, store)
    assert isinstance(features, np.ndarray)
    return features


def _digests(data: Dataset, found: list[bytes]) -> Iterator[None]:
    for index in range(len(data)):
        found.append(digest(content_of(data, index), data, index))
        yield


def _paced(work: Iterator[None]) -> Iterator[None]:
    """Only as often as every SECONDS."""
    last = time.monotonic()
    for _ in work:
        if time.monotonic() - last > SECONDS:
            yield
            last = time.monotonic()


class _Work:
    """Encodes images in batches that take about SECONDS each, and keeps what comes of it."""

    def __init__(self, encoder: Encoder, store: Keeper | None):
        self._encoder, self._store = encoder, store
        self._unkept: list[tuple[bytes, NDArray[np.float32]]] = []
        self._batch, self._n_left = 1, 0
        self._each: float | None = None  # seconds that an image takes
        self.note = ""

    @property
    def seconds_left(self) -> float | None:
        """By how long an image took so far."""
        return None if self._each is None else self._n_left * self._each

    def through(
        self, data: Dataset, images: dict[bytes, int]
    ) -> Iterator[tuple[Sequence[bytes], NDArray[Any]]]:
        """Digests and features (B, F) of images, given by the digest and a place in the data."""
        keys, start = list(images), 0
        self._n_left = len(keys)
        decoder = ThreadPoolExecutor(1, "decode")

        def decode(some: Sequence[bytes]) -> list[Image]:
            return [original_image(data, images[key]) for key in some]

        try:
            some = keys[: self._batch]
            coming = decoder.submit(decode, some)
            while some:
                began, now, start = time.monotonic(), some, start + len(some)
                ready = coming.result()
                some = keys[start : start + self._batch]
                coming = decoder.submit(decode, some)
                values = self._checked(self._encoder.encode(ready))
                self._unkept += zip(now, values, strict=True)
                if len(self._unkept) >= KEEP_EVERY:
                    self._keep()
                self._took(len(now), time.monotonic() - began)
                yield now, as_kept(values)
        finally:
            decoder.shutdown(cancel_futures=True)
            self._keep()

    def _took(self, n: int, seconds: float) -> None:
        each = seconds / n
        self._each = each if self._each is None else 0.9 * self._each + 0.1 * each
        self._n_left -= n
        fitting = int(SECONDS / max(each, 1e-6))
        most = max(1, min(fitting, 2 * self._batch, MOST_AT_ONCE))
        self._batch = 1 << (most.bit_length() - 1)  # no rest that a network sees by itself, dearly

    def _checked(self, values: NDArray[np.float32]) -> NDArray[np.float32]:
        if not np.isfinite(values).all():
            raise UserError(
                f"The encoder {self._encoder.key} gives features that are no numbers (NaN or "
                "infinite). Check its normalisation, or choose another encoder."
            )
        return values

    def _keep(self) -> None:
        """Write down what is new. A full disk costs that it is encoded again, nothing else."""
        if self._store is None or not self._unkept:
            return
        digests, rows = [key for key, _ in self._unkept], [row for _, row in self._unkept]
        self._unkept = []
        try:
            self._store.add(self._encoder.key, digests, as_kept(np.stack(rows)))
        except NotWritten as error:
            log.warning("%s", error)
            self.note, self._store = str(error), None
