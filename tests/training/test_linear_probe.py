"""The linear probe against scikit-learn's logistic regression, and what may be relied on."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from ssvae_core.atlas.affinity import normalised_affinity
from ssvae_core.atlas.atlas import nearest_neighbours
from ssvae_core.training.linear_probe import INVERSE_PENALTY, LinearProbe, fitted
from ssvae_core.training.out_of_fold import stratified

N, F, K = 120, 20, 4


@pytest.fixture(scope="module")
def key():
    return np.random.default_rng(0).integers(0, 3, N).astype(np.int16)


@pytest.fixture(scope="module")
def features(key):
    """Three clouds that overlap; nothing is of class 3."""
    rng = np.random.default_rng(1)
    return (rng.normal(size=(3, F))[key] + 1.5 * rng.normal(size=(N, F))).astype(np.float32)


@pytest.fixture
def labels(key):
    return np.where(np.arange(N) < 30, key, -1).astype(np.int16)


def test_it_is_multinomial_logistic_regression(features, key):
    theirs = LogisticRegression(C=INVERSE_PENALTY, tol=1e-8, max_iter=1000)
    theirs.fit(features[:60], key[:60])
    found = fitted(features[:60], key[:60], K).probabilities(features[60:])
    np.testing.assert_allclose(found[:, :3], theirs.predict_proba(features[60:]), atol=0.01)


def test_a_class_without_labels_has_probability_0(features, labels):
    found = LinearProbe(features).fitted(labels, K)
    said = found.probabilities(LinearProbe(features).components)
    assert (said[:, 3] == 0).all()
    np.testing.assert_allclose(said.sum(1), 1, atol=1e-5)


def test_one_label_gives_its_class(features):
    labels = np.full(N, -1, np.int16)
    labels[5] = 2
    probe = LinearProbe(features)
    said = probe.fitted(labels, K).probabilities(probe.components)
    assert (said == np.eye(K)[2]).all()


def test_it_learns_what_its_labels_say(features, labels, key):
    probe = LinearProbe(features)
    said = probe.fitted(labels, K).probabilities(probe.components)
    assert (said.argmax(1) == key)[30:].mean() > 0.8


def test_components_of_all_and_of_others_are_alike_and_of_length_1(features):
    probe = LinearProbe(features)
    np.testing.assert_allclose(probe.reduced(features[7:9]), probe.components[7:9], atol=1e-5)
    np.testing.assert_allclose(np.linalg.norm(probe.components, axis=1), 1, atol=1e-5)


def test_each_is_joined_by_its_neighbours(features):
    neighbours, distances = nearest_neighbours(features)
    graph = normalised_affinity(neighbours, distances)
    alone = LinearProbe(features).components
    joined = alone + graph.toarray() @ alone
    joined /= np.linalg.norm(joined, axis=1, keepdims=True)
    probe = LinearProbe(features, graph)
    np.testing.assert_allclose(probe.components, joined, atol=1e-5)
    found, weights = neighbours[:5].astype(np.intp), np.ones((5, neighbours.shape[1]), np.float32)
    beside = alone[:5] + alone[found].mean(1)
    beside /= np.linalg.norm(beside, axis=1, keepdims=True)
    np.testing.assert_allclose(probe.reduced(features[:5], found, weights), beside, atol=1e-5)


def test_features_that_are_all_alike_do_no_harm(labels):
    probe = LinearProbe(np.ones((N, F), np.float32))
    said = probe.fitted(labels, K).probabilities(probe.components)
    shares = np.bincount(labels[labels >= 0], minlength=K) / 30
    np.testing.assert_allclose(said, np.tile(shares, (N, 1)), atol=1e-3)


def test_a_label_is_left_out_with_its_fold(features, labels):
    probe, judged = LinearProbe(features), np.flatnonzero(labels >= 0)[::2]
    found, fold = probe.left_out(labels, K, judged), stratified(labels[judged])
    for number in range(5):
        hidden = judged[fold == number]
        others = labels.copy()
        others[hidden] = -1
        expected = probe.fitted(others, K).probabilities(probe.components[hidden])
        np.testing.assert_allclose(found[fold == number], expected, atol=1e-6)


def test_a_label_that_is_wrong_is_not_guessed_where_it_is_left_out(features, labels, key):
    probe, judged = LinearProbe(features), np.flatnonzero(labels >= 0)
    sure = judged[probe.left_out(labels, K, judged)[np.arange(30), key[judged]].argmax()]
    wrong = labels.copy()
    wrong[sure] = (key[sure] + 1) % 3
    said = probe.left_out(wrong, K, judged)[judged == sure][0]
    assert said.argmax() == key[sure]


def test_the_same_labels_give_the_same_answer_whatever_was_asked_before(features, labels):
    probe = LinearProbe(features)
    before = probe.fitted(labels, K).weights
    probe.fitted(np.where(labels < 0, 1, labels), K)
    assert np.array_equal(probe.fitted(labels, K).weights, before)
