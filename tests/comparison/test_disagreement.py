"""Where models disagree: the most classes against each other first, then the closest calls."""

import numpy as np

from ssvae_core.comparison.disagreement import disagreement

# Of six images, the class and the probability (255ths) that three models give each.
CLASSES = np.array([[1, 1, 1, 1, 1, 1], [1, 2, 2, 2, 1, 2], [1, 3, 1, 1, 1, 1]], np.uint8)
SURE = np.array([[255] * 6, [255, 255, 255, 100, 255, 255], [255, 255, 1, 255, 255, 255]], np.uint8)
MODELS = [np.stack(pair) for pair in zip(CLASSES, SURE, strict=True)]


def test_three_classes_come_before_two_and_an_even_match_before_a_doubtful_one():
    found = disagreement(MODELS, np.ones(6, bool))
    assert found.examples.tolist() == [1, 2, 5, 3]
    assert found.n_classes.tolist() == [3, 2, 2, 2]
    assert found.score[1] > 0.99


def test_what_is_labelled_or_put_aside_is_not_asked_about():
    is_open = np.array([1, 0, 1, 1, 1, 0], bool)
    assert disagreement(MODELS, is_open).examples.tolist() == [2, 3]


def test_models_that_agree_have_nothing_to_ask():
    assert len(disagreement([MODELS[0], MODELS[0]], np.ones(6, bool)).examples) == 0
