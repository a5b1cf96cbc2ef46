import numpy as np

from ssvae_core.encoders.features import centre_of, features_for_graph


def test_features_are_centred_and_of_length_one():
    features = np.random.default_rng(0).normal(3, 1, (50, 4)).astype(np.float16)
    values = features_for_graph(features)
    expected = features - features.astype(np.float64).mean(0)
    expected /= np.linalg.norm(expected, axis=1, keepdims=True)
    np.testing.assert_allclose(values, expected, atol=1e-4)
    assert values.dtype == np.float32


def test_features_that_are_all_the_same_stay_zero():
    assert (features_for_graph(np.ones((3, 2), np.float16)) == 0).all()


def test_others_are_centred_as_those_they_are_compared_with():
    features = np.random.default_rng(0).normal(3, 1, (50, 4)).astype(np.float16)
    some = features_for_graph(features[:5], centre_of(features))
    np.testing.assert_allclose(some, features_for_graph(features)[:5], atol=1e-6)
