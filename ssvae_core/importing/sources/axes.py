"""What the axes of an array can be: images or vectors, and where the channels are.

The likeliest comes first; the others are offered.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..reading import Reading

CHANNELS = (1, 2, 3, 4)
LEAST_SIDE = 8  # pixels, of images that are offered for rows of numbers
LONGEST_SIDE = 2  # widths over heights that an image is thought to have at most
FLAT_IMAGES = (784, 3072)  # numbers of a row that are known as images: MNIST, CIFAR


@dataclass(frozen=True)
class Axes:
    """One way to read an array."""

    title: str  # "images (n, H, W)"
    kind: str  # image or vector
    order: tuple[int | None, ...]  # of the array's axes, examples first; None for a new one
    split: tuple[int, ...] = ()  # what a row is divided into: (H, W), (H, W, C) or (C, H, W)
    channels_first: bool = False

    @property
    def reads_in_order(self) -> bool:
        """Whether one example comes after the other in the array's own order."""
        return self.order[0] in (0, None)

    def n_rows(self, shape: tuple[int, ...]) -> int:
        """Examples in an array of this shape."""
        return 1 if self.order[0] is None else shape[self.order[0]]

    def rows(self, block: NDArray[Any]) -> NDArray[Any]:
        """An array, or a part of one, with examples first: (n, H, W), (n, H, W, C) or (n, D)."""
        if self.order[0] is None:
            block = block[None]
        elif self.order[0] != 0:
            block = np.moveaxis(block, self.order[0], 0)
        if self.split:
            block = block.reshape(len(block), *self.split)
        return np.moveaxis(block, 1, -1) if self.channels_first else block


AS_VECTORS = Axes("vectors", "vector", (0,), (-1,))  # each example's numbers in a row


def readings(shape: tuple[int, ...], dtype: np.dtype[Any]) -> dict[str, Axes]:
    """{title: how the array can be read}, the likeliest first. ValueError if it is no data."""
    if dtype.kind not in "buif":
        raise ValueError(f"expected numbers, it holds {dtype}")
    if 0 in shape:
        raise ValueError(f"it is empty: shape {shape}")
    found = list({2: _flat, 3: _three, 4: _four}.get(len(shape), _none)(shape, dtype))
    if not found:
        raise ValueError(
            f"expected images (n, H, W) or (n, H, W, C), or vectors (n, D); got shape {shape}"
        )
    return {axes.title: axes for axes in found}


def chosen_axes(shape: tuple[int, ...], dtype: np.dtype[Any], reading: Reading) -> Axes:
    """The axes as a person chose them, or the likeliest. UserError, ValueError for others."""
    found = readings(shape, dtype)
    titles = {title: title for title in found}
    return found[reading.choose("axes", f"Array of shape {shape}", titles, next(iter(titles)))]


def _none(shape: tuple[int, ...], dtype: np.dtype[Any]) -> Iterator[Axes]:
    return iter(())


def _flat(shape: tuple[int, ...], dtype: np.dtype[Any]) -> Iterator[Axes]:
    """Vectors, or images whose pixels lie in a row: as such are known bytes, and some lengths."""
    images = [
        Axes(f"images {' x '.join(map(str, split))}", "image", (0, 1), split, split[0] == 3)
        for split in _splits(shape[1])
    ]
    vectors = Axes("vectors", "vector", (0, 1))
    is_image = dtype in (np.uint8, np.bool_) or shape[1] in FLAT_IMAGES
    yield from (*images, vectors) if is_image else (vectors, *images)
    if all(side >= LEAST_SIDE for side in shape) and _is_image(*shape):
        yield Axes("one image (H, W)", "image", (None, 0, 1))


def _splits(n: int) -> Iterator[tuple[int, ...]]:
    """The shapes of square images of n numbers: (H, W), (C, H, W) or (H, W, C)."""
    for channels in (1, 3):
        side = math.isqrt(n // channels)
        if side >= LEAST_SIDE and side * side * channels == n:
            yield from [(side, side)] if channels == 1 else [(3, side, side), (side, side, 3)]


def _three(shape: tuple[int, ...], dtype: np.dtype[Any]) -> Iterator[Axes]:
    """Grey images, or a single one in colour."""
    grey = Axes("images (n, H, W)", "image", (0, 1, 2))
    last = Axes("images (H, W, n)", "image", (2, 0, 1))
    colour = Axes("one image (H, W, C)", "image", (None, 0, 1, 2))
    planes = Axes("one image (C, H, W)", "image", (None, 0, 1, 2), channels_first=True)
    is_colour = shape[2] in (3, 4) and shape[1] > 4
    found = [colour, grey] if is_colour else [grey]
    if not is_colour and shape[2] in CHANNELS:
        found.append(colour)
    if shape[0] in (1, 3, 4):
        found.append(planes)
    if shape[2] not in (3, 4):
        is_last = shape[0] == shape[1] != shape[2] and shape[0] >= LEAST_SIDE and shape[2] > 4
        found = [last, *found] if is_last else [*found, last]
    yield from (*found, AS_VECTORS)


def _four(shape: tuple[int, ...], dtype: np.dtype[Any]) -> Iterator[Axes]:
    """Images with their channels last or first, or their number last."""
    if shape[3] in CHANNELS:
        yield Axes("images (n, H, W, C)", "image", (0, 1, 2, 3))
    if shape[1] in CHANNELS:
        yield Axes("images (n, C, H, W)", "image", (0, 1, 2, 3), channels_first=True)
    if shape[2] in CHANNELS and shape[0] >= LEAST_SIDE and shape[1] >= LEAST_SIDE:
        yield Axes("images (H, W, C, n)", "image", (3, 0, 1, 2))
    if any(shape[axis] in CHANNELS for axis in (1, 3)):
        yield AS_VECTORS


def _is_image(height: int, width: int) -> bool:
    return max(height, width) <= LONGEST_SIDE * min(height, width)
