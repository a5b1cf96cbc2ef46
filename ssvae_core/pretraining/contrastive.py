"""Contrastive pretraining of the image encoder, before the first label.

A pair of images that show the same: an image and one of its nearest neighbours in M1's latents
(after Dwibedi et al. 2021, arXiv:2104.14548), each warped in its own way, half of them with a
square taken out. From images that are drawn alike the convolutions learn how else the same may be
drawn, and tell more apart by it than M1: 100 labels of MNIST propagate over the neighbours with
1.3 % error, in M1's latents with 3.6 %.

That is so where images come in kinds. Where they differ by degrees, the convolutions learn to tell
them apart by the plainest of those and forget the others: of the drawn shapes they keep position
and size. So an image encoder is only used where its features lie in clusters (`is_in_clusters`).
Notes: benchmarks/notes/pretraining-contrastive.md

Letters in shapes: N examples, D values an example has, k neighbours of each, F features,
A active latents of M1.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from ..atlas.atlas import N_BEYOND, N_NEIGHBOURS, nearest_neighbours, with_others
from ..data import Dataset
from ..models import Batch
from ..models.contrastive import ContrastivePretraining
from ..models.networks import ImageEncoder
from ..training.augmentation import Warp, with_holes
from ..training.chunks import Chunked, in_chunks, run_to_end
from ..training.optimisation import Optimisation
from ..training.tensors import as_inputs
from .starter import Starter, active_latents, latent_means

N_PAIRS, STEPS = 512, 20_000  # a step, and steps, of the starter that ships
PARTNERS = 5  # nearest neighbours, one of which may be the other half of a pair
UNWARPED = 0.1  # share of the images that keep their shape
# In how much of the run the learning rate falls, and to what share: long, as it begins high.
DECAY_WITHIN, DECAY_FLOOR = 0.5, 0.02


def learn_contrastively(
    pretraining: ContrastivePretraining,
    shape: tuple[int, ...],
    values: Tensor,
    neighbours: NDArray[np.int32],
    n_pairs: int,
    left: Callable[[int], float],
    seed: int,
) -> Iterator[dict[str, Tensor]]:
    """Train on values (N, D), whose neighbours in M1's latents are (N, k); the terms, every step.

    So many pairs a step, as long as there is a share `left` of the run, after so many steps.
    """
    warp = Warp(shape, unwarped=UNWARPED).to(values.device)
    near, n_partners = torch.from_numpy(neighbours.astype(np.int64)), neighbours.shape[1]
    order = torch.Generator().manual_seed(seed)
    optimisation, steps = Optimisation(pretraining, values.device), 0
    while (share := left(steps)) > 0:
        optimisation.decay(share, within=DECAY_WITHIN, floor=DECAY_FLOOR)
        one = torch.randint(len(values), (n_pairs,), generator=order)
        which = torch.randint(min(PARTNERS, n_partners), (n_pairs,), generator=order)
        pairs = torch.cat([one, near[one, which]]).to(values.device)
        x = with_holes(warp(as_inputs(values[pairs])), shape)
        yield optimisation.step(Batch(x[:0], pairs[:0], x, 0.0))
        steps += 1


def embed(image_encoder: ImageEncoder, values: Tensor) -> Chunked[Tensor]:
    """The features of all examples, each of length 1: (N, D) -> (N, F)."""
    parts = []
    image_encoder.eval()
    for part in in_chunks(values):
        with torch.no_grad():
            parts.append(F.normalize(image_encoder(as_inputs(part)), dim=-1))
        yield
    return torch.cat(parts)


def embedded(image_encoder: ImageEncoder, images: NDArray[np.uint8]) -> NDArray[np.float32]:
    """The same of images in one go: (N, H, W, C) -> (N, F)."""
    found = run_to_end(embed(image_encoder, torch.from_numpy(images).flatten(1)))
    return np.asarray(found.float().cpu().numpy(), np.float32)


def with_image_encoder(
    starter: Starter, data: Dataset, *, steps: int = STEPS, seed: int = 0
) -> Iterator[str | Starter]:
    """Give a starter an image encoder and its neighbours; yields lines of progress, then it."""
    torch.manual_seed(seed)
    device = next(starter.m1.parameters()).device
    pixels = torch.from_numpy(data.images).flatten(1).to(device)
    latents = active_latents(run_to_end(latent_means(starter.m1, pixels)))
    others = nearest_neighbours(latents, N_NEIGHBOURS + N_BEYOND)
    pretraining, start = ContrastivePretraining(data.shape).to(device), time.monotonic()
    on = pretraining, data.shape, pixels, others[0], N_PAIRS
    for step, terms in enumerate(learn_contrastively(*on, lambda done: 1 - done / steps, seed), 1):
        if step % 500 == 0:
            so_far = f"contrast {terms['contrast'].item():.3f}"
            yield f"step {step} of {steps}, {time.monotonic() - start:.0f} s: {so_far}"
    yield "looking for neighbours by the image encoder"
    near = nearest_neighbours(run_to_end(embed(pretraining.image_encoder, pixels)).cpu().numpy())
    neighbours, distances = with_others(near, others)
    atlas = replace(starter.atlas, neighbours=neighbours, distances=distances)
    yield replace(starter, atlas=atlas, image_encoder=pretraining.image_encoder)
