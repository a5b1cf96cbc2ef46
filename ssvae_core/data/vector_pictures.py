"""Feature vectors as small pictures, so that a table can be looked at and labelled like images.

Each feature is a bar from the middle line, up for more than usual and down for less; where there
are more features than columns, neighbours share one.

Letters in shapes: n vectors of D features, H and W a picture's height and width.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

HEIGHT, WIDTH = 32, 32  # W is less where there are fewer features
REACH = 2.5  # standard deviations that fill half the height
INK, AXIS = 255, 70


def pictures_of(standardised: NDArray[np.floating]) -> NDArray[np.uint8]:
    """Bars of vectors in standard deviations: (n, D) -> (n, H, W, 1)."""
    n, n_features = standardised.shape
    width = min(WIDTH, max(n_features, 1))
    groups = np.array_split(np.arange(n_features), width)
    heights = np.stack([standardised[:, group].mean(1) for group in groups], axis=1)  # (n, W)
    half = HEIGHT // 2
    tall = np.rint(heights.clip(-REACH, REACH) / REACH * half)[:, None, :]  # (n, 1, W)
    row = (half - np.arange(HEIGHT))[None, :, None]  # above the middle line is positive
    is_bar = np.where(tall > 0, (row > 0) & (row <= tall), (row <= 0) & (row > tall))
    drawn = np.where(is_bar, INK, np.where(row == 0, AXIS, 0))
    return drawn.astype(np.uint8).reshape(n, HEIGHT, width, 1)


def as_pictures(drawn: NDArray[np.floating], shape: tuple[int, ...]) -> NDArray[np.uint8]:
    """What a model draws, as it is shown: (..., D) of examples of this shape -> (..., H, W, C).

    Pixels in [0, 1] as bytes; vectors, which models see standardised, as bars. What is no number is
    nothing: black, no bar.
    """
    *lead, n_values = drawn.shape
    drawn = np.nan_to_num(drawn, posinf=np.inf, neginf=-np.inf)
    if len(shape) == 3:
        pixels: NDArray[np.uint8] = np.rint(drawn.clip(0, 1) * 255).astype(np.uint8)
        return pixels.reshape(*lead, *shape)
    pictures = pictures_of(drawn.reshape(-1, n_values))
    return pictures.reshape(*lead, *pictures.shape[1:])
