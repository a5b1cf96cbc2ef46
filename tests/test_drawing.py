"""A draw of labels is balanced, true, and the same for the same seed."""

import numpy as np
import pytest

from ssvae_core.data.label_draw import draw_labels

KEY = np.random.default_rng(0).integers(0, 4, 400)


@pytest.mark.parametrize("n", [0, 3, 40, 43])
def test_each_class_has_its_share_and_the_rest_is_spread(n):
    labels = draw_labels(KEY, n, 1, 4)
    counts = np.bincount(labels[labels >= 0], minlength=4)
    assert labels.shape == KEY.shape
    assert counts.sum() == n
    assert counts.max() - counts.min() == (1 if n % 4 else 0)


def test_a_drawn_label_is_the_one_of_the_answer_key():
    labels = draw_labels(KEY, 60, 2, 4)
    drawn = labels >= 0
    assert np.array_equal(labels[drawn], KEY[drawn])


def test_the_seed_decides_the_draw():
    first, again, other = (draw_labels(KEY, 40, seed, 4) for seed in (3, 3, 4))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_every_example_of_a_class_can_be_drawn():
    often = sum((draw_labels(KEY, 80, seed, 4) >= 0).astype(int) for seed in range(60))
    assert often.min() > 0


def test_all_of_a_balanced_set_may_be_asked_for():
    key = np.arange(40) % 4
    assert np.array_equal(draw_labels(key, 40, 0, 4), key)


def test_more_labels_than_a_class_has_are_refused():
    with pytest.raises(ValueError, match=r"2 labels of class 1 were asked for; it has 1 examples"):
        draw_labels(np.array([0, 0, 0, 1]), 4, 0, 2)
