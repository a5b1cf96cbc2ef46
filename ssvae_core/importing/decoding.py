"""Image files and arrays to examples of one size: (H, W, C) bytes, C = 1 grey or 3 colours.

Every file is untrusted: the format must be on the list, the header is checked before a pixel is
read, and whatever goes wrong becomes a Skipped. Where a large JPEG is decoded at a reduced scale,
two files are duplicates if they are equal at that scale.
"""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from ..data.import_report import Skipped
from .items import ContentError, looks_like_image
from .pixel_policy import Look, Policy
from .resizing import PREVIEW, fitted, preview_of

FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "DIB", "TIFF", "GIF", "PPM")
SUFFIXES = {"JPEG": (".jpg", ".jpeg", ".jpe", ".jfif", ".mpo"), "TIFF": (".tif", ".tiff")}
MOST_PIXELS = 40_000_000
MOST_BYTES = 512 * 2**20  # of one file
LYING = (5, 6, 7, 8)  # EXIF orientations that make width of height
DEEP = ("I", "F")  # how Pillow's modes of more than 8 bits begin


@dataclass(frozen=True)
class Decoded:
    """An image as the model will see it, and what is kept of the original."""

    pixels: NDArray[Any]  # (H, W, 1) or (H, W, 3) uint8, or a vector: (D,) float32
    digest: bytes  # of the original's pixels: 16 bytes
    height: int  # of the original
    width: int
    facts: tuple[str, ...] = ()  # keys of FACTS
    preview: bytes = b""  # PNG or JPEG, if the original is larger than the example


def decode(name: str, content: Path | bytes, policy: Policy) -> Decoded | Skipped:
    """One file as an example. The policy is a settled one."""
    try:
        with _open(content) as image:
            return _decoded(name, image, policy)
    except Exception as error:  # Pillow's plugins raise almost anything on a broken file
        return why_skipped(name, error)


def look(name: str, content: Path | bytes) -> Look | None:
    """What a file is; its pixels are read only if they are not bytes. None if it is broken."""
    try:
        with _open(content) as image:
            width, height = image.size
            if image.format != "TIFF" and orientation_of(image) in LYING:
                width, height = height, width
            if is_deep(image):
                return look_at_array(np.asarray(image))
            return Look(height, width, is_colour=image.mode not in ("1", "L", "LA", "La"))
    except Exception:  # it will be said when it is its turn to be decoded
        return None


def why_skipped(name: str, error: Exception) -> Skipped:
    """The error in words."""
    match error:
        case ContentError():
            return Skipped(name, error.reason, error.detail)
        case Image.DecompressionBombError() | Image.DecompressionBombWarning() | MemoryError():
            return Skipped(name, "too-large", f"more than {MOST_PIXELS // 10**6} megapixels")
        case FileNotFoundError():
            return Skipped(name, "vanished")
        case PermissionError():
            return Skipped(name, "no-permission")
        case UnidentifiedImageError() if not looks_like_image(name):
            return Skipped(name, "not-image")
        case UnidentifiedImageError():
            return Skipped(name, "broken", "its content is no image of a known format")
    return Skipped(name, "broken", str(error) or type(error).__name__)


def _open(content: Path | bytes) -> Image.Image:
    """The image with its header read and found acceptable; no pixel is decoded yet."""
    size = content.stat().st_size if isinstance(content, Path) else len(content)
    if size == 0:
        raise ContentError("broken", "the file is empty")
    if size > MOST_BYTES:
        raise ContentError("too-large", f"more than {MOST_BYTES // 2**20} MB")
    image = Image.open(
        content if isinstance(content, Path) else io.BytesIO(content), formats=FORMATS
    )
    width, height = image.size
    if width * height > MOST_PIXELS:
        image.close()
        raise ContentError(
            "too-large", f"{width} x {height}: more than {MOST_PIXELS // 10**6} megapixels"
        )
    return image


def _decoded(name: str, image: Image.Image, policy: Policy) -> Decoded:
    facts = []
    width, height = image.size
    suffix, kind = Path(name).suffix.lower(), image.format or ""
    if suffix in SUFFIXES.get("JPEG", ()) + SUFFIXES["TIFF"] + (".png", ".webp", ".bmp", ".gif"):
        expected = SUFFIXES.get(kind, (".jpg", ".jpeg", ".mpo") if kind == "MPO" else None)
        if suffix not in (expected or (f".{kind.lower()}",)):
            facts.append("disguised")
    if kind != "MPO" and getattr(image, "is_animated", False):
        facts.append("first-frame")
    if kind in ("JPEG", "MPO"):
        image.draft(None, (PREVIEW, PREVIEW))
    before = orientation_of(image)
    image.load()
    orientation = max(before, orientation_of(image))  # some is known only after, some only before
    is_stored_so = orientation != 1 and kind != "TIFF"  # Pillow turns a TIFF by itself
    upright = ImageOps.exif_transpose(image) if is_stored_so else image
    if orientation != 1:
        facts.append("turned")
    if is_stored_so and orientation in LYING:
        width, height = height, width
    if is_deep(upright):
        return decode_array(np.asarray(upright), policy, tuple(facts))
    plain = in_plain_mode(upright)
    if plain is not upright and has_transparency(upright):
        facts.append("transparent")
    return _example(plain, policy, height, width, tuple(facts))


