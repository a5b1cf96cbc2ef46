"""Training an M1 from scratch in a session, with the map forming while it learns.

Gone through bit by bit, like all training: each `next` does a piece of work of a second at most, so
that the trainer goes on taking labels in between; to cancel, cease to iterate. It ends after a
number of passes, or when it explains images that were held out no better any more.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ..atlas.atlas import N_BEYOND, N_NEIGHBOURS, Atlas, medoids, with_others
from ..atlas.graphs import CONTRASTIVE, M1_LATENTS, NamedGraph
from ..atlas.layout import FollowingMap, Map
from ..errors import UserError
from ..models.contrastive import ContrastivePretraining
from ..models.networks import ImageEncoder
from ..options.options import AUTO, FittingOptions
from ..storage.bundles import read_bundle, write_bundle
from ..training.chunks import Chunked
from ..training.optimisation import Optimisation, mean_terms
from .batches import BATCH_SIZE, UnlabelledBatches
from .clusters import CLUSTERED_RATIO, clustered_ratio
from .contrastive import embed, learn_contrastively
from .held_out import LOOK_EVERY, HeldOut
from .progress import PretrainingProgress, Watched, laid_out, neighbours_of, watched
from .starter import Starter, active_latents, latent_means, new_m1

EPOCHS = 12  # passes over 60,000 images; of fewer images, as many more as make the same steps
MOST_EPOCHS, MIN_EPOCHS = 400, 3
# Seconds that the passes may take, if nobody said how many; nobody waits for them.
MAX_PASSES_SECONDS = 240.0
TIMED_STEPS = 10  # steps by which that is judged
LEARNING_RATE = 2e-3  # twice the starter's: few epochs
MAP_EVERY = 4.0  # seconds of training between two maps; one takes 1 to 2
# Of contrastive pretraining: steps, and the most seconds that they may take.
CONTRASTIVE_STEPS, MOST_CONTRASTIVE_SECONDS = 2000, 120.0
MIN_CONTRASTIVE_IMAGES = 100  # images; fewer are too few to tell one from the others


class NothingFound(Exception):
    """No latent of the new M1 varies over the images; the map would be one point."""


class Pretraining:
    """An M1 under way. Iterate it for its events; what it has learned so far can be saved."""

    def __init__(
        self,
        pixels: Tensor,
        shape: tuple[int, ...],
        xy: Map,
        seed: int,
        options: FittingOptions = AUTO,
        epochs: int | None = None,
        is_led: bool = False,
    ):
        """Of values (N, D), examples of this shape. The map begins as xy, (N, 2).

        Where another graph leads (`is_led`), the map stays as it is, and no image encoder is
        learned: there is a better one.
        """
        torch.manual_seed(seed)
        self.pixels, self.shape, self.seed, self.is_timed = pixels, shape, seed, epochs is None
        self.is_led, self.held_out = is_led, HeldOut(len(pixels))
        self.m1 = new_m1(shape, options=options, values=pixels).to(pixels.device)
        self.optimisation = Optimisation(self.m1, pixels.device, LEARNING_RATE)
        self.map = FollowingMap(xy, seed=seed)
        self._best: dict[str, Tensor] | None = None  # weights, with the highest bound so far
        self.epochs, self.done = epochs or epochs_for(len(pixels)), 0  # passes, and steps of them

    def __iter__(self) -> Iterator[PretrainingProgress | Starter]:
        """Train; yields the Starter last.

        Raises TrainingDiverged, after a pass, if a term is no longer finite, and NothingFound.
        """
        yield from self._passes()
        last = PretrainingProgress("looking at all images once more", None)
        latents = active_latents((yield from watched(self._means(), last)))
        if not latents.shape[1]:
            raise NothingFound("The new M1 found nothing in which the images differ.")
        others = yield from neighbours_of(latents, N_NEIGHBOURS + N_BEYOND)
        near = others[0][:, :N_NEIGHBOURS], others[1][:, :N_NEIGHBOURS]
        ratio = yield from watched(clustered_ratio(latents, self.seed), last)
        graphs = [NamedGraph(M1_LATENTS, *near, ratio)]
        if self.is_led:
            atlas = Atlas(self.map.xy, *near, medoids(self.map.xy, seed=self.seed))
            yield Starter(self.m1, atlas, graphs=graphs)
            return
        xy = yield from laid_out(near[0], self.map.xy, self.seed)
        if (image_encoder := (yield from self._image_encoder(others[0]))) is not None:
            features = (yield from watched(embed(image_encoder, self.pixels), last)).cpu().numpy()
            ratio = yield from watched(clustered_ratio(features, self.seed), last)
            if ratio > CLUSTERED_RATIO:
                near = with_others((yield from neighbours_of(features)), others)
                graphs.insert(0, NamedGraph(CONTRASTIVE, *near, ratio))
            else:
                image_encoder = None
        atlas = Atlas(xy, *near, medoids(xy, seed=self.seed))
        yield Starter(self.m1, atlas, image_encoder=image_encoder, graphs=graphs)

    def _passes(self) -> Iterator[PretrainingProgress]:
        """Train as long as it is worth it."""
        order = torch.Generator().manual_seed(self.seed + self.done)
        batches = UnlabelledBatches(self.pixels, BATCH_SIZE, order, self.held_out.others)
        steps, start = len(batches), time.monotonic()
        before, mapped = self.done, start
        while self.done < self.epochs * steps and not self.held_out.has_stopped:
            terms_of_pass: dict[str, list[Tensor]] = defaultdict(list)
            for batch in islice(batches, steps - self.done % steps):
                message = f"pass {self.done // steps + 1} of at most {self.epochs}"
                terms = self.optimisation.step(batch)
                self.done += 1
                for name, term in terms.items():
                    terms_of_pass[name].append(term)
                now = time.monotonic()
                each = (now - start) / (self.done - before)
                if self.is_timed and self.done == TIMED_STEPS:
                    self.epochs = affordable(self.epochs, each * steps)
                left = each * (self.epochs * steps - self.done)
                progress = PretrainingProgress(f"M1 learns to redraw the images, {message}", left)
                xy = moved = None
                if now - mapped >= MAP_EVERY and not self.is_led:
                    latents = active_latents((yield from watched(self._means(), progress)))
                    if latents.shape[1]:
                        moved = self.map.follow(latents)
                        xy = self.map.xy
                    mapped = time.monotonic()
                yield replace(progress, xy=xy, moved=moved, terms=terms)
                if self.done % LOOK_EVERY == 0:
                    yield from watched(self.held_out.look(self.m1, self.pixels), progress)
                    if self.held_out.is_best:
                        self._best = {n: w.clone() for n, w in self.m1.state_dict().items()}
                    if self.held_out.has_stopped:
                        break
            mean_terms(terms_of_pass)
        if self._best is not None and not self.held_out.is_best:
            self.m1.load_state_dict(self._best)

    def _means(self) -> Chunked[Tensor]:
        return latent_means(self.m1, self.pixels)

    def _image_encoder(self, neighbours: NDArray[np.int32]) -> Watched[ImageEncoder | None]:
        """A pretrained image encoder; None where there are no shapes, or too few images."""
        n = len(self.pixels)
        if n < MIN_CONTRASTIVE_IMAGES or not self.m1.options.sees_shapes(self.shape):
            return None
        pretraining, start = (
            ContrastivePretraining(self.shape).to(self.pixels.device),
            time.monotonic(),
        )
        steps = CONTRASTIVE_STEPS if self.is_timed else min(CONTRASTIVE_STEPS, self.done)

        def left(done: int) -> float:
            in_time = (
                1 - (time.monotonic() - start) / MOST_CONTRASTIVE_SECONDS if self.is_timed else 1.0
            )
            return min(1 - done / steps, in_time)

        on = pretraining, self.shape, self.pixels, neighbours, min(BATCH_SIZE, n)
        for done, terms in enumerate(learn_contrastively(*on, left, self.seed), 1):
            share = max(left(done), 0.0)
            seconds_left = (time.monotonic() - start) * share / max(1 - share, 1e-9)
            message = f"the classifier learns to see, {1 - share:.0%} done"
            yield PretrainingProgress(message, seconds_left, terms=terms)
        mean_terms({name: [term] for name, term in terms.items()})  # a nan stays one
        return pretraining.image_encoder

    def save(self, folder: Path, fingerprint: str) -> None:
        """Write what is learned so far of the images with this fingerprint. UserError if it fails.

        Adam's memory goes along: without it the next steps would be as wild as the first.
        """
        (adam,) = self.optimisation.optimizers
        arrays = {f"m1.{name}": value for name, value in self.m1.state_dict().items()}
        for place, memory in adam.state_dict()["state"].items():
            arrays |= {f"adam.{place}.{name}": value for name, value in memory.items()}
        write_bundle(
            folder,
            {name: value.cpu().numpy() for name, value in arrays.items()} | {"xy": self.map.xy},
            {
                **{"fingerprint": fingerprint, "epochs": self.epochs, "done": self.done},
                "bounds": self.held_out.bounds,
            },
        )

    def go_on_from(self, folder: Path, fingerprint: str) -> bool:
        """Take up what was saved there; False, and all is as new, if that is of other images."""
        try:
            arrays, manifest = read_bundle(folder)
            if manifest["fingerprint"] != fingerprint:
                return False
            weights: dict[str, Tensor] = {}
            state: dict[int, dict[str, Tensor]] = defaultdict(dict)
            for name, array in arrays.items():
                kind, _, rest = name.partition(".")
                if kind == "m1":
                    weights[rest] = torch.from_numpy(array.copy())
                elif kind == "adam":
                    place, _, what = rest.partition(".")
                    state[int(place)][what] = torch.from_numpy(array.copy())
            epochs, done, xy = int(manifest["epochs"]), int(manifest["done"]), arrays["xy"].copy()
            bounds = [float(bound) for bound in manifest.get("bounds", [])]  # none of old
            self.m1.load_state_dict(weights)
        except (UserError, KeyError, ValueError, RuntimeError, TypeError):
            return False  # none, damaged, or of networks of an earlier version
        self.optimisation.optimizers[0].load_state_dict({"state": state})
        self.map = FollowingMap(xy, seed=self.seed + done)
        self.epochs, self.done, self.held_out.bounds = epochs, done, bounds
        return True


def epochs_for(n: int) -> int:
    """Passes over n examples: at least EPOCHS, and about as many steps as those take of 60,000."""
    return min(max(EPOCHS, EPOCHS * 60_000 // max(n, 1)), MOST_EPOCHS)


def affordable(epochs: int, seconds_each: float) -> int:
    """As many of these passes as take no longer than MAX_PASSES_SECONDS; at least a few."""
    return min(epochs, max(int(MAX_PASSES_SECONDS / seconds_each), MIN_EPOCHS))
