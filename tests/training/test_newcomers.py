"""A newcomer's edges are those that it would have in the graph."""

import numpy as np

from ssvae_core.training.newcomers import edge_weights, taken


def test_weights_fall_with_the_distance_at_the_scale_of_both_ends():
    distances = np.array([[1.0, 2.0, 4.0]])
    reach = np.array([[2.0, 2.0, 8.0]])
    weights = edge_weights(distances, reach)
    apart = np.array([1 / 8, 4 / 8, 16 / 32])
    np.testing.assert_allclose(weights[0], np.exp(apart[0] - apart), rtol=1e-6)
    assert np.isfinite(edge_weights(np.zeros((1, 3)), np.zeros((1, 3)))).all()


def test_shares_are_the_weighted_mean_of_the_neighbours():
    shares = np.array([[1, 0], [0, 1], [0, 0]], np.float32)
    found, weights = np.array([[0, 1, 2]]), np.array([[1, 0.5, 1]], np.float32)
    np.testing.assert_allclose(taken(shares, found, weights), [[2 / 3, 1 / 3]], rtol=1e-6)
