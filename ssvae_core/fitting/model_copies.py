"""The copy that a model sees of images of any size, as an import makes it.

Letters in shapes: n images of H x W pixels and C channels.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ..data.resizing import fitted

MODEL_SIDE = 64  # pixels, the longer side of the largest images that a model learns from


def model_shape(shape: tuple[int, ...]) -> tuple[int, ...]:
    """The shape of the copy: (H, W, C) -> (H, W, C); vectors stay as they are."""
    if len(shape) != 3 or max(shape[:2]) <= MODEL_SIDE:
        return shape
    return MODEL_SIDE, MODEL_SIDE, shape[2]


def model_copies(images: NDArray[Any], shape: tuple[int, ...] | None = None) -> NDArray[Any]:
    """(n, H, W, C) of bytes, or floats in [0, 1] -> the same, or larger ones as bytes of 64 x 64.

    The whole image, stretched to a square, as an import does where all have one proportion; or to
    the square `shape` that a model has learned from.
    """
    shape = shape or model_shape(images.shape[1:])
    if shape == images.shape[1:]:
        return images
    copies = np.empty((len(images), *shape), np.uint8)
    for copy, image in zip(copies, images, strict=True):
        for channel, plane in enumerate(np.moveaxis(as_bytes(image), -1, 0)):
            square = fitted(Image.fromarray(np.ascontiguousarray(plane)), shape[0], "resize")
            copy[..., channel] = np.asarray(square)
    return copies


def as_bytes(images: NDArray[Any]) -> NDArray[np.uint8]:
    """Bytes, or floats in [0, 1], as bytes: (..., H, W, C) -> (..., H, W, C)."""
    if images.dtype == np.uint8:
        return images
    rounded: NDArray[np.uint8] = np.rint(images * np.float32(255)).astype(np.uint8)
    return rounded
