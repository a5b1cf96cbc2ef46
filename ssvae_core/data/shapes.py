"""Drawn shapes whose every cause is known: shape, position, size and angle, for lessons.

Each image is a filled shape on black, anti-aliased by the share of each pixel that it covers, from
factors drawn independently by a fixed seed. What a model finds can be held against them.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .dataset import Dataset

SEED = 0x5BAE_1AB0_0000_0001
N, N_TEST, SIDE = 10_000, 2_000, 32
WINDOW = 20  # pixels that the largest shape can reach
FINE = 4  # points a pixel is looked at, along each side
SHAPES = ("circle", "ellipse", "square", "triangle", "star")
AT_ONCE = 250  # images that are drawn together


def shapes(n: int = N, n_test: int = N_TEST, seed: int = SEED) -> Dataset:
    """Shapes of 32 x 32: n to label, n_test for benchmarks, and the factors of the first."""
    factors = _factors(n + n_test, seed)
    images = np.concatenate(
        [
            _drawn({name: each[start : start + AT_ONCE] for name, each in factors.items()})
            for start in range(0, n + n_test, AT_ONCE)
        ]
    )
    answers = factors["shape"].astype(np.int64)
    return Dataset(
        name="shapes",
        title="Shapes, with known factors",
        images=images[:n],
        class_names=SHAPES,
        answer_key=answers[:n],
        test_images=images[n:],
        test_answer_key=answers[n:],
        factors={name: values[:n] for name, values in factors.items()},
    )


def _factors(n: int, seed: int) -> dict[str, NDArray[np.float64]]:
    """Each (n,): shape 0 to 4, x and y of the centre and size in pixels, angle in radians."""
    rng = np.random.default_rng(seed)
    return {
        "shape": rng.permutation(np.arange(n) % len(SHAPES)).astype(np.float64),
        "x": rng.uniform(10, SIDE - 10, n),
        "y": rng.uniform(10, SIDE - 10, n),
        "size": rng.uniform(4, 9, n),
        "angle": rng.uniform(0, 2 * np.pi, n),
    }


def _drawn(factors: dict[str, NDArray[np.float64]]) -> NDArray[np.uint8]:
    """(n,) each -> (n, 32, 32, 1)."""
    n, cells = len(factors["x"]), np.arange(WINDOW)
    # Only a window around the centre is looked at: four times quicker than the whole image.
    left, top = (np.floor(factors[axis]).astype(int) - WINDOW // 2 for axis in "xy")
    points = (np.arange(WINDOW * FINE) + 0.5) / FINE
    dx = (points + (left - factors["x"])[:, None])[:, None, :].astype(np.float32)
    dy = (points + (top - factors["y"])[:, None])[:, :, None].astype(np.float32)
    size, angle = (factors[name][:, None, None].astype(np.float32) for name in ("size", "angle"))
    cos, sin = np.cos(angle) / size, np.sin(angle) / size
    u, v = dx * cos + dy * sin, dy * cos - dx * sin
    inside = np.zeros(u.shape, bool)
    for place, name in enumerate(SHAPES):
        members = factors["shape"] == place
        inside[members] = _is_inside(name, u[members], v[members])
    covered = inside.reshape(n, WINDOW, FINE, WINDOW, FINE).mean((2, 4), dtype=np.float32)
    images = np.zeros((n, SIDE, SIDE, 1), np.uint8)
    rows, columns = top[:, None, None] + cells[:, None], left[:, None, None] + cells
    images[np.arange(n)[:, None, None], rows, columns, 0] = np.rint(255 * covered)
    return images


def _is_inside(name: str, u: NDArray[np.float32], v: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Whether points in the shape's own frame, where its radius is 1, lie in it."""
    inside: NDArray[np.bool_]
    if name == "circle":
        inside = u**2 + v**2 < 0.8**2
    elif name == "ellipse":
        inside = u**2 + (v / 0.5) ** 2 < 1
    elif name == "square":
        inside = np.maximum(abs(u), abs(v)) < 0.7
    elif name == "triangle":  # equilateral, its corners on the unit circle
        inside = (u > -0.5) & (abs(v) * np.sqrt(3) < 1 - u)
    else:  # five points: the radius of its edge falls and rises with the angle
        wedge = abs((np.arctan2(v, u) * 5 / (2 * np.pi)) % 1 - 0.5) * 2
        inside = np.hypot(u, v) < 0.45 + 0.55 * wedge**1.5
    return inside
