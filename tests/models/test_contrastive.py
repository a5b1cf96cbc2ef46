"""The contrastive loss by hand, and classifiers that begin with what it learned."""

import math

import pytest
import torch
import torch.nn.functional as F

from ssvae_core.models import MODELS, ModelInputs, likelihood_of
from ssvae_core.models.contrastive import N_FEATURES, TEMPERATURE, contrast
from ssvae_core.models.networks import ImageEncoder
from ssvae_core.pretraining.starter import new_m1
from tests.support.small_contrastive import SHAPE, encoders_like
from tests.support.small_core import K


@pytest.fixture(scope="module")
def image_encoder():
    torch.manual_seed(5)
    return ImageEncoder(SHAPE, N_FEATURES, True).eval()


def test_the_contrast_is_the_mean_surprise_of_each_others_half():
    torch.manual_seed(0)
    v = F.normalize(torch.randn(6, 4), dim=-1)
    total = 0.0
    for i in range(6):
        others = [math.exp(float(v[i] @ v[j]) / TEMPERATURE) for j in range(6) if j != i]
        half = math.exp(float(v[i] @ v[(i + 3) % 6]) / TEMPERATURE)
        total -= math.log(half / sum(others)) / 6
    assert contrast(v).item() == pytest.approx(total, rel=1e-5)


def models_made(image_encoder, **knobs):
    for name, spec in MODELS.items():
        torch.manual_seed(1)
        m1 = new_m1(SHAPE)
        latents = torch.randn(50, m1.latent_dim)
        inputs = ModelInputs(
            SHAPE, K, likelihood_of(SHAPE), m1, latents, image_encoder=image_encoder
        )
        given = {key: value for key, value in knobs.items() if hasattr(spec.config, key)}
        yield name, spec.make(inputs, **given)


def test_every_classifier_of_shapes_begins_with_it_and_learns_on_a_copy(image_encoder):
    began = {}
    for name, model in models_made(image_encoder):
        for module in encoders_like(model, image_encoder):
            began[name] = module
            assert module.training
            assert all(p.requires_grad for p in module.parameters())
            mine, its = module.state_dict(), image_encoder.state_dict()
            assert all(torch.equal(mine[key], its[key]) for key in its)
            assert not {p.data_ptr() for p in module.parameters()} & {
                p.data_ptr() for p in image_encoder.parameters()
            }
    assert set(began) == {
        *("guided", "guided-m1", "ladder", "aae", "aae-map", "adgm", "sdgm"),
    }


def test_one_of_another_width_begins_anew(image_encoder):
    for name, model in models_made(image_encoder, n_features=32):
        assert not list(encoders_like(model, image_encoder)), name
