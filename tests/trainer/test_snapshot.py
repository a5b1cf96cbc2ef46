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


@pytest.mark.parametrize("name", ["guided-m1", "m1m2"])
def test_labels_sort_what_an_m1_draws_before_the_model_takes_a_step(
    name, photos, untrained, tmp_path
):
    core = make_core(name, photos, untrained, tmp_path, n_classes=K)
    core.snapshot()
    label(core, n_each=8, classes=[0, 2])
    view = snapshot(core)
    assert core.state.step_count == 0
    assert view.is_by_class
    assert view.undrawn is None
    disc, stripe = view.samples[0].astype(float), view.samples[2].astype(float)
    edge = [np.abs(each[:, 6, 0] - each[:, 6, 6]).mean() for each in (disc, stripe)]
    ends = [np.abs(each[:, 0, 6] - each[:, 6, 6]).mean() for each in (disc, stripe)]
    assert ends[1] < ends[0]  # a stripe goes through to the edge, a disc does not
    assert min(edge) > 0


def test_kinds_are_drawn_without_a_label_and_labels_take_them_over(digits, starter, tmp_path):
    core = make_core("gmvae", digits, starter, tmp_path)
    assert core.busy
    assert not core.snapshot().is_by_class
    step(core, WARM_UP)
    view = snapshot(core)
    assert view.is_by_class
    assert view.n_labels == 0
    assert view.probabilities is None
    assert len({row.mean(0).tobytes() for row in view.samples}) == len(view.samples)
    label(core, n_each=3, classes=[4, 7])
    step(core, 1)
    view = snapshot(core)
    assert view.n_labels == 6
    assert set(view.probabilities.argmax(1).tolist()) <= {4, 7}


def test_other_models_wait_for_a_label(digits, starter, tmp_path):
    assert not make_core("m1m2", digits, starter, tmp_path).busy
