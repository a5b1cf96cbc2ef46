"""Steps a second, and the time that is left."""

import pytest

from ssvae_core.protocol.messages import Status
from ssvae_core.worker import rate as module
from ssvae_core.worker.rate import CALM, Rate, seconds_left


@pytest.fixture
def clock(monkeypatch):
    class Clock:
        now = 0.0

        def monotonic(self):
            return self.now

    clock = Clock()
    monkeypatch.setattr(module, "time", clock)
    return clock


def test_a_second_makes_a_rate_and_the_next_ones_change_it_calmly(clock):
    rate = Rate(100)
    clock.now = 0.5
    assert rate.after(150) == 0
    clock.now = 2.0
    assert rate.after(140) == 20
    clock.now = 3.0
    assert rate.after(170) == pytest.approx(20 + CALM * 10)


def test_what_is_left_follows_from_the_rate_where_the_trainer_does_not_know_it():
    status = Status(1, "training", run_step=30, run_steps=90)
    assert seconds_left(status, 20.0) == 3
    assert seconds_left(status, 0.0) is None
    assert seconds_left(Status(1, "paused", run_step=30, run_steps=90), 20.0) is None
    assert seconds_left(Status(1, "pretraining", seconds_left=7.0), 20.0) == 7
