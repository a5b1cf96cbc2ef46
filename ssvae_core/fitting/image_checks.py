"""Images as people pass them in arrays, checked and brought to one form.

Letters in shapes: n images of H x W pixels and C channels.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

CHANNELS = (1, 2, 3, 4)  # that an image may have, as where arrays are imported


def n_axes(X: ArrayLike) -> int:
    """Of an array, a table, or lists in lists."""
    return int(X.ndim) if hasattr(X, "ndim") else np.asarray(X).ndim


def as_images(X: ArrayLike, at_least: int = 1) -> NDArray[Any]:
    """(n, H, W) or (n, H, W, C) -> (n, H, W, C), bytes or floats in [0, 1]; ValueError if not."""
    images = np.asarray(X)
    if images.ndim not in (3, 4):
        raise ValueError(
            "X must be vectors, (n, d), or images, (n, H, W) or (n, H, W, C); "
            f"it has shape {images.shape}."
        )
    if len(images) < at_least:
        raise ValueError(f"At least {at_least} images are needed; X holds {len(images)}.")
    _check_channels(images.shape)
    if images.dtype.kind == "f":
        low, high = images.min(), images.max()
        if not (low >= 0 and high <= 1):  # nor if one is nan
            raise ValueError(
                f"Images of floats must lie in [0, 1]; X goes from {low:g} to {high:g}. "
                "Divide it by its largest possible value, or pass uint8."
            )
        images = images.astype(np.float32)
    elif images.dtype == np.bool_:
        raise ValueError("Images must be uint8, or floats in [0, 1]; pass X.astype(float).")
    elif images.dtype != np.uint8:
        raise ValueError(
            f"Images must be uint8, or floats in [0, 1]; X is {images.dtype}. If its values go "
            "from 0 to 255, pass X.astype(np.uint8)."
        )
    return images if images.ndim == 4 else images[..., None]


def _check_channels(shape: tuple[int, ...]) -> None:
    """Raise ValueError where the last of four axes holds no channels, or an image no pixel."""
    if 0 in shape[1:]:
        raise ValueError(f"X holds images without a pixel: it has shape {shape}.")
    if len(shape) == 3 or shape[3] in CHANNELS:
        return
    said = f"Images are (n, H, W, C), with C of 1 to {max(CHANNELS)}; X has shape {shape}."
    if shape[1] in CHANNELS:
        said += " If its channels come first, pass numpy.moveaxis(X, 1, -1)."
    raise ValueError(said)


def check_kind(came: tuple[int, ...] | None, learned: tuple[int, ...] | None) -> None:
    """Raise ValueError if these are not the images, (H, W, C), learned from. None is vectors."""
    if came != learned:
        raise ValueError(
            f"X holds {in_words(came)}; this classifier learned from {in_words(learned)}."
        )


def in_words(shape: tuple[int, ...] | None) -> str:
    """(H, W, C) or None: "images of 28 x 28", "images of 32 x 32 in 3 channels", "vectors"."""
    if shape is None:
        return "vectors"
    height, width, n_channels = shape
    return f"images of {height} x {width}" + (
        f" in {n_channels} channels" if n_channels > 1 else ""
    )
