"""Features that were worked out once, kept by what the encoder saw: features/<key>/<part>/.

A part is a bundle of the features of some images and the digests of what was seen; parts are only
added, so two processes never write the same one, and a write that is cut off leaves none. Who
finds a damaged part goes on without it: its images are encoded again.

Letters in shapes: N images that are asked for, n that are in a part, F features.
"""

from __future__ import annotations

import logging
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import UserError
from ..storage.bundles import read_bundle, write_bundle
from ..storage.paths import WRITING

DIGEST = 16  # bytes of the digest of an image
# Between these float16 has the three digits that neighbours need; else they are kept as float32.
FLOAT16_RANGE = 1e-2, 6e4

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class FeatureStore:
    """The features in a folder: `workspace / FEATURES`, which need not be there yet."""

    root: Path

    def find(
        self, key: str, digests: list[bytes], n_features: int
    ) -> tuple[NDArray[Any], NDArray[np.bool_]]:
        """Features (N, F) by that encoder, zero where none are kept, and which are kept (N,)."""
        features = np.zeros((len(digests), n_features), np.float16)
        is_kept = np.zeros(len(digests), bool)
        places: dict[bytes, list[int]] = {}
        for place, digest in enumerate(digests):
            places.setdefault(digest, []).append(place)
        for part in self._parts(key):
            found = _read(part, n_features)
            if found is None:
                continue
            seen, values = found
            if values.dtype != features.dtype:
                features = features.astype(np.float32)
            for row, digest in enumerate(seen):
                for place in places.get(digest, ()):
                    features[place], is_kept[place] = values[row], True
        return features, is_kept

    def add(self, key: str, digests: list[bytes], features: NDArray[Any]) -> None:
        """Keep the features (n, F) of images. Raises NotWritten where the disk is full."""
        if not digests:
            return
        seen = np.frombuffer(b"".join(digests), np.uint8).reshape(-1, DIGEST)
        arrays = {"digests": seen, "features": features}
        write_bundle(self.root / key / uuid.uuid4().hex, arrays, {"encoder": key})

    def _parts(self, key: str) -> list[Path]:
        folder = self.root / key
        try:
            there = sorted(folder.iterdir())
        except OSError:
            return []
        return [part for part in there if not part.name.startswith(WRITING)]


def as_kept(features: NDArray[np.float32]) -> NDArray[Any]:
    """In half precision where that is precise enough."""
    largest = float(np.abs(features).max(initial=0))
    low, high = FLOAT16_RANGE
    return features.astype(np.float16) if low <= largest <= high else features


def _read(part: Path, n_features: int) -> tuple[list[bytes], NDArray[Any]] | None:
    """The digests and features (n, F) in a part; None where it is damaged."""
    try:
        arrays, _ = read_bundle(part)
    except UserError as error:
        log.warning("Features are left out and worked out again: %s", error)
        return None
    digests, features = arrays.get("digests"), arrays.get("features")
    if (
        digests is None
        or features is None
        or digests.shape != (len(features), DIGEST)
        or features.shape != (len(features), n_features)
        or features.dtype.kind != "f"
    ):
        log.warning("Features are left out and worked out again: %s holds others.", part)
        return None
    return [digest.tobytes() for digest in digests], features
