"""A starter read back has its encoder, or none as before."""

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


def test_a_starter_read_back_sees_the_same_to_11_bits(starter_with_encoder, pixels, tmp_path):
    starter_with_encoder.save(tmp_path, {"fingerprint": "x"})
    again = Starter.load(tmp_path, SHAPE)
    before = run_to_end(embed(starter_with_encoder.image_encoder, pixels))
    torch.testing.assert_close(
        run_to_end(embed(again.image_encoder, pixels)), before, atol=5e-3, rtol=0
    )
    assert again.image_encoder.convolutions[1].num_batches_tracked.dtype == torch.long


def test_a_starter_without_sight_is_read_back_without(starter_with_encoder, starter, tmp_path):
    starter_with_encoder.save(tmp_path, {"fingerprint": "x"})
    starter.save(tmp_path, {"fingerprint": "x"})
    assert Starter.load(tmp_path, SHAPE).image_encoder is None
