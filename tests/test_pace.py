"""How fast somebody labels."""

import pytest

from ssvae_core.labels.history import Event, replay
from ssvae_core.session.views.typing_speed import FEWEST, pace


def answers(times, who="", first=1, examples=1):
    """Events of operations at these times, each on so many examples."""
    return [
        Event(
            first + n * examples + part, f"{who}{first}{n}", part, "label", at,
            example=n * examples + part, label=n % 3, annotator=who,
        )
        for n, at in enumerate(times)
        for part in range(examples)
    ]  # fmt: skip


def test_an_answer_every_four_seconds_is_fifteen_a_minute():
    history = replay(answers(range(0, 60, 4)), "abc")
    assert pace(history) == pytest.approx(15)


def test_a_break_does_not_slow_the_pace():
    with_break = [*range(0, 40, 4), *range(4000, 4040, 4)]
    assert pace(replay(answers(with_break), "abc")) == pytest.approx(15)


def test_there_is_no_pace_before_some_answers_and_none_of_other_people():
    assert pace(replay(answers(range(FEWEST)), "abc")) is None
    assert pace(replay(answers(range(FEWEST + 1)), "abc")) is not None
    assert pace(replay(answers(range(20), who="Ben"), "abc"), "Ann") is None


def test_a_lasso_does_not_make_the_hand_faster():
    assert pace(replay(answers(range(20), examples=50), "abc")) is None
