"""Whether mirror images of a data set's images look like images of it, told without a label.

A digit's mirror image is no digit, a shirt's is a shirt. Where images are as often to be met
mirrored as not, a mirror image lies as near to the others as the image itself does; so the share of
images whose mirror image is farther from its nearest neighbour than they are from theirs is a half.
Of MNIST it is 0.93, of photographs of clothes 0.62.
Notes: benchmarks/notes/training-mirror_images.md

Letters in shapes: N images of H x W pixels and C channels.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from .tensors import as_inputs

N_COMPARED = 1000  # images, of which each is compared with the others
LEAST_COMPARED = 50  # images, below which nothing is known
SIDE = 16  # pixels that are compared: of larger images, means
MOST_FARTHER = 0.75  # the share from which mirror images are taken for something else


@torch.no_grad()
def share_farther(values: Tensor, shape: tuple[int, ...], seed: int = 0) -> float:
    """The share whose mirror image is farther from the others than they are: (N, H W C) -> 0 to 1.

    Of at most N_COMPARED images, drawn by the seed; as far is half.
    """
    order = torch.randperm(len(values), generator=torch.Generator().manual_seed(seed))
    chosen = as_inputs(values[order[:N_COMPARED].to(values.device)])
    images = chosen.view(-1, *shape).permute(0, 3, 1, 2)
    images = F.adaptive_avg_pool2d(images, (min(SIDE, shape[0]), min(SIDE, shape[1])))
    own, mirrored = _to_nearest(images, images), _to_nearest(images.flip(3), images)
    return float(((mirrored > own).float() + 0.5 * (mirrored == own)).mean())


def are_alike(values: Tensor, shape: tuple[int, ...]) -> bool:
    """Whether mirror images show the same kinds of things: (N, H W C). False of a few images."""
    if len(values) < LEAST_COMPARED:
        return False
    return share_farther(values, shape) < MOST_FARTHER


def _to_nearest(images: Tensor, among: Tensor) -> Tensor:
    """The distance of each to the nearest of the others: (n, C, h, w), (n, C, h, w) -> (n,)."""
    distances = torch.cdist(images.flatten(1), among.flatten(1))
    return distances.fill_diagonal_(torch.inf).amin(1)
