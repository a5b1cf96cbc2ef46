"""The confusion matrix against scikit-learn's, and its cells against the matrix."""

import numpy as np
import pytest
from sklearn.metrics import confusion_matrix

from ssvae_core.review.confusion import cell, matrix

CLASSES = (9, 0, 4)  # in the order of the keys, with gaps


@pytest.fixture
def compared():
    rng = np.random.default_rng(0)
    truth, guesses = (rng.choice([0, 4, 9], 200, p=[0.2, 0.3, 0.5]) for _ in range(2))
    return truth, guesses, rng.permutation(1000)[:200], rng.random(200)


def test_the_matrix_is_scikit_learns(compared):
    truth, guesses, *_ = compared
    found = matrix(truth, guesses, CLASSES)
    assert np.array_equal(found.counts, confusion_matrix(truth, guesses, labels=CLASSES))
    assert (found.classes, found.n) == (CLASSES, 200)


def test_a_cell_holds_as_many_examples_as_its_count_surest_first(compared):
    truth, guesses, examples, sure = compared
    counts = matrix(truth, guesses, CLASSES).counts
    for i, row in enumerate(CLASSES):
        for j, column in enumerate(CLASSES):
            found = cell(examples, truth, guesses, sure, row, column)
            assert len(found) == counts[i, j]
            assert [f.confidence for f in found] == sorted(f.confidence for f in found)[::-1]
    place = examples.tolist().index(found[0].example)
    assert (truth[place], guesses[place], sure[place]) == (4, 4, found[0].confidence)


def test_a_class_that_is_gone_and_an_example_without_one_have_no_row():
    found = matrix(np.array([0, 7, -1, 0]), np.array([0, 0, 0, 7]), (0, 1))
    assert found.counts.tolist() == [[1, 0], [0, 0]]


def test_nothing_compared_is_a_matrix_of_zeros():
    none = np.zeros(0, int)
    assert matrix(none, none, CLASSES).n == 0
    assert cell(none, none, none, np.zeros(0), 0, 4) == []
