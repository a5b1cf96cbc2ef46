"""Vectors drawn as bars, against counting their ink."""

import numpy as np

from ssvae_core.data.vector_pictures import HEIGHT, INK, REACH, WIDTH, pictures_of


def test_more_of_a_feature_is_more_ink_above_the_line_and_less_is_below():
    drawn = pictures_of(np.array([[REACH, 0.0, -REACH, REACH / 2, 99.0]]))[0, ..., 0]
    above = (drawn[: HEIGHT // 2] == INK).sum(0)
    below = (drawn[HEIGHT // 2 :] == INK).sum(0)
    assert above.tolist() == [HEIGHT // 2, 0, 0, HEIGHT // 4, HEIGHT // 2]
    assert below.tolist() == [0, 0, HEIGHT // 2, 0, 0]


def test_many_features_share_columns_in_order():
    values = np.zeros((2, 1000))
    values[1, :500] = 2
    drawn = pictures_of(values)
    assert drawn.shape == (2, HEIGHT, WIDTH, 1)
    ink = (drawn[1, ..., 0] == INK).any(0)
    assert ink.tolist() == [True] * 16 + [False] * 16


def test_one_feature_is_a_picture_too():
    assert pictures_of(np.ones((3, 1))).shape == (3, HEIGHT, 1, 1)
