"""Contrastive pretraining: convolutions of q(y|x) that know an image again, without a label.

SimCLR (Chen et al. 2020, arXiv:2002.05709): of two images that show the same, warped each in its
own way, one has to be found among all of a batch by the other,

    -log exp(s(i, i') / T) / sum_j exp(s(i, j) / T),    j other than i,

where s is the cosine of what a projector makes of both images' features. Which two show the same is
the trainer's to say (pretraining/contrastive.py). The projector is thrown away; a classifier that
begins with these convolutions has lines and shapes to go by, and images that show the same lie
together.

Letters in shapes: B pairs, D values an example has, F features, P numbers that are compared.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .base import Batch, Loss, Phase
from .networks import mlp, new_image_encoder

N_FEATURES = 128  # what every classifier of images has where nobody chose otherwise
N_COMPARED = 64
TEMPERATURE = 1.0
RATE = 2e-3  # of Adam


class ContrastivePretraining(nn.Module):
    """An image encoder, and the projector that it is trained with."""

    def __init__(self, shape: Sequence[int]):
        """For images of this shape, (H, W, C)."""
        super().__init__()
        self.image_encoder = new_image_encoder(shape, N_FEATURES)
        self.projector = mlp(N_FEATURES, N_FEATURES, N_COMPARED)

    def loss(self, batch: Batch) -> Loss:
        """How hard it is to find each image's other half; the second half of the batch is those."""
        compared = F.normalize(
            self.projector(self.image_encoder(batch.x_unlabelled)).float(), dim=-1
        )
        total = contrast(compared)
        return Loss(total, {"contrast": total})

    def phases(self) -> list[Phase]:
        """One optimiser for all of it."""
        return [Phase("contrastive", list(self.parameters()), self.loss, RATE)]


def contrast(compared: Tensor) -> Tensor:
    """Cross-entropy of finding i + B by i and i by i + B, in nats: (2 B, P) of length 1 -> ()."""
    with torch.autocast(compared.device.type, enabled=False):  # 8 bits are too few for a cosine
        similarity = compared @ compared.T / TEMPERATURE
    n = len(compared)
    itself = torch.eye(n, dtype=torch.bool, device=compared.device)
    others = torch.arange(n, device=compared.device).roll(n // 2)
    return F.cross_entropy(similarity.masked_fill(itself, -torch.inf), others)
