"""What a snapshot has of drawings: pictures from the first moment on, and no noise ever."""

import numpy as np
import pytest
import torch

from ssvae_core.atlas.atlas import Atlas, medoids, nearest_neighbours
from ssvae_core.atlas.layout import fit_to_frame, pca_map
from ssvae_core.data import Dataset
from ssvae_core.models import MODELS
from ssvae_core.models.distributions import Likelihood
from ssvae_core.pretraining.starter import Starter, new_m1
from ssvae_core.training.drawing_guard import DrawingGuard
from ssvae_core.training.ensemble import WARM_UP
from ssvae_core.training.examples import stored
from tests.support.small_core import label, make_core, snapshot, step

SHAPE, N, K = (12, 12, 3), 240, 3


@pytest.fixture(scope="module")
def photos():
    """Discs, squares and stripes in soft colours."""
    rng = np.random.default_rng(0)
    y, x = np.mgrid[:12, :12] - 5.5
    kinds = np.arange(N) % K
    inside = np.stack([np.hypot(x, y) < 4, np.maximum(abs(x), abs(y)) < 3.5, abs(x) < 2])[kinds]
    colours = rng.uniform(60, 200, (2, N, 1, 1, 3))
    images = colours[0] + (colours[1] - colours[0]) * inside[..., None]
    images = (images + rng.normal(0, 4, images.shape)).clip(0, 255).astype(np.uint8)
    return Dataset(
        name="photos",
        title="Photos",
        images=images,
        class_names=("disc", "square", "stripe"),
        answer_key=kinds.astype(np.int64),
    )


@pytest.fixture
def untrained(photos):
    """As a session on images opens on that nobody has opened before."""
    values = stored(photos)
    torch.manual_seed(0)
    pixels = values.float().numpy()
    xy = fit_to_frame(pca_map(pixels))
    atlas = Atlas(xy, *nearest_neighbours(pixels), medoids(xy, (10,)))
    return Starter(new_m1(photos.shape, values=values), atlas, is_trained=False)


def roughness(pictures):
    """Mean step from pixel to pixel: (..., H, W, C) -> (...)."""
    steps = [np.abs(np.diff(pictures.astype(float), axis=axis)) for axis in (-3, -2)]
    return sum(each.mean((-3, -2, -1)) for each in steps)


def test_an_m1_draws_colour_images_before_it_has_learned(photos, untrained, tmp_path):
    core = make_core("guided-m1", photos, untrained, tmp_path, n_classes=K)
    view = core.snapshot()
    assert view.samples.shape == (36, *SHAPE)
    assert view.undrawn is None
    assert roughness(view.samples).max() <= 1.1 * roughness(photos.images).max()
    assert view.samples.std() == pytest.approx(photos.images.std(), rel=0.25)


@pytest.mark.parametrize("name", MODELS)
def test_what_every_model_draws_in_colour_is_within_what_it_saw(name, photos, untrained, tmp_path):
    core = make_core(name, photos, untrained, tmp_path, n_classes=K)
    label(core, n_each=8, classes=range(K))
    step(core, WARM_UP + 30)
    view = snapshot(core)
    assert view.samples.shape[::2] == (K, SHAPE[0], SHAPE[2])
    shown = np.ones(view.samples.shape[:2], bool) if view.undrawn is None else view.undrawn == 0
    assert shown.mean() > 0.8
    pictures, seen = view.samples[shown], photos.images
    assert roughness(pictures).max() <= 1.3 * roughness(seen).max()
    assert pictures.mean((1, 2, 3)).min() >= 0.7 * seen.mean((1, 2, 3)).min()
    assert pictures.mean((1, 2, 3)).max() <= 1.2 * seen.mean((1, 2, 3)).max()
    assert pictures.std((1, 2, 3)).max() <= 1.3 * seen.std((1, 2, 3)).max()


def test_what_a_decoder_that_explodes_draws_is_left_blank_and_named(photos, untrained, tmp_path):
    core = make_core("m2", photos, untrained, tmp_path, n_classes=K)
    label(core, n_each=8, classes=[0, 2])
    step(core, WARM_UP + 5)
    with torch.no_grad():
        for part in core.state.learner.ema_model.decoder.modules():
            if not isinstance(part, Likelihood):
                for weight in part.parameters(recurse=False):
                    weight.mul_(100).add_(10 * torch.randn_like(weight))
    view = snapshot(core)
    assert view.undrawn.dtype == np.uint8
    assert view.undrawn[[0, 2]].mean() > 0.9
    assert not view.undrawn[1].any()  # it has no label, and nothing to draw
    assert not view.samples[view.undrawn == 1].any()
    drawn = core.state.learner.samples()
    rejected = DrawingGuard(core.state.pixels, SHAPE).rejects(drawn)
    assert not view.samples[rejected].any()


def test_an_m1_that_knows_nothing_draws_nothing(digits, starter, tmp_path):
    new = Starter(new_m1(digits.shape), starter.atlas, is_trained=False)
    core = make_core("guided", digits, new, tmp_path)
    assert core.snapshot().samples.shape == (0, 8, 8, 1)
