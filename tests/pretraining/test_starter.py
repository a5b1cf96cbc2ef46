"""A starter read back has its encoder, or none as before."""

import torch

from ssvae_core.pretraining.contrastive import embed
from ssvae_core.pretraining.starter import Starter
from ssvae_core.training.chunks import run_to_end
from tests.support.small_contrastive import SHAPE


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
