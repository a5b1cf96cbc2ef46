"""Numbers in a row that are the pixels of an image, and in which order they stand."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

VECTOR = "vector"
GREY, INTERLEAVED, PLANES = "grey", "colour", "planes"
PIXEL = re.compile(r"(pixel|px|pix)[_ ]?\d+|\d+x\d+", re.IGNORECASE)
COUNTED = re.compile(r"\d+|column \d+|[a-z]?_?\d+", re.IGNORECASE)  # names that say nothing
LEAST_SIDE = 8  # below it numbers without a name are rarely pixels
SURE_SIDE = 16  # so many shares of 0 to 1 are rarely anything else
SMOOTH = 0.8  # of the roughness of the same numbers, shuffled
LEAST_NAMED_SIDE = 4  # the same, where the columns are called pixels


def shapes_of(n: int, least: int = LEAST_NAMED_SIDE) -> dict[str, tuple[int, ...]]:
    """Square images of n numbers: {how they stand: (H, W) or (H, W, C)}."""
    side, third = math.isqrt(n), math.isqrt(n // 3)
    if side * side == n and side >= least:
        return {GREY: (side, side)}
    if third * third * 3 == n and third >= least:
        return {INTERLEAVED: (third, third, 3), PLANES: (third, third, 3)}
    return {}


def in_words(n: int) -> dict[str, str]:
    """The ways to see n numbers, for a person to choose from."""
    how = {
        GREY: "Image, {0} × {0}, grey",
        INTERLEAVED: "Image, {0} × {0}, colour, pixel by pixel",
        PLANES: "Image, {0} × {0}, colour, all red first",
    }
    shapes = shapes_of(n)
    return {VECTOR: f"{n} numbers"} | {name: how[name].format(at[0]) for name, at in shapes.items()}


def are_pixels(names: Sequence[str]) -> bool:
    """Whether all columns are called as pixels are."""
    return bool(names) and all(PIXEL.fullmatch(name.strip()) for name in names)


def found_in(names: Sequence[str], rows: NDArray[np.float32]) -> str:
    """How the numbers of these rows stand: (n, D).

    Pixels are called so, or their columns' names say nothing and they are whole numbers of 0 to 255
    or shares of 0 to 1; of small images only if those that would lie side by side are alike.
    """
    is_named = are_pixels(names)
    shapes = shapes_of(len(names), LEAST_NAMED_SIDE if is_named else LEAST_SIDE)
    if not shapes:
        return VECTOR
    say_nothing = all(COUNTED.fullmatch(name.strip()) for name in names)
    if not (is_named or (say_nothing and (are_bytes(rows) or _are_shares(rows, shapes)))):
        return VECTOR
    if GREY in shapes:
        return GREY
    roughness = {how: _roughness(arranged(rows, how)) for how in shapes}
    if is_named:
        return PLANES if roughness[PLANES] < 0.9 * roughness[INTERLEAVED] else INTERLEAVED
    return INTERLEAVED if roughness[INTERLEAVED] < 0.9 * roughness[PLANES] else PLANES


def are_bytes(values: NDArray[np.float32]) -> bool:
    """Whether they are whole numbers of 0 to 255, and there are some."""
    are = (values >= 0) & (values <= 255) & (values == np.rint(values))
    return bool(values.size and are.all())


def _are_shares(rows: NDArray[np.float32], shapes: Mapping[str, tuple[int, ...]]) -> bool:
    """Whether they are of 0 to 1, and so many or so smooth that they are pixels."""
    if not rows.size or rows.min() < 0 or rows.max() > 1:
        return False
    shuffled = np.random.default_rng(0).permuted(rows, axis=1)
    return any(
        shape[0] >= SURE_SIDE
        or _roughness(arranged(rows, how)) < SMOOTH * _roughness(arranged(shuffled, how))
        for how, shape in shapes.items()
    )


def arranged(rows: NDArray[np.generic], how: str) -> NDArray[np.generic]:
    """Rows of numbers as images: (n, D) -> (n, H, W) or (n, H, W, C)."""
    shape = shapes_of(rows.shape[1])[how]
    if how == PLANES:
        return np.moveaxis(rows.reshape(-1, shape[2], *shape[:2]), 1, -1)
    return rows.reshape(-1, *shape)


def _roughness(images: NDArray[np.generic]) -> float:
    """How much pixels differ from those beside them, on average: (n, H, W) or (n, H, W, C)."""
    if not images.size:
        return 0.0
    values = images.astype(np.float32)
    return float(np.abs(np.diff(values, axis=1)).mean() + np.abs(np.diff(values, axis=2)).mean())
