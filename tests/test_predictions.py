"""The margin of a guess."""

import numpy as np

from ssvae_core.predictions import margin
from tests.support.small_evidence import K, guesses


def test_the_margin_is_1_minus_the_gap_of_the_two_best():
    probabilities = guesses()
    expected = [1 - (sorted(row)[-1] - sorted(row)[-2]) for row in probabilities.tolist()]
    np.testing.assert_allclose(margin(probabilities), expected, atol=1e-6)


def test_order_of_classes_does_not_change_the_margin():
    probabilities = guesses()
    for seed in range(5):
        order = np.random.default_rng(seed).permutation(K)
        assert np.array_equal(margin(probabilities[:, order]), margin(probabilities))
