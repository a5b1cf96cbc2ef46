"""What every image encoder is: images of any size in, a row of features for each out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]  # (H, W, C), C = 1 for grey, 3 for RGB, 4 for RGB and opacity


class Encoder(Protocol):
    """An encoder that is open. B images, F features."""

    @property
    def key(self) -> str:
        """Weights and preprocessing by name: features of the same key can be compared."""

    @property
    def n_features(self) -> int:
        """F."""

    def encode(self, images: Sequence[Image]) -> NDArray[np.float32]:
        """Pooled features as the network gives them: images of any sizes -> (B, F)."""


class Keeper(Protocol):
    """Where features are kept by what was seen, as in a FeatureStore."""

    def find(
        self, key: str, digests: list[bytes], n_features: int
    ) -> tuple[NDArray[Any], NDArray[np.bool_]]:
        """Features (N, F) by that encoder, zero where none are kept, and which are kept (N,)."""

    def add(self, key: str, digests: list[bytes], features: NDArray[Any]) -> None:
        """Keep the features (n, F) of images. Raises NotWritten where that cannot be."""
