"""Small images and vectors with a few labels, and classifiers fitted to them."""

import numpy as np
import pytest
from sklearn.datasets import load_iris

from tests.support.small_classifier import classifier


@pytest.fixture(scope="module")
def images(digits):
    return digits.images


@pytest.fixture(scope="module")
def few(digits):
    """Five labels of every digit, -1 for the others."""
    labels = np.full(len(digits), -1)
    for digit in range(10):
        chosen = np.flatnonzero(digits.answer_key == digit)[:5]
        labels[chosen] = digit
    return labels


@pytest.fixture(scope="module")
def fitted(images, few):
    return classifier(max_iter=40).fit(images, few)


@pytest.fixture(scope="module")
def flowers():
    """Iris, every fifth with its label."""
    X, y = load_iris(return_X_y=True)
    return X, y, np.where(np.arange(len(y)) % 5 == 0, y, -1)


@pytest.fixture(scope="module")
def on_vectors(flowers):
    X, _, few = flowers
    return classifier(max_iter=30).fit(X, few)
