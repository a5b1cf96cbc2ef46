"""Telling two models apart by the images that both were judged by."""

import numpy as np
import pytest
from scipy.stats import binomtest

from ssvae_core.review.paired import images_that_tell, mcnemar, paired_difference


def drawn(rng, n, only_first, only_second, both=0.05):
    """Which of n images each of two models gets wrong: (n,), (n,)."""
    kind = rng.choice(4, n, p=[only_first, only_second, both, 1 - only_first - only_second - both])
    return np.isin(kind, (0, 2)), np.isin(kind, (1, 2))


@pytest.mark.parametrize(("more", "less"), [(0, 0), (5, 0), (3, 9), (40, 61), (700, 640)])
def test_mcnemars_test_is_the_binomial_one_of_the_images_where_they_part(more, less):
    exact = binomtest(more, more + less).pvalue if more + less else 1.0
    assert mcnemar(more, less) == pytest.approx(exact, rel=1e-9)


def test_two_that_err_equally_often_are_ranked_in_one_of_twenty_cases_at_most():
    rng = np.random.default_rng(0)
    ranked = [
        paired_difference(*drawn(rng, 120, 0.06, 0.06)).is_better is not None for _ in range(1500)
    ]
    assert np.mean(ranked) < 0.05


def test_the_interval_holds_the_difference_in_95_of_100_cases():
    rng = np.random.default_rng(1)
    found = [paired_difference(*drawn(rng, 120, 0.10, 0.04)) for _ in range(1500)]
    assert np.mean([one.low <= 0.06 <= one.high for one in found]) > 0.94


@pytest.mark.parametrize(("only_first", "only_second"), [(0.10, 0.04), (0.03, 0.01), (0.2, 0.15)])
def test_as_many_images_as_it_says_tell_in_about_80_of_100_cases(only_first, only_second):
    n = images_that_tell(only_first + only_second, only_first - only_second)
    rng = np.random.default_rng(2)
    told = [paired_difference(*drawn(rng, n, only_first, only_second)) for _ in range(600)]
    assert 0.7 < np.mean([one.is_better is False for one in told]) < 0.9
    # half of them do not: the number is not just large enough for anything
    few = [paired_difference(*drawn(rng, n // 2, only_first, only_second)) for _ in range(600)]
    assert np.mean([one.is_better is False for one in few]) < 0.65


def test_where_the_images_do_not_tell_the_interval_holds_0_and_it_says_how_many_more_would():
    is_wrong, other = np.zeros(60, bool), np.zeros(60, bool)
    is_wrong[:5] = True
    found = paired_difference(is_wrong, other)
    assert found.is_better is None
    assert found.low <= 0 <= found.high
    assert found.more == max(images_that_tell(5 / 60, 5 / 60) - 60, 1)


def test_where_they_tell_no_more_are_asked_for():
    is_wrong, other = np.zeros(60, bool), np.zeros(60, bool)
    other[:20] = True
    found = paired_difference(is_wrong, other)
    assert (found.is_better, found.more) == (True, None)
    assert found.high < 0
    assert found.difference == pytest.approx(-1 / 3)


def test_two_that_never_part_or_part_evenly_cannot_be_told_apart_by_any_number():
    same = np.arange(50) % 7 == 0
    assert paired_difference(same, same).more is None
    assert paired_difference(same, np.roll(same, 1)).more is None
    assert paired_difference(same[:0], same[:0]) is None
