"""A run that diverges or gets worse is taken back, and a healthy one is left alone."""

import re
import time

import numpy as np
import pytest
import torch
from small_core import KINDS, label, make_core, poison, snapshot, step
from test_undo import assert_same, everything

from ssvae_core.trainer import core as core_module
from ssvae_core.trainer import regression_guard as guard_module
from ssvae_core.trainer.core import CHECK_EVERY
from ssvae_core.training.ensemble import agreement

LOOK = 20


@pytest.fixture(params=KINDS)
def model(request):
    return request.param


@pytest.fixture
def core(model, digits, starter, tmp_path, monkeypatch):
    monkeypatch.setattr(core_module, "LOOK_EVERY", LOOK)
    return make_core(model, digits, starter, tmp_path)


def until_sure(core):
    """Learn until the guard has seen a model that knows something."""
    label(core)
    for _ in range(40):
        step(core, LOOK)
        good = core.history.guard.best
        if good is not None and agreement(core.ensemble.propagated, says(core)) > 0.6:
            return good
    raise AssertionError("the model never agreed with what labels propagate")


def says(core):
    return core.learner.probabilities()


def worsen(core):
    """Shuffle what was learned, in the average too, just before the guard looks."""
    step(core, LOOK - 1)
    with torch.no_grad():
        for model in {core.learner.model, core.learner.ema_model}:
            weights = dict(model.named_parameters())
            for name, learns in core.learner.model.named_parameters():
                if learns.requires_grad:
                    weight = weights[name]
                    order = np.random.default_rng(1).permutation(weight.numel())
                    weight.copy_(weight.flatten()[torch.from_numpy(order)].view_as(weight))


def test_a_run_that_got_worse_is_taken_back_to_the_best_state(core):
    good = until_sure(core)
    worsen(core)
    step(core, 1)
    at = time.strftime("%H:%M:%S", time.localtime(good.made_at))
    assert re.fullmatch(
        r"The last run got worse \(where the labels leave no doubt, it agreed with them \d+% of "
        rf"the time, then \d+%\) and was taken back. You still see the model of {at}.",
        core.message,
    )
    now = everything(core)
    for name, tensor in good.learned.items():
        assert torch.equal(now[name], tensor), name
    assert (core.busy, core.run_steps, core.waits_for) == (False, 0, "a new label")
    assert snapshot(core).n_labels == 50


def test_a_run_that_diverges_is_taken_back_to_the_best_state(core):
    good = until_sure(core)
    poison(core)
    step(core, 1)
    while core.busy and core.learner.steps % CHECK_EVERY:
        step(core, 1)
    assert (
        re.fullmatch(
            r"Training diverged: '\w+' became nan. The last run was taken back. "
            r"You still see the model of \d\d:\d\d:\d\d.",
            core.message,
        )
        or "got worse" in core.message
    )
    assert core.learner.steps == good.steps
    assert all(tensor.isfinite().all() for tensor in everything(core).values())
    assert not core.busy


def test_after_that_a_label_begins_a_run_with_other_draws_and_without_the_message(core):
    until_sure(core)
    worsen(core)
    step(core, 1)
    assert core.learner.attempt == 1
    core.apply(51, np.array([299]), np.array([0]))
    assert (core.message, core.busy) == ("", True)
    step(core, LOOK)
    assert core.message == ""


def test_a_model_of_which_nothing_was_good_starts_over_but_not_for_ever(core, monkeypatch):
    label(core)
    for attempt in (1, 2, 3):
        poison(core)
        step(core, CHECK_EVERY)
        assert "diverged" in core.message
        assert "The model started over; the labels are kept." in core.message
        assert (core.learner.attempt, core.learner.steps, core.busy) == (attempt, 0, True)
    poison(core)
    step(core, CHECK_EVERY)
    assert not core.busy
    assert "You still see the model of" in core.message


def test_a_state_that_is_not_finite_is_not_kept(core):
    label(core)
    step(core, LOOK)
    n_kept, best = len(core.history.states.kept), core.history.guard.best
    poison(core)
    core.history.guard.look(core)
    core.apply(51, np.array([299]), np.array([0]))
    assert len(core.history.states.kept) == n_kept
    assert core.history.guard.best is best


def test_healthy_runs_are_left_alone(core):
    """Labels one by one, half of them against the answer key."""
    label(core, 3)
    for number in range(12):
        step(core, LOOK)
        core.apply(core.label_seq + 1, np.array([299 - number]), np.array([number % 10]))
    assert (core.message, core.busy, core.learner.attempt) == ("", True, 0)


def test_an_undone_label_is_not_in_what_is_good(core):
    until_sure(core)
    assert core.history.guard.best.label_seq == 50
    core.apply(51, np.array([0]), np.array([-1]), undone_from=50)
    assert core.history.guard.best is None


def test_where_propagation_is_sure_of_little_nothing_is_said(core, monkeypatch):
    until_sure(core)
    monkeypatch.setattr(guard_module, "LEAST", 10**6)
    worsen(core)
    step(core, 1)
    assert core.message == ""


def test_the_best_is_judged_by_the_labels_as_they_are_now(core):
    """Where new labels turn all around, the best state knew no better."""
    good = until_sure(core)
    turned = np.flatnonzero(core.labels >= 0)
    core.apply(100, turned, (core.labels[turned] + 1) % 10)
    worsen(core)
    assert core.history.guard.look(core) == ""
    assert core.history.guard.best is not good


def test_same_helper_notices_a_difference(core):
    before = everything(core)
    label(core)
    step(core, 2)
    with pytest.raises(AssertionError):
        assert_same(before, everything(core))
