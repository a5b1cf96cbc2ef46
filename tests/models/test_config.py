"""Knobs say their range and their meaning."""

import dataclasses

import pytest

from ssvae_core.models import M2, MODELS
from ssvae_core.models.config import check
from tests.support.small_models import make


@pytest.fixture(params=MODELS)
def model(request):
    return make(request.param)


def test_every_knob_of_a_config_says_its_range_and_meaning(model):
    check(type(model).Config())
    for field in dataclasses.fields(type(model).Config):
        assert len(field.metadata["help"]) > 10


def test_a_config_out_of_range_says_the_range():
    with pytest.raises(ValueError, match=r"latent_dim must lie between 1 and 256, got 0"):
        check(M2.Config(latent_dim=0))
