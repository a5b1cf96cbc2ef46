"""An image encoder learned contrastively on a fit's own images, within some seconds or steps."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import TypeVar

import torch

from ..models.contrastive import ContrastivePretraining
from ..models.networks import ImageEncoder
from ..pretraining.clusters import is_in_clusters
from ..pretraining.contrastive import embed, learn_contrastively
from ..training.budget import Pace
from ..training.chunks import run_to_end
from ..training.optimisation import mean_terms
from .neighbour_graph import graph_of_values
from .seen import Seen

MOST_PAIRS = 256  # a step
FEWEST_IMAGES = 100  # fewer are too few to tell kinds from each other by

Told = TypeVar("Told")


def learned_image_encoder(
    seen: Seen,
    shape: tuple[int, ...],
    pace: Pace,
    seed: int,
    told: Callable[[dict[str, float]], Told],
) -> Generator[Told, None, ImageEncoder | None]:
    """Learn from images (N, D) of this shape, paired with neighbours among their values.

    Yields what is `told` of the terms, every 50 steps; returns None where what it learned lies in
    no clusters: then it tells images apart by something that is no kind, see
    pretraining/contrastive.py. Raises TrainingDiverged if a term is no longer finite.
    """
    if len(seen) < FEWEST_IMAGES:
        return None
    neighbours = graph_of_values(seen, seed).neighbours
    with torch.random.fork_rng([]):
        torch.manual_seed(seed)
        pretraining = ContrastivePretraining(shape).to(seen.values.device)
    n_pairs = min(MOST_PAIRS, len(seen))
    on = pretraining, shape, seen.values, neighbours, n_pairs, pace.left, seed
    for steps, terms in enumerate(learn_contrastively(*on), 1):
        if steps % 50 == 0:
            yield told(mean_terms({name: [term] for name, term in terms.items()}))
    encoder = pretraining.image_encoder
    features = run_to_end(embed(encoder, seen.values)).cpu().numpy()
    return encoder if run_to_end(is_in_clusters(features, seed)) else None
