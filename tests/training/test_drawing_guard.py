"""What is no picture is told from what is one: of grey and colour images, and of vectors."""

import math

import numpy as np
import pytest
import torch

from ssvae_core.data.shapes import shapes
from ssvae_core.models import MODELS, VAE, ModelInputs, components_of, made
from ssvae_core.models.distributions import Likelihood
from ssvae_core.options.options import FittingOptions
from ssvae_core.training.drawing_guard import DrawingGuard
from tests.support.small_core import K, small_config

GREY, COLOUR, VECTOR = (12, 12, 1), (12, 12, 3), (9,)


def blobs(shape, n=200, seed=0):
    """Soft discs of some colour on a ground of another, with a little noise: (n, D) in [0, 1]."""
    rng = np.random.default_rng(seed)
    if len(shape) != 3:
        return torch.from_numpy(rng.normal(size=(n, *shape)).astype(np.float32))
    y, x = np.mgrid[: shape[0], : shape[1]] / shape[0]
    centre, radius = rng.uniform(0.35, 0.65, (n, 2, 1, 1)), rng.uniform(0.15, 0.3, (n, 1, 1))
    inside = 1 / (1 + np.exp(20 * (np.hypot(y - centre[:, 0], x - centre[:, 1]) - radius)))
    colours = rng.uniform(0.2, 0.8, (2, n, 1, 1, shape[2]))
    images = colours[0] + (colours[1] - colours[0]) * inside[..., None]
    images += 0.02 * rng.normal(size=images.shape)
    return torch.from_numpy(images.clip(0, 1).reshape(n, -1).astype(np.float32))


@pytest.fixture(params=[GREY, COLOUR, VECTOR], ids=str)
def shape(request):
    return request.param


def test_what_was_not_seen_but_is_alike_is_a_picture(shape):
    guard = DrawingGuard(blobs(shape), shape)
    assert guard.rejects(blobs(shape, seed=1).numpy()).mean() < 0.02
    halves = (blobs(shape, seed=2) + blobs(shape, seed=3)).numpy() / 2  # blurred, and duller
    assert guard.rejects(halves).mean() < 0.02


def test_bytes_are_looked_at_as_models_see_them():
    values = (255 * blobs(COLOUR)).round().byte()
    guard = DrawingGuard(values, COLOUR)
    assert not guard.rejects(values.numpy()[:9] / 255).any()


def test_noise_flat_colours_and_no_numbers_are_none(shape):
    guard, rng = DrawingGuard(blobs(shape), shape), np.random.default_rng(0)
    D = math.prod(shape)
    assert guard.rejects(30 * rng.normal(size=(20, D))).all()
    assert guard.rejects(np.full((1, D), np.nan)).all()
    with_one = blobs(shape, 3).numpy()
    with_one[:, 4] = np.inf
    assert guard.rejects(with_one).all()
    if len(shape) == 3:
        assert guard.rejects(np.ones((1, D))).all()
        assert guard.rejects(np.zeros((1, D))).all()
        assert guard.rejects(rng.uniform(size=(20, D))).all()


def test_saturated_colours_are_none_however_smooth():
    guard = DrawingGuard(blobs(COLOUR), COLOUR)
    y, x = np.mgrid[:12, :12]
    smooth = np.stack([y > 5, x > 5, (x + y) < 11], -1).astype(float)
    assert guard.rejects(smooth.reshape(-1))


def test_each_drawing_is_judged_alone_along_any_axes():
    guard = DrawingGuard(blobs(GREY), GREY)
    drawn = blobs(GREY, 6, seed=4).numpy().reshape(2, 3, -1)
    drawn[1, 2] = np.random.default_rng(0).uniform(size=drawn.shape[-1])
    assert guard.rejects(drawn).tolist() == [[False] * 3, [False, False, True]]
    assert not guard.rejects(drawn[0, 0])
    assert guard.rejects(np.zeros((0, drawn.shape[-1]))).shape == (0,)


def test_real_images_with_hard_edges_are_pictures():
    data = shapes()
    values = torch.from_numpy(np.asarray(data.images)).flatten(1)
    assert DrawingGuard(values, data.shape).rejects(values.numpy() / 255).mean() < 0.02


@pytest.mark.parametrize(
    ("likelihood", "shape"),
    [
        ("bernoulli", GREY),
        ("gaussian", GREY),
        ("bernoulli", COLOUR),
        ("gaussian", COLOUR),
        ("gaussian", VECTOR),
    ],
)
@pytest.mark.parametrize("name", MODELS)
def test_a_decoder_that_explodes_is_caught_whatever_the_model(name, likelihood, shape):
    values, options = blobs(shape), FittingOptions(likelihood=likelihood)
    components = components_of(values) if options.in_components(shape) else None
    m1 = made(VAE, ModelInputs.of(shape, 1, options, components=components), VAE.Config(4, 16))
    inputs = ModelInputs.of(
        shape,
        K,
        options,
        m1,
        m1.encode(values).detach() + 0.3 * torch.randn(200, 4),
        components=components,
    )
    torch.manual_seed(0)
    model = MODELS[name].make(inputs, **small_config(name)).eval()
    with torch.no_grad():
        for part in model.modules():
            if not isinstance(part, Likelihood):
                for weight in part.parameters(recurse=False):
                    weight.mul_(100).add_(10 * torch.randn_like(weight))
        y = torch.arange(K).repeat_interleave(8)
        drawn = model.decode(torch.randn(len(y), model.style_dim), y).numpy()
    assert DrawingGuard(values, shape).rejects(drawn).mean() > 0.9
