"""Label propagation against the formula written out, and what people may rely on."""

import numpy as np
import pytest

from ssvae_core.atlas.atlas import nearest_neighbours
from ssvae_core.training import label_propagation as propagation
from ssvae_core.training.chunks import run_to_end
from ssvae_core.training.label_propagation import ALPHA, ROUNDS, SHARPNESS, Propagation

N, K = 60, 4
NONE = np.full(N, -1, np.int16)


@pytest.fixture(scope="module")
def graph():
    """Neighbours and distances of 60 points in 3 dimensions."""
    return nearest_neighbours(np.random.default_rng(0).normal(size=(N, 3)).astype(np.float32), 5)


@pytest.fixture
def propagate(graph):
    return Propagation(*graph)


def some_labels(n_each=3, classes=range(K), seed=1):
    labels = NONE.copy()
    chosen = np.random.default_rng(seed).permutation(N)[: n_each * len(classes)]
    labels[chosen] = np.repeat(classes, n_each)
    return labels


def dense_graph(neighbours, distances):
    """S = D^-1/2 W D^-1/2, edge by edge."""
    weights = np.zeros((len(neighbours), len(neighbours)))
    for i, near in enumerate(neighbours):
        for j, distance in zip(near, distances[i], strict=True):
            reaches = float(distances[i, -1]) * float(distances[j, -1])
            weights[i, j] = weights[j, i] = np.exp(-(float(distance) ** 2) / reaches)
    degree = weights.sum(1)
    return weights / np.sqrt(np.outer(degree, degree))


def dense(graph, labels, n_classes=K, rounds=ROUNDS):
    """Zhou's iteration F <- a S F + (1 - a) Y, or with rounds=None what it comes to in the end."""
    S, Y = dense_graph(*graph), np.eye(n_classes)[labels] * (labels >= 0)[:, None]
    if rounds is None:
        F = (1 - ALPHA) * np.linalg.inv(np.eye(len(S)) - ALPHA * S) @ Y
    else:
        F = Y
        for _ in range(rounds):
            F = ALPHA * S @ F + (1 - ALPHA) * Y
    shares = (F / F.sum(0).clip(1e-300)) ** SHARPNESS
    shares /= shares.sum(1, keepdims=True)
    return np.where((labels >= 0)[:, None], Y, shares)


def test_propagation_is_zhous_iteration_written_out(propagate, graph):
    labels = some_labels()
    np.testing.assert_allclose(propagate(labels, K), dense(graph, labels), atol=1e-4)


def test_many_rounds_come_to_the_closed_form(propagate, graph, monkeypatch):
    monkeypatch.setattr(propagation, "ROUNDS", 2000)
    labels = some_labels()
    np.testing.assert_allclose(propagate(labels, K), dense(graph, labels, rounds=None), atol=1e-3)


def test_probabilities_add_up_to_one_and_labels_are_certain(propagate):
    labels = some_labels()
    probabilities = propagate(labels, K)
    np.testing.assert_allclose(probabilities.sum(1), 1, atol=1e-6)
    given = labels >= 0
    assert (probabilities[given] == np.eye(K)[labels[given]]).all()


def test_a_class_never_labelled_has_probability_0(propagate):
    probabilities = propagate(some_labels(classes=[0, 2]), K)
    assert (probabilities[:, [1, 3]] == 0).all()
    assert (probabilities[:, [0, 2]].sum(1) > 0.999).all()


def test_no_labels_give_no_probabilities(propagate):
    assert (propagate(NONE, K) == 0).all()


@pytest.mark.parametrize("rounds", [30, 2])
def test_a_label_left_out_leaves_what_the_others_propagate(graph, monkeypatch, rounds):
    monkeypatch.setattr(propagation, "ROUNDS", rounds)
    propagate, labels = Propagation(*graph), some_labels()
    given = np.flatnonzero(labels >= 0)
    left_out = propagate.left_out(labels, K, given)
    for example, found in zip(given, left_out, strict=True):
        others = labels.copy()
        others[example] = -1
        np.testing.assert_allclose(
            found, propagate.shares(others, K)[example], rtol=2e-3, atol=1e-7
        )


