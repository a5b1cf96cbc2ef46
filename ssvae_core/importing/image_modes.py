"""What an image says of itself: how it is turned, how deep and how transparent it is."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import numpy as np
from PIL import Image, ImageOps

DEEP_MODES = ("I", "F")  # how Pillow's modes of more than 8 bits begin
ALPHA_MODES = ("RGBA", "RGBa", "LA", "La", "PA")
RAW_EXIF = ("Raw profile type exif", "Raw profile type APP1")  # as ImageMagick writes EXIF in text
STEPS = {"L;2": 85, "L;4": 17}  # between the greys of a PNG of 2 and 4 bits


def orientation_of(image: Image.Image) -> int:
    """How it is to be turned, as EXIF counts; 1 is upright."""
    _unpack_exif(image)
    if image.format != "TIFF" and not {"exif", "xmp", *RAW_EXIF} & image.info.keys():
        return 1
    return int(image.getexif().get(0x0112, 1))


def upright(image: Image.Image) -> Image.Image:
    """Turned as it says; Pillow turns a TIFF by itself."""
    image.load()
    if image.format == "TIFF" or orientation_of(image) == 1:
        return image
    return ImageOps.exif_transpose(image)


def _unpack_exif(image: Image.Image) -> None:
    """What ImageMagick writes as APP1 is EXIF, or XMP; Pillow knows the first by another name."""
    text = image.info.get("Raw profile type APP1")
    if not text or "exif" in image.info:
        return
    with suppress(ValueError):
        content = bytes.fromhex("".join(str(text).split("\n")[3:]))
        if content.startswith(b"Exif\0\0"):
            image.info["exif"] = content


def is_deep(image: Image.Image) -> bool:
    """Whether its values are not bytes."""
    return image.mode.startswith(DEEP_MODES)


def scale_transparency(image: Image.Image) -> None:
    """Say in 8 bits which grey is transparent in a PNG of fewer; before the image is loaded."""
    named = image.info.get("transparency")
    steps = [STEPS[tile.args] for tile in getattr(image, "tile", ()) if _is_step(tile)]
    if image.format == "PNG" and isinstance(named, int) and steps:
        image.info["transparency"] = named * steps[0]


def _is_step(tile: Any) -> bool:
    return isinstance(tile.args, str) and tile.args in STEPS


def on_white(image: Image.Image) -> tuple[Image.Image, bool]:
    """The same as L or RGB, and whether anything of it is transparent; that lies on white."""
    named = image.info.get("transparency")
    if image.mode in ("1", "L", "RGB") and isinstance(named, int | tuple):
        plain = image.convert("L") if image.mode == "1" else image
        return _without(plain, named)
    if image.mode in ("L", "RGB"):
        return image, False
    if image.mode in ALPHA_MODES or named is not None:
        layer = image.convert("RGBA")
        if layer.getchannel("A").getextrema() == (255, 255):
            return layer.convert("L" if image.mode in ("LA", "La") else "RGB"), False
        ground = Image.new("RGBA", layer.size, "white")
        plain = Image.alpha_composite(ground, layer)
        return plain.convert("L" if image.mode in ("LA", "La") else "RGB"), True
    return image.convert("L" if image.mode == "1" else "RGB"), False


def _without(image: Image.Image, colour: int | tuple[int, ...]) -> tuple[Image.Image, bool]:
    """The image with the one colour that is transparent made white."""
    values = np.array(image)
    is_clear = values == np.array(colour)
    if values.ndim == 3:
        is_clear = is_clear.all(-1)
    if not is_clear.any():
        return image, False
    values[is_clear] = 255
    return Image.fromarray(values), True
