"""Forecasts on curves of known law, the calibration of their interval, and the check."""

import numpy as np
import pytest

from ssvae_core.review.forecast import Forecast, checked, forecast


def power_law(labels, a=0.4, b=0.6):
    return {int(n): 1 - a * (n / 10) ** -b for n in labels}


def test_on_an_exact_power_law_the_forecast_is_the_law():
    told = forecast(power_law(range(10, 101, 10)))
    now, then = (power_law([n])[n] for n in (100, 110))
    assert told.gain == pytest.approx(then - now)
    assert told.low < told.gain < told.high
    assert (told.n_labels, told.more) == (100, 10)


def test_three_points_are_enough_and_two_are_not():
    assert forecast(power_law([10, 20, 30])) is not None
    assert forecast(power_law([10, 20])) is None
    assert forecast({0: 0.1, 10: 0.5, 20: 0.7}) is None  # no label is no point of a power law


def test_a_curve_that_falls_promises_nothing_but_never_a_loss():
    told = forecast({10: 0.9, 20: 0.88, 30: 0.85})
    assert told.gain == 0
    assert told.low < 0 < told.high


def test_a_curve_that_is_all_right_has_nothing_to_gain():
    told = forecast({10: 1.0, 20: 1.0, 30: 1.0})
    assert told.gain == 0
    assert told.high < 0.001


def test_the_same_curve_gives_the_same_forecast():
    curve = power_law(range(10, 60, 10))
    assert forecast(curve) == forecast(curve)


def test_a_forecast_is_checked_when_the_curve_gets_there():
    told = Forecast(100, 10, 0.002, 0.0, 0.006)
    assert checked([told], {90: 0.95, 100: 0.955, 108: 0.957}) == []
    (found,) = checked([told], {90: 0.95, 100: 0.955, 105: 0.957, 115: 0.959})
    assert found.gain == pytest.approx(0.003)
    assert found.held
    assert found.words == "You were told +0.2 % (0.0 to 0.6); it was +0.3 %."
    assert not checked([told], {100: 0.955, 110: 0.97})[0].held
    assert checked([told], {}) == []


def test_newest_checks_come_first():
    told = [Forecast(n, 10, 0.0, 0.0, 0.0) for n in (20, 40, 30)]
    assert [c.forecast.n_labels for c in checked(told, {10: 0.5, 90: 0.9})] == [40, 30, 20]


def test_about_80_in_100_forecasts_hold_on_curves_with_scatter():
    held = []
    for seed in range(20):
        rng = np.random.default_rng(seed)
        labels = np.arange(10, 151, 10)
        strays = np.exp(rng.uniform(0.02, 0.12) * rng.standard_normal(len(labels)))
        error = (1 - np.array([*power_law(labels).values()])) * strays
        curve = dict(zip(labels.tolist(), (1 - error).tolist(), strict=True))
        told = [forecast({n: curve[n] for n in curve if n <= last}) for last in labels[2:-1]]
        held += [check.held for check in checked(told, curve)]
    assert 0.7 < np.mean(held) < 0.9
