"""The guided model on an M1: pixels classify, the means of M1's latents generate."""

import pytest
import torch

from ssvae_core.models.base import every_class
from ssvae_core.models.networks import ImageEncoder
from tests.support.small_core import small_model

SHAPE, D, K = (8, 8, 1), 64, 3


@pytest.fixture
def on_m1(digits, starter):
    """Of three classes, and the first pixels."""
    pixels = torch.from_numpy(digits.images).flatten(1)
    return small_model("guided-m1", starter, pixels, K).eval(), pixels[:4].float() / 255


def test_on_an_m1_the_bound_is_that_of_m2_on_the_means_of_its_latents(on_m1):
    model, x = on_m1
    latents = model.features.prepare(x).chunk(2, -1)[0]
    for of in ("bound", "log_weight"):
        torch.manual_seed(5)
        found = getattr(model, of)(*every_class(x, K))
        torch.manual_seed(5)
        assert torch.equal(found, getattr(model.m2, of)(*every_class(latents, K)))


def test_on_an_m1_the_classifier_sees_pixels_and_drawings_are_m1s(on_m1):
    model, _ = on_m1
    assert isinstance(model.m2.classifier_trunk, ImageEncoder)
    z, y = torch.randn(4, model.style_dim), torch.arange(4) % K
    latents = model.m2.decode(z, y)
    assert torch.equal(model.decode(z, y), model.features.decode(latents))


def test_on_an_m1_every_weight_but_m1s_is_in_one_of_the_phases(on_m1):
    model, _ = on_m1
    planned = [p for phase in model.phases() for p in phase.parameters]
    of_m1 = {id(p) for p in model.features.m1.parameters()}
    learning = {id(p) for p in model.parameters()} - of_m1
    assert {id(p) for p in planned} == learning
    assert len(planned) == len(learning)
    assert not any(p.requires_grad for p in model.features.m1.parameters())
