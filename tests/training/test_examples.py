"""What vectors are measured by: each number by its own spread, components by one."""

import numpy as np
import pytest
from sklearn.datasets import load_wine
from sklearn.decomposition import PCA

from ssvae_core.training.examples import Standard, are_components

WINE = load_wine().data
COMPONENTS = PCA(10, random_state=0).fit_transform(WINE / WINE.std(0)).astype(np.float32)


def test_columns_are_each_measured_by_their_own_spread_and_come_back():
    standard = Standard.of(WINE)
    assert np.allclose(standard.apply(WINE).std(0), 1)
    assert np.allclose(standard.undo(standard.apply(WINE)), WINE)


def test_components_keep_their_sizes_beside_one_another():
    some = COMPONENTS
    standard = Standard.of(some)
    spread = standard.apply(some).std(0)
    assert np.allclose(spread / spread[0], some.std(0) / some.std(0)[0], rtol=1e-4)
    assert np.square(spread).mean() == pytest.approx(1, rel=1e-4)
    assert np.allclose(standard.undo(standard.apply(some)), some, atol=1e-4)


def test_what_is_measured_is_not_taken_for_components():
    by_size = WINE[:, np.argsort(-WINE.std(0))]  # in the order of their spread, but correlated
    random = np.random.default_rng(0).normal(size=(200, 12))  # uncorrelated, in no order
    for values in (WINE, by_size, random, COMPONENTS[:, :3], np.zeros((20, 8))):
        assert not are_components(values, values.std(0))
