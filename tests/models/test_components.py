"""Principal components against numpy's, an M1 that begins in them against probabilistic PCA."""

import math

import numpy as np
import pytest
import torch

from ssvae_core.models import MODELS, VAE, ModelInputs, made
from ssvae_core.models.components import (
    MOST_EXAMPLES,
    FromComponents,
    OnComponents,
    ToComponents,
    components_of,
    give_components,
    n_components,
    resized,
    some_of,
)
from ssvae_core.options.options import AUTO
from tests.support.small_core import K, small_config

SHAPE = (8, 8, 3)
D = math.prod(SHAPE)


@pytest.fixture(scope="module")
def images():
    """300 colour images of three directions and a little noise: (300, D) in [0, 1]."""
    generator = torch.Generator().manual_seed(1)
    directions = torch.linalg.qr(torch.randn(D, 3, generator=generator))[0].T
    places = torch.randn(300, 3, generator=generator) * torch.tensor([1.0, 0.6, 0.3])
    noise = 0.01 * torch.randn(300, D, generator=generator)
    return (0.5 + places @ directions + noise).clamp(0, 1)


def test_they_are_those_of_the_covariance(images):
    found = components_of(images)
    variances, directions = np.linalg.eigh(np.cov(images.double().numpy().T, bias=True))
    np.testing.assert_allclose(found.mean, images.mean(0), atol=1e-6)
    np.testing.assert_allclose(found.scale[:3] ** 2, variances[::-1][:3], rtol=1e-4)
    cosines = np.abs((found.basis[:3].numpy() * directions[:, ::-1].T[:3]).sum(1))
    np.testing.assert_allclose(cosines, 1, atol=1e-4)
    np.testing.assert_allclose(found.variance, images.var(0, correction=0).mean(), rtol=1e-4)


def test_they_are_the_same_each_time_and_of_bytes(images):
    as_bytes = (255 * images).round().byte()
    torch.manual_seed(3)
    first, before = components_of(as_bytes), torch.rand(1)
    torch.manual_seed(3)
    again, after = components_of(as_bytes), torch.rand(1)
    assert all(torch.equal(one, other) for one, other in zip(first, again, strict=True))
    assert before == after  # whoever draws beside them draws the same
    torch.testing.assert_close(first.scale[:3], components_of(images).scale[:3], rtol=1e-2, atol=0)


@pytest.mark.parametrize("n", [1, 2, 5])
def test_few_images_have_fewer_and_nothing_is_divided_by_none(n, images):
    found = components_of(images[:n])
    assert found.basis.shape == (n_components(D), D)
    assert all(part.isfinite().all() for part in found)
    net = ToComponents(D)
    net.take_components(found)
    assert net(images[:5]).isfinite().all()


def test_many_images_are_looked_at_from_the_first_to_the_last():
    chosen = some_of(3068)
    assert (len(chosen), chosen[0], chosen[-1]) == (MOST_EXAMPLES, 0, 3067)
    assert (np.diff(chosen) > 0).all()
    assert list(some_of(3)) == [0, 1, 2]


def test_an_image_is_drawn_from_the_components_that_it_is_seen_in(images):
    found, into, out_of = components_of(images), ToComponents(D), FromComponents(5, D)
    for net in (into, out_of):
        give_components(net, found)
    missed = (out_of.drawn(into(images)) - images).square().mean().sqrt()
    assert missed < 0.01  # less than their noise
    assert isinstance(into, OnComponents)


def test_zeros_come_behind_or_the_last_are_left_out():
    v = torch.tensor([[1.0, 2.0]])
    assert resized(v, 3).tolist() == [[1, 2, 0]]
    assert resized(v, 1).tolist() == [[1]]


def test_an_m1_begins_as_probabilistic_pca(images):
    """Its bound is log p(x) of the linear model, but for what a diagonal posterior leaves open."""
    inputs = ModelInputs.of(SHAPE, 1, AUTO, components=components_of(images))
    m1 = made(VAE, inputs, VAE.Config(3, 16)).eval()
    covariance = torch.cov(images.double().T, correction=0)
    variances, directions = torch.linalg.eigh(covariance)
    left = variances[:-3].sum() / D
    linear = (directions[:, -3:] * variances[-3:]) @ directions[:, -3:].T
    density = torch.distributions.MultivariateNormal(
        images.mean(0).double(), linear + left * torch.eye(D)
    )
    expected = density.log_prob(images.double()).mean().item()
    torch.manual_seed(0)
    with torch.no_grad():
        found = torch.stack([m1.bound(images) for _ in range(30)]).mean().item()
    assert found == pytest.approx(expected, abs=0.01 * abs(expected))
    assert found < expected + 0.5


def test_an_m1_is_trained_from_there(images):
    inputs = ModelInputs.of(SHAPE, 1, AUTO, components=components_of(images))
    m1 = made(VAE, inputs, VAE.Config(2, 16))  # one direction too few
    optimizer = torch.optim.Adam(m1.parameters(), 1e-2)
    torch.manual_seed(0)
    before = m1.bound(images).mean().item()
    for _ in range(40):
        optimizer.zero_grad()
        (-m1.bound(images).mean()).backward()
        optimizer.step()
    assert m1.bound(images).mean().item() > before + 1


def test_an_m1_may_have_more_latents_than_there_are_components(images):
    inputs = ModelInputs.of(SHAPE, 1, AUTO, components=components_of(images))
    m1 = made(VAE, inputs, VAE.Config(200, 16))
    assert m1.decode(m1.encode(images[:4])).shape == (4, D)
    assert m1.bound(images[:4]).isfinite().all()


@pytest.mark.parametrize("name", MODELS)
def test_every_model_draws_in_colour_from_its_first_step_on_what_images_have_in_common(
    name, images
):
    """Untrained, what a class looks like is near the images: no noise, and not black."""
    components = components_of(images)
    m1 = made(VAE, ModelInputs.of(SHAPE, 1, AUTO, components=components), VAE.Config(3, 16)).eval()
    z1_mean = m1.encode(images).detach()
    inputs = ModelInputs.of(SHAPE, K, AUTO, m1, z1_mean, components=components)
    torch.manual_seed(0)
    model = MODELS[name].make(inputs, **small_config(name)).eval()
    y = torch.arange(K).repeat_interleave(20)
    with torch.no_grad():
        drawn = model.decode(torch.randn(len(y), model.style_dim), y)
    assert drawn.min() >= 0
    assert drawn.max() <= 1
    assert (drawn.mean(0) - images.mean(0)).abs().mean() < 0.1
    assert drawn.std(1).max() <= images.std(1).max() * 1.25
