"""Colours of 16 bits, of which Pillow keeps the high bytes alone: 12 bits of 16 would be black.

The file is decoded a second time with its bytes the other way round, which gives the low ones.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from .items import ContentError

OTHER_END = {"B": "L", "L": "B", "N": "B" if sys.byteorder == "little" else "L"}
GREY_AND_ALPHA = "LA;16B"  # of a PNG; read as four bytes, both halves of both come at once
PLANAR_TAG, BITS_TAG = 284, 258
BYTE = 255  # the largest value of 8 bits
OPAQUE = 65535


def has_deep_colour(image: Image.Image) -> bool:
    """Whether its colours have 16 bits. ContentError if they lie as Pillow misreads them."""
    if image.format == "TIFF" and _is_planar(image):
        raise ContentError(
            "broken",
            "its colours of 16 bits lie in separate planes, which is not read: save it with "
            "interleaved colours",
        )
    return _ppm_depth(image) > BYTE or (
        image.format in ("PNG", "TIFF")
        and any(
            _raw_mode(tile).startswith(("RGB", "LA")) and ";16" in _raw_mode(tile)
            for tile in _tiles(image)
        )
    )


def deep_colour(
    image: Image.Image, low_bytes: Image.Image, upright: Callable[[Image.Image], Image.Image]
) -> NDArray[Any]:
    """Its values, (H, W, 2 to 4), from the image opened twice; neither is loaded yet.

    `upright` turns each as its orientation asks.
    """
    if _ppm_depth(image) > BYTE:
        return _ppm_values(image)
    is_grey = any(_raw_mode(tile) == GREY_AND_ALPHA for tile in _tiles(image))
    _set_tiles(low_bytes, "RGBA" if is_grey else None)
    low: NDArray[Any] = np.asarray(upright(low_bytes))
    if is_grey:
        low = low.astype(np.uint16)
        return (low[..., 0::2] << 8) | low[..., 1::2]
    values: NDArray[Any] = np.asarray(upright(image)).astype(np.uint16)
    values <<= 8
    values |= low
    return values


def opaque(
    values: NDArray[np.uint16], transparent: tuple[int, ...] | int | None, white: float
) -> tuple[NDArray[Any], bool]:
    """The colours alone, what is transparent on white, and whether anything is.

    `transparent` is the one colour that a PNG may name as such.
    """
    alpha: NDArray[Any] | None = None
    if values.ndim == 3 and values.shape[2] in (2, 4):
        if (values[..., -1] == OPAQUE).all():
            return values[..., :-1], False
        alpha = values[..., -1:] / np.float32(OPAQUE)
        values = values[..., :-1]
    elif transparent is not None:
        colours = values if values.ndim == 3 else values[..., None]
        alpha = (colours != np.array(transparent)).any(-1, keepdims=True).astype(np.float32)
        values = colours
    if alpha is None or (alpha == 1).all():
        return values, False
    return values * alpha + np.float32(white) * (1 - alpha), True


def _is_planar(image: Image.Image) -> bool:
    tags: Any = getattr(image, "tag_v2", {})
    bits = tags.get(BITS_TAG, (8,))
    return tags.get(PLANAR_TAG, 1) == 2 and len(bits) > 1 and max(bits) > 8


def _ppm_depth(image: Image.Image) -> int:
    """The largest value that a binary PPM may hold in each colour; 0 for all other images."""
    args: Any = next((tile.args for tile in _tiles(image) if tile.codec_name == "ppm"), None)
    is_colour = image.format == "PPM" and isinstance(args, tuple) and args[0] == "RGB"
    return int(args[1]) if is_colour else 0


def _ppm_values(image: Any) -> NDArray[Any]:
    n = image.height * image.width * 3
    image.fp.seek(_tiles(image)[0].offset)
    content = image.fp.read(2 * n)
    if len(content) < 2 * n:
        raise ContentError("broken", "the file ends in the middle")
    values = np.frombuffer(content, ">u2").astype(np.float32) * (OPAQUE / _ppm_depth(image))
    return np.rint(values).astype(np.uint16).reshape(image.height, image.width, 3)


def _tiles(image: Image.Image) -> list[Any]:
    return list(getattr(image, "tile", ()))


def _raw_mode(tile: Any) -> str:
    args = tile.args
    return str(args[0] if isinstance(args, tuple) and args else args)


def _set_tiles(image: Image.Image, raw_mode: str | None) -> None:
    """Let it be decoded in this raw mode, or with its bytes the other way round."""
    tiles = []
    for tile in _tiles(image):
        mode = _raw_mode(tile)
        other = raw_mode or mode[:-1] + OTHER_END[mode[-1]]
        args = (other, *tile.args[1:]) if isinstance(tile.args, tuple) else other
        tiles.append(tile._replace(args=args))
    image.tile = tiles  # type: ignore[attr-defined]
