"""How much of a run is left, by its seconds, its steps, or both."""

import pytest

from ssvae_core.training.budget import Pace


class Clock:
    now = 100.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


def test_a_run_without_an_end_is_refused(clock):
    with pytest.raises(ValueError, match="needs an end"):
        Pace(clock, None, None)


def test_seconds_go_down_with_the_clock_whatever_the_steps(clock):
    pace = Pace(clock, 8.0, None)
    assert pace.left(1000) == 1
    clock.now += 6
    assert pace.left(0) == 0.25
    clock.now += 6
    assert pace.left(0) == 0


def test_where_steps_are_counted_the_clock_only_ends_the_run(clock):
    pace = Pace(clock, 8.0, 10)
    clock.now += 7.9
    assert pace.left(5) == 0.5
    assert pace.left(11) == 0
    clock.now += 0.2
    assert pace.left(5) == 0


def test_a_part_begins_when_it_is_made_with_its_share_of_the_seconds(clock):
    pace = Pace(clock, 8.0, None)
    clock.now += 4
    part = pace.part(0.5)
    clock.now += 1
    assert part.left(0) == 0.75
    assert Pace(clock, None, 10).part(0.5).left(5) == 0.5
