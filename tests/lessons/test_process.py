"""A lesson in a process of its own: how far it is, what is kept of it, how it is ended."""

import subprocess
import sys
import time

import numpy as np
import pytest

from ssvae_core.errors import UserError
from ssvae_core.lessons import LESSONS
from ssvae_core.lessons.process import LessonPlace, LessonProgress, _read, run_apart
from ssvae_core.lessons.result import read

FIRST = LESSONS["collapse"]
PLACE = LessonPlace(FIRST.name, FIRST.knob.kept, FIRST.free_knob.kept, seed=3)


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setenv("SSVAE_LESSON_SHARE", "0.02")


def test_it_is_worked_out_apart_and_what_came_is_kept_in_the_workspace(tmp_path):
    *before, last = run_apart(PLACE, tmp_path)
    assert last == LessonProgress("done", 1.0, 0.0, is_done=True)
    assert before[0].message == "starting"
    outcome = read(PLACE.stem(tmp_path))
    assert outcome.words
    assert outcome.figures
    assert np.isfinite(outcome.number)
    assert (tmp_path / "lessons" / "digits-3" / FIRST.name).is_dir()


def test_each_seed_and_each_data_set_has_a_place_of_its_own(tmp_path):
    places = [PLACE, LessonPlace(*PLACE.__dict__.values())]
    assert places[0].stem(tmp_path) == places[1].stem(tmp_path)
    others = [
        LessonPlace(FIRST.name, PLACE.value, PLACE.free, seed=4),
        LessonPlace(FIRST.name, PLACE.value, PLACE.free, seed=3, data="shells-1"),
    ]
    assert len({place.stem(tmp_path) for place in [PLACE, *others]}) == 3
    with pytest.raises(UserError, match="has no state"):
        LessonPlace(FIRST.name, 12345.0, PLACE.free).stem(tmp_path)


def test_who_closes_it_ends_the_process(tmp_path, monkeypatch):
    monkeypatch.setenv("SSVAE_LESSON_SHARE", "1")
    begun = []
    popen = subprocess.Popen

    class Watched(popen):
        def __init__(self, *arguments, **options):
            super().__init__(*arguments, **options)
            begun.append(self)

    monkeypatch.setattr(subprocess, "Popen", Watched)
    work = run_apart(PLACE, tmp_path)
    next(work)
    assert begun[0].poll() is None
    work.close()
    until = time.monotonic() + 20
    while begun[0].poll() is None and time.monotonic() < until:
        time.sleep(0.05)
    assert begun[0].poll() is not None
    assert not PLACE.stem(tmp_path).with_suffix(".json").exists()


def test_what_a_person_can_mend_is_said_and_what_breaks_too(tmp_path, monkeypatch):
    with pytest.raises(UserError, match="Unknown data set"):
        list(run_apart(LessonPlace(FIRST.name, PLACE.value, PLACE.free, data="gone"), tmp_path))
    monkeypatch.setenv("SSVAE_LESSON_SHARE", "much")
    with pytest.raises(UserError, match="SSVAE_LESSON_SHARE must be a number"):
        list(run_apart(PLACE, tmp_path))
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(UserError, match="ended with an error"):
        list(run_apart(PLACE, tmp_path))


def test_what_is_left_is_told_by_what_was_done():
    assert _read('{"message": "training", "share": 0.25}\n', 10) == LessonProgress(
        "training", 0.25, 30
    )
    assert _read('{"message": "training", "share": 0}', 10) == LessonProgress("training", 0.0)
    assert _read("A warning\n", 10) is None
