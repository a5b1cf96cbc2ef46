"""A data set: images in memory, and what is known about them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Dataset:
    """Images to label, and where they have one, the answer key that only scores look at."""

    name: str
    title: str
    images: NDArray[np.uint8]  # (N, H, W, C)
    class_names: tuple[str, ...]  # the classes a new session begins with
    answer_key: NDArray[np.int64] | None = None  # (N,) true class of each image, hidden from models
    test_images: NDArray[np.uint8] | None = None  # (M, H, W, C), never trained on
    test_answer_key: NDArray[np.int64] | None = None  # (M,)
    fingerprint: str = field(init=False)  # of the images: what is cached by it never goes stale

    def __post_init__(self) -> None:
        if self.images.ndim != 4 or self.images.dtype != np.uint8:
            raise ValueError(
                f"Images must be uint8 of shape (N, H, W, C), got {self.images.dtype} "
                f"of shape {self.images.shape}."
            )
        digest = hashlib.sha256(repr(self.images.shape).encode())
        digest.update(np.ascontiguousarray(self.images).data)
        object.__setattr__(self, "fingerprint", digest.hexdigest()[:16])

    def __len__(self) -> int:
        return len(self.images)

    @property
    def shape(self) -> tuple[int, int, int]:
        """Height, width and channels of an image."""
        height, width, channels = self.images.shape[1:]
        return height, width, channels
