"""Rows of arrays to examples of one size, and what all examples are made with.

An example is (H, W, C) bytes, C = 1 grey or 3 colours, or a vector.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ..data.import_report import Skipped
from ..data.resizing import fitted, preview_of
from .image_modes import on_white
from .pixel_policy import ImageFacts, Policy
from .value_range import range_of

NUMBERS_AT_ONCE = 2**20
LEAST_CONTRAST = 4  # of 255, up to which an image shows nothing


@dataclass(frozen=True)
class Decoded:
    """An image as the model will see it, and what is kept of the original."""

    pixels: NDArray[Any]  # (H, W, 1) or (H, W, 3) uint8, or a vector: (D,) float32
    digest: bytes  # of the original's pixels: 16 bytes
    height: int  # of the original
    width: int
    facts: tuple[str, ...] = ()  # keys of FACTS
    preview: bytes = b""  # PNG or JPEG, if the original is larger than the example


def decode_row(name: str, values: NDArray[Any], policy: Policy) -> Decoded | Skipped:
    """A row of an array as an example: a vector (D,), or an image (H, W) or (H, W, C)."""
    try:
        return decode_vector(values) if values.ndim == 1 else decode_array(values, policy)
    except (ValueError, TypeError, MemoryError) as error:
        return Skipped(name, "bad-row", str(error))


def decode_array(values: NDArray[Any], policy: Policy, facts: tuple[str, ...] = ()) -> Decoded:
    """One image of an array: (H, W) or (H, W, C) of any numbers. ValueError for another shape."""
    if values.ndim == 2:
        values = values[..., None]
    if values.ndim != 3 or values.shape[2] not in (1, 2, 3, 4) or 0 in values.shape:
        raise ValueError(f"Expected an image of 1 to 4 channels, got shape {values.shape}.")
    digest = None
    if values.dtype == np.bool_:
        values = values.astype(np.uint8) * np.uint8(255)
    elif values.dtype != np.uint8 or policy.scales_bytes:
        digest = digest_of(values)
        values, more = _as_bytes(values, policy)
        facts += more
    height, width = values.shape[:2]
    mode = {1: "L", 2: "LA", 3: "RGB", 4: "RGBA"}[values.shape[2]]
    image = Image.fromarray(np.ascontiguousarray(values[..., 0] if mode == "L" else values))
    if mode in ("LA", "RGBA"):
        image, is_transparent = on_white(image)
        if is_transparent:
            facts += ("transparent",)
    return example_of(image, policy, height, width, facts, digest)


def decode_vector(values: NDArray[Any]) -> Decoded:
    """A row of numbers: (D,), nan where one is missing. ValueError for one that is not finite."""
    row = values.astype(np.float32)
    is_missing = np.isnan(row)
    if np.isinf(row).any():
        raise ValueError("a value is not a finite number")
    if len(row) and is_missing.all():
        raise ValueError("all of its values are missing")
    row[is_missing] = np.nan  # of which there are many, and the digest is to be one
    return Decoded(row, digest_of(row), 0, 0)


def _as_bytes(values: NDArray[Any], policy: Policy) -> tuple[NDArray[np.uint8], tuple[str, ...]]:
    """Deep values on the policy's one scale."""
    low = 0.0 if policy.low is None else policy.low
    high = 1.0 if policy.high is None else policy.high
    real = np.float32 if values.dtype.itemsize <= 2 else np.float64
    found, is_clipped = np.empty(values.shape, np.uint8), False
    step = max(1, NUMBERS_AT_ONCE * len(values) // values.size)
    for start in range(0, len(values), step):  # a large image takes no second one of floats
        scaled: NDArray[Any] = values[start : start + step].astype(real)
        scaled -= low
        scaled *= 255 / (high - low)
        if not np.isfinite(scaled).all():
            raise ValueError("it holds values that are not finite numbers")
        is_clipped |= bool(scaled.min() < -0.5 or scaled.max() > 255.5)
        found[start : start + step] = np.clip(np.rint(scaled), 0, 255)
    fact = "scaled" if values.dtype == np.uint8 else "deep"
    return found, ((fact, "clipped") if is_clipped else (fact,))


def look_at_array(values: NDArray[Any]) -> ImageFacts:
    """What one image of an array is."""
    height, width = values.shape[:2]
    is_colour = values.ndim == 3 and values.shape[2] >= 3
    found = None if values.dtype == np.bool_ else range_of(values)
    return ImageFacts(height, width, is_colour, found)


def example_of(
    image: Image.Image,
    policy: Policy,
    height: int,
    width: int,
    facts: tuple[str, ...],
    digest: bytes | None = None,
) -> Decoded:
    """Of an L or RGB image."""
    side = policy.side or 0
    values = np.asarray(image)
    seen = image.convert("L") if policy.channels == "grey" and image.mode != "L" else image
    square = fitted(seen, side, policy.fit or "resize")
    pixels = values if square is image else np.asarray(square)
    if pixels.ndim == 2:
        pixels = pixels[..., None]
    elif policy.channels == "auto" and (pixels == pixels[..., :1]).all():
        pixels = pixels[..., :1]
    if policy.channels == "colour" and pixels.shape[2] == 1:
        pixels = pixels.repeat(3, 2)
    preview = preview_of(image) if max(height, width) > side else b""
    digest = digest or digest_of(values)
    return Decoded(np.ascontiguousarray(pixels), digest, height, width, facts, preview)


def blank_of(pixels: NDArray[Any]) -> str | None:
    """Whether nothing can be seen in an example, (H, W, C): a key of BLANK."""
    if pixels.max() <= LEAST_CONTRAST:
        return "black"
    colours = pixels.reshape(-1, pixels.shape[2])
    return "flat" if np.ptp(colours, axis=0).max() <= LEAST_CONTRAST else None


def digest_of(values: NDArray[Any]) -> bytes:
    """Equal for equal pixels in an equal shape: 16 bytes."""
    head = f"{values.dtype.str}{values.shape}".encode()
    digest = hashlib.blake2b(head, digest_size=16)
    digest.update(np.ascontiguousarray(values).data)
    return digest.digest()
