"""What pretraining says while it is at work, and the pieces of work that its kinds share.

Letters in shapes: N examples, F features, k neighbours of each.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from ..atlas.atlas import N_NEIGHBOURS, Near, nearest_neighbours
from ..atlas.layout import Layout, Map, align, fit_to_frame, movement
from ..training.chunks import Chunked, Found

LAYOUT_ROUNDS = 60  # of the final layout, on all examples
ROUNDS_FROM_ELSEWHERE = 150  # from the map of another graph, which tells little of this one
SHOWN_EVERY = 50  # rounds
# Whose neighbours are looked for in one piece of work: as many as need so many products, at most.
PRODUCTS_AT_ONCE, MOST_AT_ONCE = 8e9, 4000


@dataclass(frozen=True)
class PretrainingProgress:
    """Where it stands after a piece of work."""

    message: str
    seconds_left: float | None
    xy: Map | None = None  # a new map, if this piece of work drew one
    moved: float | None = None
    terms: dict[str, Tensor] | None = None


Watched = Generator[PretrainingProgress, None, Found]


def watched(work: Chunked[Found], progress: PretrainingProgress) -> Watched[Found]:
    """What this work finds, with a word of progress after every piece."""
    while True:
        try:
            next(work)
        except StopIteration as end:
            found: Found = end.value
            return found
        yield progress


def neighbours_of(features: NDArray[np.float32], k: int = N_NEIGHBOURS) -> Watched[Near]:
    """Who is near whom among all examples, part by part: (N, F) -> 2 x (N, k)."""
    n, n_features = features.shape
    at_once = min(max(int(PRODUCTS_AT_ONCE / (n * max(n_features, 1))), 1), MOST_AT_ONCE)
    neighbours, distances = [], []
    for part in np.array_split(np.arange(n), -(-n // at_once)):
        near, far = nearest_neighbours(features, k, part)
        neighbours.append(near)
        distances.append(far)
        yield PretrainingProgress("looking for each image's neighbours", None)
    return np.concatenate(neighbours), np.concatenate(distances)


def laid_out(
    neighbours: NDArray[np.int32], xy: Map, seed: int, rounds: int = LAYOUT_ROUNDS
) -> Watched[Map]:
    """The whole map of this graph (N, k), from where it stands; shown on the way and at the end."""
    layout, message = Layout(xy, neighbours, seed), "drawing the map of all images"
    for round_ in range(rounds):
        layout.step(1.0 - round_ / rounds)
        left = rounds - round_ - 1
        if left % SHOWN_EVERY:
            yield PretrainingProgress(message, None)
        else:
            before, xy = xy, fit_to_frame(align(layout.xy, xy))
            yield PretrainingProgress(message, None, xy, movement(xy, before))
    return xy
