"""Doubted labels: the log-odds by hand, planted faults, and what a person said to keep."""

import numpy as np
import pytest

from ssvae_core.atlas.atlas import nearest_neighbours
from ssvae_core.review.label_errors import doubts, log_odds
from ssvae_core.training.label_propagation import Propagation

EXAMPLES, GIVEN = np.array([40, 7, 99]), np.array([0, 2, 2])
P = np.array([[0.2, 0.0, 0.8], [0.5, 0.4, 0.1], [0.1, 0.1, 0.8]])


def test_the_score_is_the_log_odds_of_the_best_other_class():
    scores, best = log_odds(GIVEN, P)
    np.testing.assert_allclose(scores, np.log([0.8 / 0.2, 0.5 / 0.1, 0.1 / 0.8]))
    assert best.tolist() == [2, 0, 0]


def test_only_contradicted_labels_are_doubted_worst_first():
    found = doubts(EXAMPLES, GIVEN, P)
    assert [(d.example, d.given, d.best) for d in found] == [(7, 2, 0), (40, 0, 2)]
    assert [d.gap for d in found] == pytest.approx([np.log(5), np.log(4)])
    assert not any(d.by_bound for d in found)


def test_the_gap_is_that_of_the_bounds_where_they_agree_that_the_label_is_wrong():
    bounds = np.array([[-110.0, -90, -80], [-90, -95, np.nan], [-1, -1, -1]])
    worst, other = doubts(EXAMPLES, GIVEN, P, bounds)
    assert not worst.by_bound
    assert (other.example, other.gap, other.by_bound) == (40, 30.0, True)
    bounds[0, 2] = -120  # the model finds the given class the better one
    assert not any(d.by_bound for d in doubts(EXAMPLES, GIVEN, P, bounds))


def test_a_label_that_a_person_kept_is_not_doubted_again():
    assert [d.example for d in doubts(EXAMPLES, GIVEN, P, kept={7})] == [40]


def test_a_probability_of_0_is_a_large_doubt_but_a_finite_one():
    (found,) = doubts(np.array([3]), np.array([1]), np.array([[1.0, 0.0]]))
    assert found.gap == pytest.approx(np.log(1e6))


def test_without_labels_there_is_no_doubt():
    assert doubts(np.zeros(0, int), np.zeros(0, int), np.zeros((0, 10))) == []


def out_of_fold(propagate, labels, folds=10):
    """Probabilities of the labelled, the labels of each fold hidden: (n,), (n, 10)."""
    labelled = np.flatnonzero(labels >= 0)
    found = np.zeros((len(labelled), 10))
    for fold in range(folds):
        others = labels.copy()
        others[labelled[fold::folds]] = -1
        found[fold::folds] = propagate(others, 10)[labelled[fold::folds]]
    return labelled, found


def test_planted_flips_of_digits_are_in_the_first_tenth_of_the_list():
    """5 in 100 labels of scikit-learn's digits are flipped, in 5 draws of them."""
    from sklearn.datasets import load_digits

    images, answers = load_digits(return_X_y=True)
    propagate = Propagation(*nearest_neighbours(images.astype(np.float32)))
    found = []
    for seed in range(5):
        rng = np.random.default_rng(seed)
        chosen = rng.choice(len(answers), 200, replace=False)
        labels = np.full(len(answers), -1, np.int16)
        labels[chosen] = answers[chosen]
        flipped = chosen[:10]
        labels[flipped] = (labels[flipped] + rng.integers(1, 10, 10)) % 10
        labelled, probabilities = out_of_fold(propagate, labels)
        first = doubts(labelled, labels[labelled], probabilities)[:20]
        found.append(len({d.example for d in first} & set(flipped.tolist())) / 10)
    assert np.mean(found) >= 0.8
