"""What tells the class of an example, in every model that has a network for it.

Where a pretrained encoder's features lie behind an example's own values, it begins on those, else
on convolutions of its own where examples have shapes. On features a teacher is worth two points
with 300 labels of photographs; to train the encoder on is not worth its time.
Notes: benchmarks/notes/models-classifiers.md

Letters in shapes: P the length of a prepared example, F features, the last of it, K classes; `...`
is any leading shape.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch.nn.functional as F
from torch import Tensor, nn

from .base import ModelInputs
from .networks import mlp, new_image_encoder

DROPOUT = 0.5  # of the hidden units of a classifier on features


def classifier(inputs: ModelInputs, width: int, hidden: Sequence[int]) -> nn.Module:
    """What reads the class of a prepared example: (..., P) -> (..., K).

    A classifier's trunk of that width, or an MLP of these hidden sizes on values as they are.
    """
    if (first := classifier_trunk(inputs, width)) is not None:
        return nn.Sequential(first, nn.Linear(width, inputs.n_classes))
    return mlp(inputs.n_values, *hidden, inputs.n_classes)


def classifier_trunk(inputs: ModelInputs, width: int) -> nn.Module | None:
    """What tells classes begins with: (..., P) -> (..., width); None for values as they are.

    An encoder's features where there are some, else convolutions where examples have shapes.
    """
    if inputs.n_features:
        return FeatureTrunk(inputs.n_features, width)
    if inputs.options.sees_shapes(inputs.shape):
        return new_image_encoder(inputs.shape, width, inputs.image_encoder)
    return None


class FeatureTrunk(nn.Module):
    """A hidden layer on the features behind an example: (..., P) -> (..., width), after a ReLU.

    They come centred and of length 1, and are scaled to a variance of 1 here.
    """

    def __init__(self, n_features: int, width: int):
        super().__init__()
        self.n_features = n_features
        self.first = nn.Linear(n_features, width)
        self.dropout = nn.Dropout(DROPOUT)

    def forward(self, x: Tensor) -> Tensor:
        """See the class."""
        features = x[..., -self.n_features :] * self.n_features**0.5
        return self.dropout(F.relu(self.first(features)))
