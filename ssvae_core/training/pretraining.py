"""Training an M1 from scratch in a session, with the map forming while it learns.

A generator, like all training: each `next` does a piece of work of a second at most, so that the
trainer goes on taking labels in between; to cancel, cease to iterate.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Generator, Iterator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ..atlas import N_NEIGHBOURS, Atlas, medoids, nearest_neighbours
from ..models import VAE
from ..projection import FollowingMap, Layout, Map, align, fit_to_frame, movement
from .loop import Optimisation, mean_terms
from .starter import (
    BATCH_SIZE,
    Starter,
    UnlabelledBatches,
    active_latents,
    latent_means,
    new_m1,
)

EPOCHS = 12  # passes over 60,000 images; of fewer images, as many more as make the same steps
MOST_EPOCHS, LEAST_EPOCHS = 400, 3
LONGEST = 240.0  # seconds that the passes may take, if nobody said how many; nobody waits for them
MEASURED = 10  # steps by which that is judged
LEARNING_RATE = 2e-3  # twice the starter's: few epochs
MAP_EVERY = 4.0  # seconds of training between two maps; one takes 1 to 2
ROUNDS = 60  # of the final layout, on all examples


class NothingFound(Exception):
    """No latent of the new M1 varies over the images; the map would be one point."""


@dataclass(frozen=True)
class Progress:
    """Where the training stands after a piece of work."""

    message: str
    seconds_left: float | None
    xy: Map | None = None  # a new map, if this piece of work drew one
    moved: float | None = None
    terms: dict[str, Tensor] | None = None


def pretrain(
    pixels: Tensor, shape: tuple[int, ...], xy: Map, seed: int, epochs: int | None = None
) -> Iterator[Progress | Starter]:
    """Train an M1 on values (N, D), examples of this shape; yields the Starter last.

    The map begins as xy, (N, 2).

    Raises TrainingDiverged, after a pass, if a term is no longer finite, and NothingFound.
    """
    torch.manual_seed(seed)
    device = pixels.device
    m1 = new_m1(shape).to(device)
    batches = UnlabelledBatches(pixels, BATCH_SIZE, torch.Generator().manual_seed(seed))
    total = epochs or epochs_for(len(pixels))
    optimisation = Optimisation(m1, device, LEARNING_RATE)
    living = FollowingMap(xy, seed=seed)
    start = mapped = time.monotonic()
    epoch = 0
    while (epoch := epoch + 1) <= total:
        seen: dict[str, list[Tensor]] = defaultdict(list)
        for done, batch in enumerate(batches, (epoch - 1) * len(batches) + 1):
            terms = optimisation.step(batch)
            for name, term in terms.items():
                seen[name].append(term)
            now = time.monotonic()
            if epochs is None and done == MEASURED:
                total = affordable(total, (now - start) / done * len(batches))
            left = (now - start) / done * (total * len(batches) - done)
            message = f"M1 learns to redraw the images, pass {epoch} of {total}"
            new_xy = moved = None
            if now - mapped >= MAP_EVERY:
                latents = yield from watched(m1, pixels, Progress(message, left))
                if latents.shape[1]:
                    moved = living.follow(latents)
                    new_xy = living.xy
                mapped = time.monotonic()
            yield Progress(message, left, new_xy, moved, terms)
        mean_terms(seen)
    latents = yield from watched(m1, pixels, Progress("looking at all images once more", None))
    if not latents.shape[1]:
        raise NothingFound("The new M1 found nothing in which the images differ.")
    yield from settle(m1, latents, living.xy, seed)


def watched(
    m1: VAE, pixels: Tensor, progress: Progress
) -> Generator[Progress, None, NDArray[np.float32]]:
    """The latents that vary over all examples, part by part: (N, D) -> (N, A)."""
    work = latent_means(m1, pixels)
    while True:
        try:
            next(work)
        except StopIteration as end:
            return active_latents(end.value)
        yield progress


def epochs_for(n: int) -> int:
    """Passes over n examples: at least EPOCHS, and about as many steps as those take of 60,000."""
    return min(max(EPOCHS, EPOCHS * 60_000 // max(n, 1)), MOST_EPOCHS)


def affordable(epochs: int, seconds_each: float) -> int:
    """As many of these passes as take no longer than LONGEST; at least a few."""
    return min(epochs, max(int(LONGEST / seconds_each), LEAST_EPOCHS))


def settle(
    m1: VAE, latents: NDArray[np.float32], xy: Map, seed: int
) -> Iterator[Progress | Starter]:
    """Find neighbours among all examples and lay the whole map out, from where it stands."""
    neighbours, distances = [], []
    parts = np.array_split(np.arange(len(latents)), max(len(latents) // 4000, 1))
    for part in parts:
        near, far = nearest_neighbours(latents, N_NEIGHBOURS, part)
        neighbours.append(near)
        distances.append(far)
        yield Progress("looking for each image's neighbours", None)
    graph = np.concatenate(neighbours)
    layout = Layout(xy, graph, seed)
    for round_ in range(ROUNDS):
        layout.step(1.0 - round_ / ROUNDS)
        yield Progress("drawing the map of all images", None)
    final = fit_to_frame(align(layout.xy, xy))
    yield Progress("drawing the map of all images", None, final, movement(final, xy))
    atlas = Atlas(final, graph, np.concatenate(distances), medoids(final, seed=seed))
    yield Starter(m1, atlas)
