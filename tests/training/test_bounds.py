"""Bounds of every class, and the anomaly scores made of them."""

import dataclasses
from functools import partial

import numpy as np
import pytest
import torch

from ssvae_core.models import MODELS
from ssvae_core.training import bounds as bounds_module
from ssvae_core.training.bounds import anomaly_scores, bounds, class_bounds, has_bound
from ssvae_core.training.chunks import run_to_end
from ssvae_core.training.ensemble import WARM_UP
from ssvae_core.training.tensors import as_inputs
from tests.support.small_core import label, learned_core, make_core, step

WITHOUT_BOUND = {"aae", "aae-map"}


@pytest.fixture
def make(digits, starter, tmp_path):
    return partial(learned_core, digits, starter, tmp_path)


def test_noise_is_odder_than_digits(digits, starter, tmp_path):
    """Noise takes the place of ten images, in the data that the model learns from."""
    images = digits.images.copy()
    images[290:] = np.random.default_rng(0).integers(0, 256, (10, 8, 8, 1))
    core = make_core(
        "guided", dataclasses.replace(digits, images=images), starter, tmp_path / "noisy"
    )
    label(core)
    step(core, 150)
    anomaly = anomaly_scores(
        core.state.learner, np.arange(300), core.state.ensemble.probabilities()
    )
    assert anomaly[290:].mean() > 2
    assert anomaly[290:].min() > np.median(anomaly[:290])
    assert abs(anomaly[:290].mean()) < 0.5


def test_oddness_is_the_standardised_best_bound(make):
    core = make(n_steps=60)
    examples, said = np.arange(300), core.state.ensemble.probabilities()
    anomaly = anomaly_scores(core.state.learner, examples, said)
    assert abs(anomaly.mean()) < 1e-4
    assert anomaly.std() == pytest.approx(1, abs=1e-3)
    likeliest = np.argsort(-said, axis=1)[:, :2]
    best = run_to_end(bounds(core.state.learner, examples, likeliest, 1)).max(1)
    assert np.corrcoef(anomaly, -best)[0, 1] > 0.99


@pytest.mark.parametrize("model", MODELS)
def test_models_with_densities_have_a_bound(make, model):
    learner = make(model, n_steps=0).state.learner
    assert has_bound(learner) is (model not in WITHOUT_BOUND)


def test_bounds_of_several_classes_at_once_are_those_of_each(make):
    """With the same draws; m1 draws nothing."""
    learner = make("m1", n_steps=0, classes=[1, 4]).state.learner
    found = run_to_end(class_bounds(learner, 7))
    assert np.isnan(np.delete(found, [1, 4])).all()
    for k in (1, 4):
        x, y = as_inputs(learner.prepared[[7]]), torch.full((1,), k)
        np.testing.assert_allclose(found[k], learner.ema_model.bound(x, y)[0], rtol=1e-4)


def test_oddness_of_all_is_asked_bit_by_bit_once_the_model_has_learned(make, monkeypatch):
    monkeypatch.setattr(bounds_module, "STEPS_BEFORE_ASKING", WARM_UP + 5)
    monkeypatch.setattr(bounds_module, "N_COMPARED", 64)
    core = make()
    core.state.anomaly_scores.query_at = 0.0
    assert core.snapshot().anomaly is None
    step(core, 5)
    known = []
    for _ in range(10):
        asked = core.state.anomaly_scores.query_model(
            core.state.ensemble.probabilities, seconds=0.0
        )
        core.state.anomaly_scores.query_at = 0.0
        known.append(int(np.isfinite(core.state.anomaly_scores.anomaly).sum()))
    assert known[:5] == [64, 128, 192, 256, 300]
    assert not asked  # nothing was learned since
    core._has_news = True
    view = core.snapshot()
    assert (view.anomaly.dtype, view.anomaly.shape) == (np.float16, (300,))
    core.apply(51, np.array([0]), np.array([-1]), undone_from=50)
    assert core.snapshot().anomaly is None
