"""What becomes black and white, of values of every kind."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis.extra import numpy as arrays

from ssvae_core.errors import UserError
from ssvae_core.importing.value_range import (
    black_and_white,
    choices,
    range_of,
    range_over,
    scale_of,
)


def found_scale(*values, dtype=float):
    return black_and_white(range_of(np.array(values, dtype)))


@pytest.mark.parametrize(
    ("values", "dtype", "scale"),
    [
        ((0, 1), np.uint8, (0, 1)),
        ((0, 1), np.int64, (0, 1)),
        ((0, 16), np.uint8, (0, 16)),
        ((0, 16), float, (0, 16)),
        ((0, 2), np.uint8, (0, 2)),
        ((0, 0), np.uint8, (0, 1)),
        ((3, 200), np.uint8, (0, 255)),
        ((0, 100), np.int32, (0, 255)),
        ((5, 4000), np.uint16, (0, 4095)),
        ((5, 70_000), np.int64, (0, 2**32 - 1)),
        ((-1000, 3000), np.int16, (-1000, 3000)),
        ((-7, -7), np.int8, (-7, -6)),
        ((0.1, 0.9), np.float16, (0, 1)),
        ((0, 254.5), np.float32, (0, 255)),
        ((-1, 0.8), np.float32, (-1, 1)),
        ((-2.5, 3), np.float64, (-2.5, 3)),
        ((0, np.nan, np.inf, 16), np.float64, (0, 16)),
        ((1000.5, 1010), np.float64, (1000.5, 1010)),
    ],
)
def test_the_scale_is_told_from_the_values_that_are_there(values, dtype, scale):
    assert found_scale(*values, dtype=dtype) == scale


@settings(max_examples=60, deadline=None)
@given(arrays.arrays(np.uint16, (3, 4, 4)))
def test_the_scale_holds_all_values_found(values):
    low, high = black_and_white(range_over(range_of(each) for each in values))
    assert low == 0
    assert high >= values.max()
    assert high <= 64 or high + 1 in (2**8, 2**10, 2**12, 2**14, 2**16)


def test_it_reads_no_further_than_it_matters():
    def blocks():
        yield np.array([3], np.uint8)
        yield np.array([200], np.uint8)
        raise AssertionError("the largest byte that matters is known")

    assert range_over(map(range_of, blocks())).high == 200


def test_nothing_finite_has_the_widest_scale():
    assert range_over([range_of(np.array([np.nan])), None]) is None
    assert black_and_white(None) == (0, 65535)


def test_only_ranges_that_hold_everything_are_offered():
    found = range_of(np.array([0, 1], np.uint8))
    assert next(iter(choices(found))) == "0 to 1"
    assert "0 to 255" in choices(found)
    assert list(choices(range_of(np.array([0, 300.5])))) == [
        "0 to 300.5",
        "0 to 4095",
        "0 to 65535",
    ]
    for name, scale in choices(range_of(np.array([-0.25, 0.3]))).items():
        assert scale_of(name, found) == scale


@pytest.mark.parametrize("named", ["", "wide", "1 to 0", "0 to nan", "0 to inf", "0 to 1 to 2"])
def test_a_range_that_is_none_is_refused(named):
    with pytest.raises(UserError, match="two numbers"):
        scale_of(named, range_of(np.array([0, 1])))
