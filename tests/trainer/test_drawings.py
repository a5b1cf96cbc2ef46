"""Drawings of a model that draws slowly: by turns, in a share of the time, new classes at once."""

import numpy as np
import pytest

from ssvae_core.trainer.drawings import QUICK_DRAWING, SHARE_OF_DRAWING, Drawings
from ssvae_core.training.drawing_guard import DrawingGuard
from tests.support.small_core import label, make_core, none_rejected, step

SECONDS = 0.2  # that a class takes
TURNS = 3


@pytest.fixture
def slow(digits, starter, tmp_path, monkeypatch):
    """A core whose model draws a class in SECONDS, by a clock of its own, and what it drew."""
    monkeypatch.setattr(DrawingGuard, "rejects", none_rejected)
    core = make_core("m1m2", digits, starter, tmp_path)
    now, drawn = [1000.0], []
    monkeypatch.setattr("ssvae_core.trainer.drawings.time.monotonic", lambda: now[0])
    learner, samples = core.state.learner, core.state.learner.samples

    def slowly(classes):
        drawn.append(classes.tolist())
        now[0] += SECONDS * len(classes)
        return samples(classes)

    monkeypatch.setattr(learner, "samples", slowly)
    return core, Drawings(core.state), now, drawn


def flat(drawn):
    return [k for classes in drawn for k in classes]


def test_a_class_that_was_never_drawn_comes_at_once_and_one_without_labels_is_blank(slow):
    core, drawings, now, drawn = slow
    label(core, n_each=4, classes=range(3))
    seen = drawings.now()
    while drawings.are_owed:
        now[0] += 0.01  # a step: nobody waits for the share of the time
        seen = drawings.now()
    assert sorted(flat(drawn)) == [0, 1, 2]
    assert max(map(len, drawn)) * SECONDS <= QUICK_DRAWING
    assert seen["undrawn"] is None
    assert seen["samples"][:3].any((2, 3, 4)).all()
    assert not seen["samples"][3:].any()
    label(core, n_each=4, classes=[5])
    assert drawings.are_owed
    assert drawings.now()["samples"][5].any()
    assert drawn[-1] == [5]


def test_until_it_has_its_turn_a_class_is_named_as_not_drawn_yet(slow):
    core, drawings, *_ = slow
    label(core, n_each=4, classes=range(3))
    undrawn = drawings.now()["undrawn"]
    assert undrawn.dtype == np.uint8
    assert undrawn.all(1).sum() == 2
    assert not undrawn[3:].any()


def test_old_drawings_are_renewed_in_turn_in_a_share_of_the_time(slow):
    core, drawings, now, drawn = slow
    label(core, n_each=4, classes=range(3))
    drawings.now()
    while drawings.are_owed:
        drawings.now()
    assert not drawings.are_owed  # the model is what it was
    step(core, 2)
    drawn.clear()
    start = now[0]
    for _ in range(TURNS * 3):
        while not drawings.are_owed:
            now[0] += 0.05
        drawings.now()
        step(core, 1)
    assert flat(drawn) == 3 * flat(drawn)[:3]  # each in its turn
    busy = SECONDS * len(flat(drawn))
    assert busy <= 1.2 * SHARE_OF_DRAWING * (now[0] - start)


def test_what_takes_no_time_is_drawn_together_and_always_of_today(digits, starter, tmp_path):
    core = make_core("m1m2", digits, starter, tmp_path)
    drawings = Drawings(core.state)
    label(core, n_each=4, classes=range(3))
    first = drawings.now()["samples"]
    assert not drawings.are_owed
    label(core, n_each=20, classes=range(3))
    second = drawings.now()["samples"]
    assert first.any()
    assert not np.array_equal(first, second)


def test_a_class_whose_labels_are_gone_is_blank_again(slow):
    core, drawings, *_ = slow
    label(core, n_each=4, classes=range(2))
    drawings.now()
    while drawings.are_owed:
        drawings.now()
    mine = np.flatnonzero(core.state.labels == 1)
    core.apply(core.state.label_seq + 1, mine, np.full(len(mine), -1))
    seen = drawings.now()
    assert not seen["samples"][1].any()
    assert seen["undrawn"] is None


def test_before_labels_a_slow_m1_is_not_asked_again_and_again(slow, monkeypatch):
    core, drawings, now, _ = slow
    m1, asked = core.state.starter.m1, []
    draw = type(m1).drawn

    def slowly(m1, x):
        asked.append(len(x))
        now[0] += 3.0
        return draw(m1, x)

    monkeypatch.setattr(type(m1), "drawn", slowly)
    first = drawings.now()
    assert drawings.now()["samples"] is first["samples"]
    assert len(asked) == 1
    assert not drawings.are_owed
