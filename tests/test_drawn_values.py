"""What every model draws, by every likelihood, is like what it saw: grey, in colour, and vectors.

Statistics of drawings against those of the data, without the app's own guard.
"""

import numpy as np
import pytest

from ssvae_core.fitting.fit import Fit
from ssvae_core.models import MODELS

N, K, SIDE, D = 240, 3, 8, 6
KINDS = ("grey", "colour", "vectors")
N_DRAWN = 12


def discs_squares_stripes(rng, kinds, n_channels):
    """One on a ground of another brightness: (N, 8, 8, C) bytes."""
    y, x = np.mgrid[:SIDE, :SIDE] - (SIDE - 1) / 2
    inside = np.stack([np.hypot(x, y) < 3, np.maximum(abs(x), abs(y)) < 2.6, abs(x) < 1.6])[kinds]
    low, high = rng.uniform(20, 90, (N, 1, 1, 1)), rng.uniform(150, 230, (N, 1, 1, n_channels))
    images = low + (high - low) * inside[..., None] + rng.normal(0, 4, (N, SIDE, SIDE, n_channels))
    return images.clip(0, 255).astype(np.uint8)


@pytest.fixture(scope="module")
def data():
    """Examples of every kind, and the class of each."""
    rng, kinds = np.random.default_rng(0), np.arange(N) % K
    vectors = rng.normal(0, 1, (N, D)) @ rng.normal(0, 0.5, (D, D))
    vectors = 100 + 30 * (vectors + 3 * np.eye(K, D)[kinds])
    images = {"grey": 1, "colour": 3}
    found = {kind: discs_squares_stripes(rng, kinds, n) for kind, n in images.items()}
    return {**found, "vectors": vectors.astype(np.float32)}, kinds


def drawn_and_seen(name, kind, likelihood, data):
    """Draws and means of the classes, and the examples, in [0, 1] or standard deviations."""
    values, kinds = data[0][kind], data[1]
    labels = np.where(np.arange(N) < 60, kinds, -1)
    config = {"likelihood": likelihood}
    if kind == "colour" and likelihood == "bernoulli":
        config["networks"] = "mlp"  # components have a Gaussian likelihood
    fit = Fit(values, labels, n_classes=K, model=name, config=config)
    for _ in fit.run(max_steps=60):
        pass
    classes = np.arange(K)
    drawn = [fit.sample(classes, 0, N_DRAWN, mean) for mean in (False, True)]
    if kind != "vectors":
        return *drawn, values / 255
    centre, scale = values.mean(0), values.std(0)
    return (*((each - centre) / scale for each in (*drawn, values)),)


LIKELIHOODS = {
    "grey": ("bernoulli",),
    "colour": ("bernoulli", "gaussian"),
    "vectors": ("gaussian",),
}


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize(
    ("kind", "likelihood"), [(kind, each) for kind in KINDS for each in LIKELIHOODS[kind]]
)
def test_drawings_are_within_what_was_seen(name, kind, likelihood, data):
    *every, seen = drawn_and_seen(name, kind, likelihood, data)
    axes = tuple(range(1, seen.ndim))
    for drawn in every:
        assert drawn.shape == (K * N_DRAWN, *seen.shape[1:])
        assert np.isfinite(drawn).all()
        if kind == "vectors":
            assert np.abs(drawn).max() <= 1.5 * np.abs(seen).max()
            assert np.square(drawn).mean() <= 2.5 * np.square(seen).mean()
            continue
        assert drawn.min() >= 0
        assert drawn.max() <= 1
        low, high = np.quantile(seen.mean(axes), (0, 1))
        assert low - 0.1 <= drawn.mean(axes).min()
        assert drawn.mean(axes).max() <= high + 0.1
        assert drawn.std(axes).max() <= 1.3 * seen.std(axes).max()
        roughness = [
            sum(np.abs(np.diff(each, axis=axis)).mean(axes) for axis in (1, 2))
            for each in (drawn, seen)
        ]
        assert roughness[0].max() <= 1.3 * roughness[1].max()