def orientation_of(image: Image.Image) -> int:
    """How it is to be turned, as EXIF counts; 1 is upright."""
    if image.format != "TIFF" and not {"exif", "xmp"} & image.info.keys():
        return 1
    return int(image.getexif().get(0x0112, 1))


def is_deep(image: Image.Image) -> bool:
    """Whether its values are not bytes."""
    return image.mode.startswith(DEEP)


def has_transparency(image: Image.Image) -> bool:
    """Whether anything of it is transparent."""
    if image.mode in ("RGBA", "RGBa", "LA", "La", "PA"):
        return bool((np.asarray(image.convert("RGBA"))[..., 3] < 255).any())
    return image.mode == "P" and "transparency" in image.info


def in_plain_mode(image: Image.Image) -> Image.Image:
    """The same as L or RGB; transparent parts on white."""
    if image.mode in ("L", "RGB"):
        return image
    if image.mode == "1":
        return image.convert("L")
    if image.mode in ("RGBA", "RGBa", "LA", "La", "PA") or "transparency" in image.info:
        layer = image.convert("RGBA")
        ground = Image.new("RGBA", layer.size, "white")
        plain = Image.alpha_composite(ground, layer)
        return plain.convert("L" if image.mode in ("LA", "La") else "RGB")
    return image.convert("RGB")


def decode_array(values: NDArray[Any], policy: Policy, facts: tuple[str, ...] = ()) -> Decoded:
    """One image of an array: (H, W) or (H, W, C) of any numbers. ValueError for another shape."""
    if values.ndim == 2:
        values = values[..., None]
    if values.ndim != 3 or values.shape[2] not in (1, 2, 3, 4) or 0 in values.shape:
        raise ValueError(f"Expected an image of 1 to 4 channels, got shape {values.shape}.")
    if values.dtype == np.bool_:
        values = values.astype(np.uint8) * np.uint8(255)
    digest = None
    if values.dtype != np.uint8:
        digest = digest_of(values)
        values, more = _as_bytes(values, policy)
        facts += more
    height, width = values.shape[:2]
    mode = {1: "L", 2: "LA", 3: "RGB", 4: "RGBA"}[values.shape[2]]
    image = Image.fromarray(np.ascontiguousarray(values[..., 0] if mode == "L" else values))
    if mode in ("LA", "RGBA"):
        if has_transparency(image):
            facts += ("transparent",)
        image = in_plain_mode(image)
    return _example(image, policy, height, width, facts, digest)


def decode_vector(values: NDArray[Any]) -> Decoded:
    """A row of numbers: (D,). ValueError if not all of them are."""
    row = values.astype(np.float32)
    if not np.isfinite(row).all():
        raise ValueError("a value is missing, or is not a finite number")
    return Decoded(row, digest_of(row), 0, 0)


def _as_bytes(values: NDArray[Any], policy: Policy) -> tuple[NDArray[np.uint8], tuple[str, ...]]:
    """Deep values on the policy's one scale."""
    low, high = policy.low or 0.0, policy.high or 1.0
    scaled = (values.astype(np.float32) - low) * np.float32(255 / (high - low))
    if not np.isfinite(scaled).all():
        raise ValueError("it holds values that are not finite numbers")
    is_clipped = bool(scaled.min() < -0.5 or scaled.max() > 255.5)
    facts = ("deep", "clipped") if is_clipped else ("deep",)
    return np.clip(np.rint(scaled), 0, 255).astype(np.uint8), facts


def look_at_array(values: NDArray[Any]) -> Look:
    """What one image of an array is."""
    height, width = values.shape[:2]
    is_colour = values.ndim == 3 and values.shape[2] >= 3
    if values.dtype in (np.uint8, np.bool_):
        return Look(height, width, is_colour)
    is_float = values.dtype.kind == "f"
    finite = values[np.isfinite(values)] if is_float else values
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (None, None)
    return Look(height, width, is_colour, low, high, is_float)


def _example(
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


def digest_of(values: NDArray[Any]) -> bytes:
    """Equal for equal pixels in an equal shape: 16 bytes."""
    head = f"{values.dtype.str}{values.shape}".encode()
    digest = hashlib.blake2b(head, digest_size=16)
    digest.update(np.ascontiguousarray(values).data)
    return digest.digest()
