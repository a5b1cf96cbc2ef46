"""The small digits as values, an image encoder that is as new, and a starter that has it."""

import dataclasses

import pytest
import torch

from ssvae_core.atlas.atlas import nearest_neighbours
from ssvae_core.models.contrastive import N_FEATURES
from ssvae_core.models.networks import ImageEncoder
from ssvae_core.pretraining.contrastive import embed
from ssvae_core.pretraining.starter import Starter
from ssvae_core.training.chunks import run_to_end
from tests.support.small_contrastive import SHAPE


@pytest.fixture(scope="module")
def pixels(digits):
    return torch.from_numpy(digits.images).flatten(1)


@pytest.fixture(scope="module")
def image_encoder():
    torch.manual_seed(5)
    return ImageEncoder(SHAPE, N_FEATURES, True).eval()


@pytest.fixture
def starter_with_encoder(starter, image_encoder, pixels):
    near = nearest_neighbours(run_to_end(embed(image_encoder, pixels)).numpy())
    atlas = dataclasses.replace(starter.atlas, neighbours=near[0], distances=near[1])
    return Starter(starter.m1, atlas, image_encoder=image_encoder)
