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
from ..errors import UserError
from .array_decoding import Decoded, decode_row
from .child import ChildDied
from .decoder import DecoderProcess
from .pixel_policy import HIGHEST_SIDE, LOWEST_SIDE, Policy

LOOKED_AT = 512  # examples, to see how a data set's images lie
INK = 40  # of 255 from the ground, from which a pixel is ink
MOSTLY = 0.95  # share of the examples that lie in the box
LARGEST_BOX = 0.8  # of the side; beyond that images fill their frames
OFF_CENTRE = 0.05  # of the side, that the mass of most lies from the middle at most
MIDDLE = 128  # of 255
VECTORS = "These examples are vectors: there is nothing to draw. Open a session on images."
DIED = "This file cannot be read as an image: the decoder crashed on it."
SWAPPED = "Light and dark were swapped, as the images of this data set have them."
CENTRED = "It was fitted into {} pixels and centred by its mass, as these images are."
EMPTY = "There is nothing on it yet. Draw something."

Bytes = NDArray[np.uint8]


@dataclass(frozen=True)
class Framing:
    """How the images of a data set lie in their frames."""

    is_dark: bool  # the ground is nearer to black than to white
    box: int | None  # pixels, of the box in which they lie centred by mass; None if they do not


@dataclass(frozen=True)
class NewImage:
    """An image like the examples (H, W, C), as it came (h, w, C), and what was done to it."""

    image: Bytes
    photo: Bytes
    done: tuple[str, ...] = ()  # sentences


_framings: dict[str, Framing] = {}  # by the fingerprint of the data


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
    framing, done = framing_of(data), []
    if channels == 1:
        if framing.is_dark == (_ground(photo) > MIDDLE):
            square, photo = 255 - square, 255 - photo
            done.append(SWAPPED)
        if framing.box is not None:
            square = centred(photo[..., 0], side, framing.box)[..., None]
            done.append(CENTRED.format(framing.box))
    top, left = (side - height) // 2, (side - width) // 2
    image = square[top : top + height, left : left + width]
    if channels == 4:
        image = np.concatenate([image, np.full_like(image[..., :1], 255)], 2)
    return NewImage(np.ascontiguousarray(image), photo, tuple(done))


def framing_of(data: Dataset) -> Framing:
    """How its images lie, by a look at some of them."""
    if data.fingerprint not in _framings:
        _framings[data.fingerprint] = _framing(data.images)
    return _framings[data.fingerprint]


def centred(picture: Bytes, side: int, box: int) -> Bytes:
    """What differs from the ground, fitted into a box and centred by mass: (h, w) -> (side, side).

    UserError where nothing does.
    """
    ground = _ground(picture)
    ink = np.abs(picture.astype(np.int16) - ground)
    rows, columns = (np.flatnonzero((ink > INK).any(axis)) for axis in (1, 0))
    if not len(rows):
        raise UserError(EMPTY)
    cut = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    scale = box / max(cut.shape)
    height, width = (max(1, round(scale * length)) for length in cut.shape)
    small = PIL.Image.fromarray(cut.astype(np.uint8)).resize(
        (width, height), PIL.Image.Resampling.BICUBIC, reducing_gap=3.0
    )
    mass = np.asarray(small, np.float64)
    middle = [
        float((mass.sum(1 - axis) * (np.arange(mass.shape[axis]) + 0.5)).sum() / mass.sum())
        for axis in (0, 1)
    ]
    top, left = (
        int(np.clip(round(side / 2 - at), 0, side - length))
        for at, length in zip(middle, (height, width), strict=True)
    )
    found = np.full((side, side), ground, np.int16)
    towards = 1 if ground < MIDDLE else -1
    found[top : top + height, left : left + width] += towards * np.asarray(small, np.int16)
    return found.clip(0, 255).astype(np.uint8)


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


def _framing(images: Bytes) -> Framing:
    some = images[:: max(len(images) // LOOKED_AT, 1)][:LOOKED_AT]
    ground = _ground(some)
    if some.shape[3] != 1:
        return Framing(ground < MIDDLE, None)
    side = max(some.shape[1:3])
    ink: NDArray[np.int16] = np.abs(some[..., 0].astype(np.int16) - ground)
    mass = ink.sum((1, 2)).clip(1)
    is_ink: NDArray[np.bool_] = ink > INK
    lengths, apart = np.zeros(len(some)), np.zeros(len(some))
    for axis, n in ((2, some.shape[1]), (1, some.shape[2])):
        along: NDArray[np.bool_] = np.any(is_ink, axis=axis)
        spread = along.argmax(1), n - along[:, ::-1].argmax(1)
        lengths = np.maximum(lengths, np.where(along.any(1), spread[1] - spread[0], 0))
        middle = (ink.sum(axis) * (np.arange(n) + 0.5)).sum(1) / mass
        apart = np.maximum(apart, np.abs(middle - n / 2))
    box = int(np.quantile(lengths, MOSTLY))
    is_centred = np.quantile(apart, MOSTLY) <= OFF_CENTRE * side
    is_boxed = 0 < box <= LARGEST_BOX * side and np.median(lengths) > 0.9 * box
    return Framing(ground < MIDDLE, box if is_centred and is_boxed else None)


def _ground(pictures: Bytes) -> int:
    """The median of the outermost pixels, of one picture (h, w, ...) or several (N, h, w, C)."""
    if pictures.ndim == 4:
        edges = pictures[:, 0], pictures[:, -1], pictures[:, :, 0], pictures[:, :, -1]
        return int(np.median(np.concatenate(edges, 1)))
    edges = pictures[0], pictures[-1], pictures[:, 0], pictures[:, -1]
    return int(np.median(np.concatenate(edges)))
