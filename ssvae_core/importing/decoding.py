"""Image files to examples of one size.

Every file is untrusted: the format must be on the list, the header is checked before a pixel is
read, and whatever goes wrong becomes a Skipped. Where a large JPEG is decoded at a reduced scale,
two files are duplicates if they are equal at that scale.
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from ..data.import_report import Skipped
from ..data.resizing import PREVIEW_SIDE
from ..limits import MOST_PIXELS, cut
from .array_decoding import Decoded, decode_array, example_of, look_at_array
from .deep_colour import deep_colour, has_deep_colour, opaque
from .image_modes import is_deep, on_white, orientation_of, scale_transparency, upright
from .items import ContentError, looks_like_image
from .other_formats import HEAD_BYTES, advice_by_content, advice_by_name, is_raw
from .pixel_policy import ImageFacts, Policy

FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "DIB", "TIFF", "GIF", "PPM")
SUFFIXES = {"JPEG": (".jpg", ".jpeg", ".jpe", ".jfif", ".mpo"), "TIFF": (".tif", ".tiff")}
MOST_BYTES = 512 * 2**20  # of one file
SIDEWAYS = (5, 6, 7, 8)  # EXIF orientations that make width of height


def decode(name: str, content: Path | bytes, policy: Policy) -> Decoded | Skipped:
    """One file as an example. The policy is a settled one."""
    try:
        with _open(name, content) as image:
            return _decoded(name, image, content, policy)
    except Exception as error:  # Pillow's plugins raise almost anything on a broken file
        return why_skipped(name, error)


def look(name: str, content: Path | bytes) -> ImageFacts | None:
    """What a file is; its pixels are read only if they are not bytes. None if it is broken."""
    try:
        with _open(name, content) as image:
            width, height = image.size
            if image.format != "TIFF" and orientation_of(image) in SIDEWAYS:
                width, height = height, width
            if is_deep(image) or has_deep_colour(image):
                values = _deep_values(name, image, content)
                has_alpha = values.ndim == 3 and values.shape[2] in (2, 4)
                return look_at_array(values[..., :-1] if has_alpha else values)
            return ImageFacts(height, width, is_colour=image.mode not in ("1", "L", "LA", "La"))
    except Exception:  # it will be said when it is its turn to be decoded
        return None


def why_skipped(name: str, error: Exception) -> Skipped:
    """The error in words."""
    match error:
        case ContentError():
            return Skipped(name, error.reason, error.detail)
        case Image.DecompressionBombError() | Image.DecompressionBombWarning():
            return Skipped(name, "too-large", f"more than {MOST_PIXELS // 10**6} megapixels")
        case MemoryError():
            return Skipped(name, "too-large", "it unpacks to more memory than one image may take")
        case FileNotFoundError():
            return Skipped(name, "vanished")
        case PermissionError():
            return Skipped(name, "no-permission")
        case UnidentifiedImageError() if not looks_like_image(name):
            return Skipped(name, "not-image")
        case UnidentifiedImageError():
            return Skipped(name, "broken", "its content is no image of a known format")
    return Skipped(name, "broken", cut(str(error)) or type(error).__name__)


def _open(name: str, content: Path | bytes) -> Image.Image:
    """The image with its header read and found acceptable; no pixel is decoded yet."""
    size = content.stat().st_size if isinstance(content, Path) else len(content)
    if size == 0:
        raise ContentError("broken", "the file is empty")
    if size > MOST_BYTES:
        raise ContentError("too-large", f"more than {MOST_BYTES // 2**20} MB")
    head = _head(content)
    if is_raw(name, head):  # many are TIFFs too, of which only a thumbnail would be read
        raise ContentError("other-format", advice_by_name(name) or advice_by_content(head))
    try:
        image = Image.open(
            content if isinstance(content, Path) else io.BytesIO(content), formats=FORMATS
        )
    except UnidentifiedImageError:
        if advice := advice_by_content(head) or advice_by_name(name):
            raise ContentError("other-format", advice) from None
        raise
    scale_transparency(image)
    width, height = image.size
    if width * height > MOST_PIXELS:
        image.close()
        raise ContentError(
            "too-large", f"{width} x {height}: more than {MOST_PIXELS // 10**6} megapixels"
        )
    return image


def _head(content: Path | bytes) -> bytes:
    if isinstance(content, bytes):
        return content[:HEAD_BYTES]
    with content.open("rb") as file:
        return file.read(HEAD_BYTES)


def _decoded(name: str, image: Image.Image, content: Path | bytes, policy: Policy) -> Decoded:
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
        image.draft(None, (PREVIEW_SIDE, PREVIEW_SIDE))
    if is_deep(image) or has_deep_colour(image):
        return _decoded_deep(name, image, content, policy, facts)
    before = orientation_of(image)
    image.load()
    orientation = max(before, orientation_of(image))  # some is known only after, some only before
    if orientation != 1:
        facts.append("turned")
    if kind != "TIFF" and orientation in SIDEWAYS:
        width, height = height, width
    plain, is_transparent = on_white(upright(image))
    if is_transparent:
        facts.append("transparent")
    return example_of(plain, policy, height, width, tuple(facts))


def _decoded_deep(
    name: str, image: Image.Image, content: Path | bytes, policy: Policy, facts: list[str]
) -> Decoded:
    """Of an image whose values are no bytes."""
    values = _deep_values(name, image, content)
    if orientation_of(image) != 1:
        facts.append("turned")
    white = 1.0 if policy.high is None else policy.high
    colours, is_transparent = opaque(values, image.info.get("transparency"), white)
    if is_transparent:
        facts.append("transparent")
    return decode_array(colours, policy, tuple(facts))


def _deep_values(name: str, image: Image.Image, content: Path | bytes) -> NDArray[Any]:
    """The values of such an image, upright: (H, W) or (H, W, C)."""
    if has_deep_colour(image):
        with _open(name, content) as low_bytes:
            return deep_colour(image, low_bytes, upright)
    values = np.asarray(upright(image))
    return values if values.dtype.isnative else values.astype(values.dtype.newbyteorder("="))
