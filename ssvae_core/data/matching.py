"""One set's images made as another's are: size, place of the ink, contrast, polarity.

Two sets of the same things differ first in how their images were made: MNIST's digits fit into 20 x
20 pixels and lie with their centre of mass in the middle of 28 x 28, USPS' fill 16 x 16. A model
that learned from the one reads the other the better the more alike they are made, before anything
is adapted. Notes: benchmarks/notes/data-matching.md

Letters in shapes: N examples, H x W x C an image.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import PIL.Image
from numpy.typing import NDArray

from ..errors import UserError

IS_INK = 0.15  # of the way from the ground to the darkest ink
LEAST_INK = 40  # of 255, that a picture's darkest ink is from its ground
N_SEEN = 2000  # images of a set, to tell how it is made
SAME_BOX = 0.75  # of the images: as many have ink of one size where it was fitted to a box
PLAIN_BORDER = 40  # levels of 255: a border of less spread is a ground
HARDLY = 0.25  # of a pixel
NEAR = 0.75  # pixels that a centre is off the middle at most where it was put there


@dataclass(frozen=True)
class Making:
    """How the images of a set are made.

    `box` is the longer side of the ink's box in pixels where all have the same, and `centred` what
    of the ink lies in the middle, "mass" or "box"; None and "" of what is not so, as of all images
    but grey ones with ink on a plain ground.
    """

    height: int
    width: int
    channels: int
    is_light_on_dark: bool = True
    brightest: int = 255
    box: int | None = None
    centred: Literal["mass", "box", ""] = ""

    @property
    def is_laid_by_mass(self) -> bool:
        """Whether their ink fills a box and lies with its mass in the middle, as MNIST's."""
        return self.box is not None and self.centred == "mass"

    @property
    def frame(self) -> tuple[Any, ...]:
        """How large they are and where their ink lies."""
        return self.height, self.width, self.box, self.centred

    @property
    def in_words(self) -> str:
        """What was found, for the person."""
        words = [f"{self.height} x {self.width} pixels"]
        if self.channels == 1:
            words.append("light on dark" if self.is_light_on_dark else "dark on light")
        if self.box is not None:
            words.append(f"ink of {self.box} pixels")
        if self.centred:
            of = {"mass": "centre of mass", "box": "box"}[self.centred]
            words.append(f"its {of} in the middle")
        return ", ".join(words)


