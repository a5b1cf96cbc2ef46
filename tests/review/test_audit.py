"""Audits against SciPy's Wilson interval, counted coverage, and simulated ones."""

import math

import numpy as np
import pytest
from scipy.stats import binom, binomtest

from benchmarks.review_audit import audited, simulated_pool
from ssvae_core.review.audit import Z_95, draw, estimate, wilson

N = 1000
ALL = np.ones(N, bool)


def audit_of(n_right, n, size=N, **options):
    """An audit of n examples of class 0, of which n_right were guessed."""
    guesses = np.zeros(size, int)
    guesses[n_right:n] = 1
    return estimate(dict.fromkeys(range(n), 0), guesses, np.ones(size, bool), **options)


@pytest.mark.parametrize(("right", "n"), [(0, 5), (37, 40), (40, 40), (116, 120)])
def test_wilson_is_scipys(right, n):
    expected = binomtest(right, n).proportion_ci(method="wilson")
    np.testing.assert_allclose(wilson(right / n, n), expected, atol=1e-12)


def test_an_audit_of_a_large_pool_without_confidence_is_wilsons():
    guesses = audit_of(116, 120, size=1_000_000).guesses
    expected = binomtest(116, 120).proportion_ci(method="wilson")
    np.testing.assert_allclose((guesses.low, guesses.high), expected, atol=1e-4)


def test_the_interval_solves_the_equation_of_the_score_test_in_a_finite_pool():
    """|p - bound| = Z_95 sqrt(bound (1 - bound) / n * (N - n) / (N - 1)) at either end."""
    n, size = 80, 200
    guesses = audit_of(75, n, size).guesses
    for bound in (guesses.low, guesses.high):
        deviation = math.sqrt(bound * (1 - bound) / n * (size - n) / (size - 1))
        assert abs(guesses.share - bound) == pytest.approx(Z_95 * deviation)


def test_all_right_is_no_proof_until_all_are_checked():
    assert audit_of(40, 40).guesses.low < 0.95
    everything = audit_of(N - 3, N).guesses
    assert everything.low == everything.share == everything.high == 1 - 3 / N


def test_wilson_holds_the_truth_as_often_as_counted_exactly():
    """Coverage of 40 to 120 checks at 85 to 99 %: the sum over all outcomes, no simulation."""
    found = []
    for n in (40, 80, 120):
        intervals = np.array([wilson(right / n, n) for right in range(n + 1)])
        for truth in (0.85, 0.9, 0.95, 0.97, 0.99):
            holds = (intervals[:, 0] <= truth) & (truth <= intervals[:, 1])
            found.append(binom.pmf(np.arange(n + 1), n, truth)[holds].sum())
    assert min(found) > 0.93
    assert 0.94 < np.mean(found) < 0.965


@pytest.mark.parametrize("confidence", ["calibrated", "overconfident", "useless"])
def test_simulated_audits_hold_the_truth_about_95_times_in_100(confidence):
    held = []
    for seed in range(200):
        is_right, sure = simulated_pool(0.95, confidence, seed)
        low, high = audited(is_right, sure, 80, seed)["app"]
        held.append(low <= is_right.mean() <= high)
    assert 0.93 <= np.mean(held) <= 0.975


def test_a_confidence_that_tells_mistakes_narrows_the_interval():
    widths = {"app": [], "plain": []}
    for seed in range(20):
        is_right, sure = simulated_pool(0.9, "calibrated", seed)
        for name, (low, high) in audited(is_right, sure, 120, seed).items():
            widths[name].append(high - low)
    assert np.mean(widths["app"]) < 0.93 * np.mean(widths["plain"])


def test_the_weighted_share_is_that_of_the_strata_by_hand():
    """Half the pool is sure and right; of the checked, three in four happen to be sure."""
    confidence = np.repeat([0.5, 0.9], N // 2) + np.linspace(0, 0.01, N)
    checked = np.r_[0:25, 500:575]
    guesses = np.ones(N, int)
    guesses[:500:2] = 0  # of the unsure every other one is wrong
    audit = estimate(dict.fromkeys(checked.tolist(), 1), guesses, ALL, confidence)
    assert audit.right == 87
    assert "confidence" in audit.method
    # Strata are quarters of the checked: the first is the unsure half, the rest are all right.
    assert audit.guesses.share == pytest.approx(0.5 * 12 / 25 + 0.5)


def test_exported_labels_are_labels_answers_and_guesses():
    """Counted in a pool whose guesses are all known to the test."""
    audit = audit_of(72, 80, size=400, n_labels=100)
    wrong_if_the_rest_is_like_the_checked = (400 - 80) * 8 / 80
    assert audit.exported.share == pytest.approx(1 - wrong_if_the_rest_is_like_the_checked / 500)
    assert audit.guesses.low < audit.exported.low < audit.exported.share < audit.exported.high < 1


def test_what_more_checks_narrow_it_to_is_the_width_that_then_comes():
    now, later = audit_of(57, 60, more=40), audit_of(95, 100)
    assert now.narrowed == pytest.approx((later.guesses.high - later.guesses.low) / 2)
    assert audit_of(5, 10, size=15).more == 5


def test_classes_are_counted_by_what_the_person_said():
    guesses = np.zeros(N, int)
    guesses[:3] = 7
    audit = estimate({0: 7, 1: 7, 2: 3, 9: 0}, guesses, ALL)
    assert audit.by_class == {0: (1, 1), 3: (0, 1), 7: (2, 2)}
    assert (audit.right, audit.of) == (3, 4)


def test_nothing_checked_is_no_estimate():
    assert estimate({}, np.zeros(N, int), ALL) is None


def test_drawn_examples_are_eligible_new_and_different():
    eligible = np.arange(N) % 3 == 0
    drawn = draw(50, eligible, np.random.default_rng(0).random(N), already=range(0, 300, 3))
    assert len(set(drawn.tolist())) == 50
    assert eligible[drawn].all()
    assert drawn.min() >= 300


def test_the_same_question_draws_the_same_examples_and_more_are_others():
    confidence = np.random.default_rng(0).random(N)
    first = draw(20, ALL, confidence, seed=4)
    assert np.array_equal(first, draw(20, ALL, confidence, seed=4))
    assert not set(first) & set(draw(20, ALL, confidence, seed=4, already=first.tolist()))


def test_each_example_has_the_same_chance_to_be_drawn():
    confidence = np.linspace(0, 1, 30) ** 4
    times = np.zeros(30)
    for seed in range(600):
        times[draw(20, np.ones(30, bool), confidence, seed=seed)] += 1
    np.testing.assert_allclose(times / 600, 2 / 3, atol=5 * math.sqrt(2 / 9 / 600))


def test_a_draw_holds_easy_and_hard_ones_as_the_pool_does():
    confidence = np.random.default_rng(1).random(N)
    drawn = np.sort(confidence[draw(100, ALL, confidence)])
    np.testing.assert_allclose(drawn, np.linspace(0, 1, 100), atol=0.05)


def test_a_pool_smaller_than_asked_is_drawn_whole():
    eligible = np.arange(N) < 7
    assert sorted(draw(20, eligible)) == list(range(7))
    assert len(draw(20, np.zeros(N, bool))) == 0
