"""What is kept of a moment: how many drawings, and a map that comes back."""

import dataclasses

import numpy as np
import pytest

from ssvae_core.session.shown_moment import (
    DRAWINGS,
    Shown,
    is_whole,
    map_of,
    name_of_map,
    places_of,
)
from tests.session.test_moments import snapshot

XY = np.random.default_rng(0).random((5, 2), np.float32)


def shown(samples, undrawn=None):
    of = dataclasses.replace(snapshot(3, 3, samples), undrawn=undrawn)
    guesses, labels = np.zeros((4, 5), np.uint8), np.full(5, 255, np.uint8)
    return Shown("a", of, guesses, labels, XY, 12.3456)


@pytest.mark.parametrize(
    ("shape", "columns"),
    [((10, 9, 28, 28, 1), 4), ((10, 9, 64, 64, 3), 1), ((3, 2, 4, 4, 1), 2), ((36, 4, 4, 1), 0)],
)
def test_fewer_columns_of_larger_drawings_are_kept_and_none_without_classes(shape, columns):
    one = shown(np.zeros(shape, np.uint8))
    assert one.about["columns"] == columns
    assert (DRAWINGS in one.arrays()) == (columns > 0)
    assert is_whole(one.about)


def test_what_is_no_picture_is_named_among_the_drawings_kept():
    undrawn = np.zeros((10, 9), np.uint8)
    undrawn[1, 2] = undrawn[2, 8] = 1
    drawn = np.ones((10, 9, 8, 8, 1), np.uint8)
    drawn[undrawn == 1] = drawn[9] = 0  # the last class has no label, and is not drawn
    assert shown(drawn, undrawn).about["undrawn"] == [6, 36, 37, 38, 39]


def test_the_map_comes_back():
    np.testing.assert_allclose(map_of(places_of(XY)), XY, atol=1e-5)
    assert name_of_map(map_of(places_of(XY))) == name_of_map(XY) != name_of_map(XY[::-1])
    with pytest.raises(ValueError, match="shape"):
        map_of(np.zeros((5, 3), np.uint8))
