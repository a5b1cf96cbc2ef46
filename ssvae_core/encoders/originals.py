"""The image of an example that an encoder sees: the larger original where one is kept."""

from __future__ import annotations

import hashlib
import io
import logging

import numpy as np
import PIL.Image

from ..data import Dataset
from ..errors import UserError
from ..limits import MOST_PIXELS
from .base import Image

log = logging.getLogger(__name__)
UNREADABLE = (OSError, ValueError, SyntaxError, MemoryError, PIL.Image.DecompressionBombError)


def original_image(data: Dataset, index: int) -> Image:
    """Of an example, as large as it is kept: (H, W, C); a damaged original is the example itself.

    Raises UserError where the examples are no images.
    """
    return decoded(content_of(data, index), data, index)


def content_of(data: Dataset, index: int) -> bytes | None:
    """The file of the larger original; None where the example is all there is."""
    if data.kind != "image":
        raise UserError(
            f"The examples of '{data.name}' are vectors: an image encoder has nothing to see. "
            "Choose the encoder 'auto'."
        )
    try:
        original = data.original(index)
    except (OSError, ValueError, LookupError) as error:
        log.warning("The original of example %d of %s cannot be read: %s", index, data.name, error)
        return None
    return original[0] if original else None


def decoded(content: bytes | None, data: Dataset, index: int) -> Image:
    """The image in the file of an original, or else the example: (H, W, C)."""
    if content:
        try:
            return _pixels(content)
        except UNREADABLE as error:
            log.warning("Original %d of %s cannot be decoded: %s", index, data.name, error)
    return np.asarray(data.images[index])


def digest(content: bytes | None, data: Dataset, index: int) -> bytes:
    """16 bytes that name what the encoder sees of an example, whatever data set it is in."""
    hashed = hashlib.blake2b(digest_size=16)
    if content:
        hashed.update(content)
    else:
        pixels = np.ascontiguousarray(data.images[index])
        hashed.update(repr(pixels.shape).encode())
        hashed.update(pixels.data)
    return hashed.digest()


def _pixels(content: bytes) -> Image:
    with PIL.Image.open(io.BytesIO(content)) as image:
        if image.width * image.height > MOST_PIXELS:
            raise ValueError(f"it has {image.width} x {image.height} pixels")
        pixels = np.asarray(image.convert("L" if image.mode == "L" else "RGB"))
    return pixels[:, :, None] if pixels.ndim == 2 else pixels
