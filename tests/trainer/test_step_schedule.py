"""When the model takes steps, how many, and what it says that it waits for."""

import numpy as np
import pytest
import torch

from ssvae_core.protocol.messages import When
from ssvae_core.trainer.step_schedule import STEPS, StepSchedule
from tests.support.small_core import label, learned, make_core, snapshot, step


class Clock:
    now = 100.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def run(clock):
    return StepSchedule(clock)


def take(run, n):
    for _ in range(n):
        assert run.is_going
        run.take_step()


def test_a_new_run_waits_for_a_label(run):
    assert (run.is_going, run.steps, run.waits_for()) == (False, 0, "a new label")


def test_every_label_begins_a_run_of_its_own(run):
    run.take_labels(1)
    assert (run.steps_taken, run.steps, run.waits_for()) == (0, STEPS, "")
    take(run, 30)
    assert (run.steps_taken, run.steps) == (30, STEPS)
    run.take_labels(1)
    assert (run.steps_taken, run.steps) == (0, STEPS)
    take(run, STEPS)
    assert (run.is_going, run.steps, run.steps_taken) == (False, 0, 0)
    assert run.waits_for() == "a new label"


def test_after_so_many_labels(run):
    run.when = When("labels", labels=3)
    run.take_labels(1)
    assert (run.is_going, run.waits_for()) == (False, "2 more labels")
    run.take_labels(1)
    assert (run.is_going, run.waits_for()) == (False, "1 more label")
    run.take_labels(5)
    take(run, 10)
    run.take_labels(2)  # a run that is going goes on
    assert (run.steps_taken, run.steps) == (10, STEPS)
    take(run, STEPS - 10)
    assert (run.is_going, run.waits_for()) == (False, "1 more label")
    run.take_labels(1)
    assert run.is_going


def test_after_so_many_seconds_without_a_label(run, clock):
    run.when = When("quiet", seconds=8)
    run.take_labels(1)
    clock.now += 7
    assert (run.is_going, run.waits_for()) == (False, "8 s without a label")
    run.take_labels(1)
    clock.now += 7.9
    assert not run.is_going
    clock.now += 0.1
    assert run.steps == STEPS
    take(run, 10)
    run.take_labels(1)  # somebody is back: it gives way
    assert not run.is_going
    clock.now += 8
    assert (run.is_going, run.steps_taken, run.steps) == (True, 0, STEPS)


def test_only_when_asked(run):
    run.when = When("asked")
    run.take_labels(100)
    assert (run.is_going, run.waits_for()) == (False, "Train now")
    run.begin()
    take(run, STEPS)
    assert (run.is_going, run.waits_for()) == (False, "a new label")


@pytest.mark.parametrize("mode", ["always", "labels", "quiet", "asked"])
def test_train_now_and_cancel_work_in_every_mode(run, mode):
    run.when = When(mode)
    run.begin()
    take(run, 5)
    assert (run.steps_taken, run.steps) == (5, STEPS)
    run.end()
    assert (run.is_going, run.steps) == (False, 0)
    run.take_labels(1)
    run.end()
    assert not run.is_going


@pytest.mark.parametrize("mode", ["labels", "quiet", "asked"])
def test_steps_that_an_undo_took_are_taken_again_at_once(run, mode):
    run.when = When(mode)
    run.take_labels(1, lost=70)
    assert (run.steps_taken, run.steps) == (0, 70)
    take(run, 70)
    assert not run.is_going


def test_a_run_that_was_saved_goes_on(run, clock):
    run.when = When("labels", labels=3)
    run.take_labels(4)
    take(run, 5)
    run.take_labels(1)
    again = StepSchedule(clock)
    again.restore(run.as_json())
    assert (again.steps_taken, again.steps, again.when) == (5, STEPS, run.when)
    take(again, STEPS - 5)
    assert again.waits_for() == "2 more labels"


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("sometimes", 1, 1.0), "Unknown way to train: 'sometimes'. Choose one of: always, labels"),
        (("labels", 0, 1.0), "Train after 1 to 1,000,000 labels, not after 0."),
        (("quiet", 1, -1.0), "Train after 0 to 86,400 seconds, not after -1."),
    ],
)
def test_what_cannot_be_is_refused(options, sentence):
    with pytest.raises(ValueError, match=sentence):
        When(*options)


# In a core


@pytest.fixture
def core(digits, starter, tmp_path):
    return make_core("m1m2", digits, starter, tmp_path)


@pytest.mark.parametrize("mode", ["labels", "quiet", "asked"])
def test_labels_are_answered_at_once_in_every_mode(core, mode):
    core.set_when(When(mode, 1000, 1000.0))
    assert core.status().waits_for == "a label"
    chosen = label(core)
    assert (core.busy, core.status().run_steps) == (False, 0)
    assert core.status().waits_for in ("950 more labels", "1000 s without a label", "Train now")
    view = core.snapshot()
    assert (view.probabilities[chosen].argmax(1) == core.state.data.answer_key[chosen]).all()
    core.command("now")
    step(core, 3)
    assert (core.status().run_step, core.status().run_steps, core.status().waits_for) == (
        3,
        STEPS,
        "",
    )


def test_cancelling_a_run_leaves_the_model_as_it_is(core):
    label(core)
    step(core, 40)
    before, said = learned(core), snapshot(core).probabilities
    core.command("cancel")
    assert (core.busy, core.status().run_steps, core.status().waits_for) == (
        False,
        0,
        "a new label",
    )
    assert all(torch.equal(weight, before[name]) for name, weight in learned(core).items())
    core._has_news = True
    assert np.array_equal(core.snapshot().probabilities, said)
    core.apply(51, np.array([299]), np.array([0]))
    assert core.busy
