"""Vectors drawn as bars, against counting their ink."""

import warnings

import numpy as np
import pytest

from ssvae_core.data.vector_pictures import HEIGHT, INK, REACH, WIDTH, as_pictures, pictures_of


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


@pytest.mark.parametrize("shape", [(2, 2, 1), (4,)])
def test_what_is_no_number_is_drawn_as_nothing_without_a_warning(shape):
    drawn = np.array([[np.nan, np.inf, -np.inf, 0.5], [0, 0, 0, 0]], np.float32)
    with np.errstate(all="raise"), warnings.catch_warnings():
        warnings.simplefilter("error")
        first, nothing = as_pictures(drawn, shape)
    flat, empty = first.reshape(-1, 4), nothing.reshape(-1, 4)
    assert np.array_equal(flat[:, 0], empty[:, 0])
    assert flat[:, 1].astype(int).sum() > empty[:, 1].sum()
