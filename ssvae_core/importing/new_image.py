"""One image from outside, made like those of a data set: a drawing, or a file that was dropped.

A file is decoded as an import decodes it: in a process of its own, by the policy of the data set's
import. Among grey images that lie centred in a box, as MNIST's do, it is cut out and centred by its
mass as well; and it is turned to their ink and their ground.

Letters in shapes: N examples, H, W, C an example's height, width and channels, h, w a photo's.
"""

from __future__ import annotations

import io
from dataclasses import dataclass

import numpy as np
import PIL.Image
from numpy.typing import NDArray

from ..data import Dataset
from ..data.import_report import Skipped
from ..data.import_words import REASONS
from ..data.matching import Making, laid_as, making_of
from ..errors import UserError
from .array_decoding import Decoded, decode_row
from .child import ChildDied
from .decoder import DecoderProcess
from .pixel_policy import HIGHEST_SIDE, LOWEST_SIDE, Policy

MIDDLE = 128  # of 255
VECTORS = "These examples are vectors: there is nothing to draw. Open a session on images."
DIED = "This file cannot be read as an image: the decoder crashed on it."
SWAPPED = "Light and dark were swapped, as the images of this data set have them."
CENTRED = "It was fitted into {} pixels and centred by its mass, as these images are."
EMPTY = "There is nothing on it yet. Draw something."

Bytes = NDArray[np.uint8]


@dataclass(frozen=True)
class NewImage:
    """An image like the examples (H, W, C), as it came (h, w, C), and what was done to it."""

    image: Bytes
    photo: Bytes
    done: tuple[str, ...] = ()  # sentences


_makings: dict[str, Making] = {}  # by the fingerprint of the data


def new_image(data: Dataset, name: str, content: bytes | Bytes) -> NewImage:
    """A file, or pixels (h, w, C), as an example of this data set.

    UserError if it is no image, or there can be none.
    """
    if data.kind != "image":
        raise UserError(VECTORS)
    height, width, channels = data.shape
    side = max(height, width)
    if channels not in (1, 3, 4) or not LOWEST_SIDE <= side <= HIGHEST_SIDE:
        raise UserError(
            f"The images of this data set are {height} x {width} with {channels} channels; only of "
            f"{LOWEST_SIDE} to {HIGHEST_SIDE} pixels, in grey or colour, can new ones be made."
        )
    square, photo = _decoded(data, side, name, content)
    done = []
    if channels == 1:
        making = how_made(data)
        if making.is_light_on_dark == (_ground(photo) > MIDDLE):
            square, photo = 255 - square, 255 - photo
            done.append(SWAPPED)
        if making.is_laid_by_mass:
            laid = laid_as(photo[..., 0], making)
            if laid is None:
                raise UserError(EMPTY)
            done.append(CENTRED.format(making.box))
            return NewImage(laid[..., None], photo, tuple(done))
    top, left = (side - height) // 2, (side - width) // 2
    image = square[top : top + height, left : left + width]
    if channels == 4:
        image = np.concatenate([image, np.full_like(image[..., :1], 255)], 2)
    return NewImage(np.ascontiguousarray(image), photo, tuple(done))


def how_made(data: Dataset) -> Making:
    """How its images are made, by a look at some of them."""
    if data.fingerprint not in _makings:
        _makings[data.fingerprint] = making_of(data.images)
    return _makings[data.fingerprint]


def _decoded(data: Dataset, side: int, name: str, content: bytes | Bytes) -> tuple[Bytes, Bytes]:
    """As an import of this data set makes it: (side, side, C), and in more pixels (h, w, C)."""
    policy = _policy(data, side)
    found = (
        _in_process(name, content, policy)
        if isinstance(content, bytes)
        else decode_row(name, content, policy)
    )
    if isinstance(found, Skipped):
        about = REASONS[found.reason][1]
        raise UserError(f"'{name}' was not taken: {about}{found.detail and f' ({found.detail})'}.")
    if not found.preview:
        return found.pixels, found.pixels
    with PIL.Image.open(io.BytesIO(found.preview)) as preview:
        photo = np.asarray(preview.convert("L" if data.shape[2] == 1 else "RGB"))
    return found.pixels, photo[..., None] if photo.ndim == 2 else photo


def _in_process(name: str, content: bytes, policy: Policy) -> Decoded | Skipped:
    process = DecoderProcess()
    try:
        return process.decode([(name, content)], policy)[0]
    except ChildDied:
        raise UserError(DIED) from None
    finally:
        process.close()


def _policy(data: Dataset, side: int) -> Policy:
    """The data set's own policy, or one that makes such squares."""
    known = data.provenance.policy if data.provenance else {}
    low, high = known.get("low"), known.get("high")
    return Policy(
        side=side,
        fit=known.get("fit") or "pad",
        channels="grey" if data.shape[2] == 1 else "colour",
        low=0.0 if low is None else low,
        high=255.0 if high is None else high,
    )


def _ground(picture: Bytes) -> int:
    """The median of the outermost pixels: (h, w, C)."""
    edges = picture[0], picture[-1], picture[:, 0], picture[:, -1]
    return int(np.median(np.concatenate(edges)))
