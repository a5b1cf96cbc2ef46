"""An image of any size as a square for the model, and what is kept of it to look at."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image, ImageOps

PREVIEW_SIDE = 256  # pixels, the longer side of what is kept of a larger original
LOSSLESS_SIDE = 96  # pixels, up to which it is kept without loss


def fitted(image: Image.Image, side: int, fit: str) -> Image.Image:
    """The image as a square of this side."""
    square = (side, side)
    if image.size == square:
        return image
    how = Image.Resampling.BICUBIC
    if fit == "crop":
        return ImageOps.fit(image, square, how)
    if fit == "pad" and image.width != image.height:
        scale = side / max(image.size)
        inner = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
        ground = Image.new(image.mode, square, border_colour(image))
        offset = ((side - inner[0]) // 2, (side - inner[1]) // 2)
        ground.paste(image.resize(inner, how, reducing_gap=3.0), offset)
        return ground
    return image.resize(square, how, reducing_gap=3.0)


def border_colour(image: Image.Image) -> int | tuple[int, ...]:
    """The median of its outermost pixels."""
    pixels = np.asarray(image)
    edges = (pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1])
    colour = np.median(np.concatenate(edges), axis=0)
    return int(colour) if colour.ndim == 0 else tuple(int(value) for value in colour)


def preview_of(image: Image.Image) -> bytes:
    """The original as it is kept, at most PREVIEW_SIDE pixels; no metadata (place, owner)."""
    small = image
    if max(image.size) > PREVIEW_SIDE:
        scale = PREVIEW_SIDE / max(image.size)
        size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
        small = image.resize(size, Image.Resampling.BICUBIC, reducing_gap=2.0)
    file = io.BytesIO()
    if max(small.size) <= LOSSLESS_SIDE:
        small.save(file, "PNG")
    else:
        small.save(file, "JPEG", quality=88)
    return file.getvalue()