def making_of(images: NDArray[np.uint8]) -> Making:
    """How these are made, (N, H, W, C). UserError for vectors."""
    if images.ndim != 4 or images.dtype != np.uint8:
        raise UserError("Only images can be made as others are; these examples are vectors.")
    every = max(len(images) // N_SEEN, 1)
    some = np.asarray(images[::every])
    height, width, channels = some.shape[1:]
    if channels != 1 or (border := _border(some[..., 0])).std() > PLAIN_BORDER:
        return Making(height, width, channels)
    is_light_on_dark = bool(np.median(border) < 128)
    light = _light_on_dark(some[..., 0], is_light_on_dark)
    brightest = int(np.median(light.max((1, 2))))
    found = [_ink(image) for image in light]
    boxes = [ink for ink in found if ink is not None]
    if not boxes:
        return Making(height, width, 1, is_light_on_dark, brightest)
    sides = np.array([max(bottom - top, right - left) for top, bottom, left, right in boxes])
    box = int(np.median(sides))
    is_fitted = bool((np.abs(sides - box) <= 1).mean() >= SAME_BOX)
    centred = _centred(light[[ink is not None for ink in found]], boxes) if is_fitted else ""
    one = box if is_fitted else None
    return Making(height, width, 1, is_light_on_dark, brightest, one, centred)


def only_stretched(own: Making, other: Making) -> Making:
    """How images are made that are as they are, but for the other's size."""
    return replace(own, height=other.height, width=other.width, box=None, centred="")


def made_as(
    images: NDArray[np.uint8], other: Making, own: Making | None = None
) -> NDArray[np.uint8]:
    """These, (N, H, W, C), made as images of another set are.

    Stretched to the other's size, or where the other's ink was fitted to a box, fitted to that. An
    image without ink stays empty. `own` is how they are made now, where that is known, as of some
    of a set. UserError where one set is in colour and the other is not.
    """
    own = own or making_of(images)
    if own.channels != other.channels:
        kinds = {1: "grey", 3: "in colour"}
        raise UserError(
            f"Images {kinds.get(own.channels, 'of another kind')} cannot be made as images "
            f"{kinds.get(other.channels, 'of another kind')}. Import both with the same channels."
        )
    if own == other:
        return images
    made = np.empty((len(images), other.height, other.width, other.channels), np.uint8)
    for place, image in enumerate(np.asarray(images)):
        made[place] = _made(image, own, other)
    return made


def laid_as(picture: NDArray[np.uint8], other: Making) -> NDArray[np.uint8] | None:
    """A grey picture, light and dark as there, with its ink in the other's box: (h, w) -> (H, W).

    Its own ground becomes the other's. None where it has no ink.
    """
    light = _light_on_dark(picture, other.is_light_on_dark).astype(np.float32)
    ink = (light - np.median(_border(light[None]))).clip(0)
    if ink.max() < LEAST_INK:
        return None
    made = _fitted(ink, other).round().clip(0, 255).astype(np.uint8)
    return _light_on_dark(made, other.is_light_on_dark).astype(np.uint8)


def _made(image: NDArray[np.uint8], own: Making, other: Making) -> NDArray[Any]:
    if other.channels != 1:
        return _resized(image, other.height, other.width)
    light = _light_on_dark(image[..., 0], own.is_light_on_dark)
    scaled = (light * (other.brightest / max(own.brightest, 1))).clip(0, 255)
    if own.frame == other.frame:
        made = scaled
    elif other.box is None:
        made = _resized(scaled, other.height, other.width)
    else:
        made = _fitted(scaled, other)
    made = made.round().clip(0, 255).astype(np.uint8)[..., None]
    return made if other.is_light_on_dark else 255 - made


def _fitted(light: NDArray[Any], other: Making) -> NDArray[np.float32]:
    """Its ink in the other's box, laid as there: (H, W) -> (H', W') of the other."""
    whole = np.zeros((other.height, other.width), np.float32)
    ink = _ink(light)
    if ink is None:
        return whole
    top, bottom, left, right = ink
    assert other.box is not None
    scale = other.box / max(bottom - top, right - left)
    height = min(max(1, round((bottom - top) * scale)), other.height)
    width = min(max(1, round((right - left) * scale)), other.width)
    box = _resized(light[top:bottom, left:right], height, width).clip(0, 255)
    y, x = (np.arange(height), np.arange(width))
    middle = (height - 1) / 2, (width - 1) / 2
    if other.centred == "mass" and (mass := box.sum()) > 0:
        middle = (box.sum(1) @ y / mass, box.sum(0) @ x / mass)
    at_y = int(np.clip(round((other.height - 1) / 2 - middle[0]), 0, other.height - height))
    at_x = int(np.clip(round((other.width - 1) / 2 - middle[1]), 0, other.width - width))
    whole[at_y : at_y + height, at_x : at_x + width] = box
    return whole


def _resized(image: NDArray[Any], height: int, width: int) -> NDArray[Any]:
    """(H, W) of numbers, or (H, W, C) of bytes."""
    grey = image.ndim == 2
    picture = PIL.Image.fromarray(image.astype(np.float32) if grey else image)
    return np.asarray(picture.resize((width, height), PIL.Image.Resampling.BICUBIC))


def _border(images: NDArray[Any]) -> NDArray[Any]:
    """The outermost pixels of all: (N, H, W) -> (N, P)."""
    edges = images[:, 0], images[:, -1], images[:, :, 0], images[:, :, -1]
    return np.concatenate(edges, 1)


def _light_on_dark(images: NDArray[Any], is_so: bool) -> NDArray[Any]:
    return images if is_so else 255 - images


def _ink(light: NDArray[Any]) -> tuple[int, int, int, int] | None:
    """Rows and columns that hold ink, first and behind the last; None where there is none."""
    is_ink = light > max(float(light.max()) * IS_INK, 1.0)
    rows, columns = np.flatnonzero(is_ink.any(1)), np.flatnonzero(is_ink.any(0))
    if not len(rows):
        return None
    return int(rows[0]), int(rows[-1]) + 1, int(columns[0]), int(columns[-1]) + 1


def _centred(
    light: NDArray[Any], boxes: list[tuple[int, int, int, int]]
) -> Literal["mass", "box", ""]:
    """What of the ink lies in the middle: the one that is nearer there, if it is near."""
    height, width = light.shape[1:]
    mass = light.sum((1, 2), dtype=np.float64).clip(1e-9)
    of_mass = np.stack(
        [light.sum(2) @ np.arange(height) / mass, light.sum(1) @ np.arange(width) / mass], 1
    )
    edges = np.array(boxes, np.float64)
    of_box = np.stack([edges[:, :2].sum(1) - 1, edges[:, 2:].sum(1) - 1], 1) / 2
    middle = np.array([(height - 1) / 2, (width - 1) / 2])
    off = {"mass": of_mass, "box": of_box}
    distance = {name: float(np.abs(at - middle).mean()) for name, at in off.items()}
    # Where the two hardly differ, as in strokes that are symmetric, either will do.
    is_mass = distance["mass"] < distance["box"] + HARDLY
    nearest: Literal["mass", "box"] = "mass" if is_mass else "box"
    return nearest if distance[nearest] <= NEAR else ""