def test_the_only_label_of_a_class_left_out_leaves_nothing_of_it(propagate):
    labels = some_labels(n_each=1)
    given = np.flatnonzero(labels >= 0)
    assert (propagate.left_out(labels, K, given)[np.arange(K), labels[given]] == 0).all()


def test_order_of_classes_does_not_matter(propagate):
    labels, order = some_labels(), np.array([2, 0, 3, 1])
    renamed = np.where(labels < 0, -1, order[labels]).astype(np.int16)
    np.testing.assert_allclose(propagate(renamed, K)[:, order], propagate(labels, K), atol=1e-6)


def test_labels_of_a_third_class_do_not_shift_the_balance_of_two(propagate):
    """What arrives of a class depends on its own labels only; the rest is normalisation."""
    without = some_labels(classes=[0, 1])
    labels = without.copy()
    labels[np.flatnonzero(labels < 0)[:6]] = 2
    free = labels < 0
    before, after = propagate(without, K)[free], propagate(labels, K)[free]
    np.testing.assert_allclose(after[:, 0] * before[:, 1], after[:, 1] * before[:, 0], atol=1e-6)
    assert (after[:, 2] > 0).all()


def test_an_undone_label_leaves_no_trace(propagate, graph):
    labels = some_labels()
    before, original = propagate(labels, K), labels.copy()
    free = int(np.flatnonzero(labels < 0)[0])
    labels[free] = 1
    assert not np.array_equal(propagate(labels, K), before)
    labels[free] = -1
    assert np.array_equal(propagate(labels, K), before)
    assert np.array_equal(Propagation(*graph)(original, K), before)


def test_labels_are_only_read(propagate):
    labels = some_labels()
    kept = labels.copy()
    propagate(labels, K)
    run_to_end(propagate.score(np.where(labels < 0, 0, labels)))
    assert np.array_equal(labels, kept)


def two_islands():
    """Two clouds so far apart that no edge joins them: examples 0 to 29, and 30 to 59."""
    points = np.random.default_rng(3).normal(size=(N, 3)).astype(np.float32)
    points[30:] += 1000
    return nearest_neighbours(points, 5)


def test_examples_that_no_label_reaches_have_the_labelled_classes_equally():
    labels = NONE.copy()
    labels[[0, 1, 2]] = [0, 2, 2]
    unreached = Propagation(*two_islands())(labels, K)[30:]
    np.testing.assert_allclose(unreached, np.tile([0.5, 0, 0.5, 0], (30, 1)))


def test_an_outlier_beside_a_crowd_of_twins_gets_a_guess():
    """All of its neighbours are twins of each other, at distance 0: their scale is 0 as well."""
    points = np.zeros((N, 2), np.float32)
    points[40:] = np.random.default_rng(4).normal(size=(20, 2)) + 20
    points[0] = [-5, 0]
    neighbours, distances = nearest_neighbours(points, 5)
    labels = NONE.copy()
    labels[[10, 50]] = [0, 1]
    probabilities = Propagation(neighbours, distances)(labels, 2)
    assert np.isfinite(probabilities).all()
    np.testing.assert_allclose(probabilities.sum(1), 1, atol=1e-6)


def test_score_is_the_share_of_labels_that_follow_from_the_other_folds(propagate, graph):
    labels = some_labels(n_each=8)
    given = np.flatnonzero(labels >= 0)
    right = 0
    for fold in range(5):
        others = labels.copy()
        others[given[fold::5]] = -1
        guesses = dense(graph, others).argmax(1)
        right += sum(guesses[i] == labels[i] for i in given[fold::5])
    assert run_to_end(propagate.score(labels)) == right / len(given)


def test_score_is_high_where_neighbours_agree_and_chance_where_they_do_not():
    propagate, labels = Propagation(*two_islands()), NONE.copy()
    labels[:15], labels[30:45] = 0, 1
    assert run_to_end(propagate.score(labels)) == 1
    labels[[*range(15), *range(30, 45)]] = np.random.default_rng(0).integers(0, 2, 30)
    assert run_to_end(propagate.score(labels)) < 0.8


def test_fewer_than_20_labels_have_no_score(propagate):
    assert run_to_end(propagate.score(some_labels(n_each=4))) is None
    assert run_to_end(propagate.score(some_labels(n_each=5))) is not None
