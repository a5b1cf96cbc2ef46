"""The figures that claims are asserted on: whole, what ships, and what the code gives."""

from __future__ import annotations

import dataclasses
import json

import pytest

from ssvae_core.errors import Conflict
from ssvae_core.lessons import LESSONS, shipped
from ssvae_core.lessons.__main__ import measured
from ssvae_core.lessons.kept import (
    FILE,
    NUMBER,
    SEEDS,
    SHORT_SHARE,
    kept_places,
    place_name,
    read_kept,
    short_places,
    write_kept,
)
from ssvae_core.lessons.run import run

every_lesson = pytest.mark.parametrize("lesson", LESSONS.values(), ids=lambda lesson: lesson.name)
SHORT = [(lesson, *place) for lesson in LESSONS.values() for place in short_places(lesson)]
# Sums come out in another order on another processor, and some twenty steps make that larger.
RELATIVE, POINTS, SHARE = 0.05, 3.0, 0.03


@every_lesson
def test_the_first_seed_is_what_ships(lesson):
    kept = read_kept(lesson)
    for value, free in kept_places(lesson):
        assert kept.at(lesson, value, free)[SEEDS.index(0)] == measured(
            shipped(lesson, value, free)
        ), "make lessons was not run whole"


@every_lesson
def test_with_another_seed_it_is_the_same_within_what_the_lesson_says(lesson):
    kept = read_kept(lesson)
    for value, free in kept_places(lesson):
        first, *others = (each[NUMBER] for each in kept.at(lesson, value, free))
        for other in others:
            assert abs(other - first) <= lesson.tolerance, (value, free)


@pytest.mark.parametrize(("lesson", "value", "free"), SHORT)
def test_the_code_gives_what_is_kept(lesson, value, free):
    kept = read_kept(lesson).short[place_name(lesson, value, free)]
    found = measured(run(lesson.name, value, free, share=SHORT_SHARE))
    assert set(found) == set(kept)
    for name, value in found.items():
        room = POINTS if abs(kept[name]) > 1 else SHARE
        assert value == pytest.approx(kept[name], rel=RELATIVE, abs=room), name


def test_what_is_written_is_read_back_and_what_is_not_whole_is_told(tmp_path):
    lesson = LESSONS["stack"]
    kept = read_kept(lesson)
    write_kept(lesson, kept, tmp_path)
    assert read_kept(lesson, tmp_path) == kept
    write_kept(lesson, dataclasses.replace(kept, whole={}), tmp_path)
    for damage in (None, "{", "[]", json.dumps({"whole": {"0-0": 3}, "short": {}})):
        if damage is not None:
            (tmp_path / lesson.name / FILE).write_text(damage)
        with pytest.raises(Conflict, match="make lessons ARGS=stack"):
            read_kept(lesson, tmp_path)
