"""Undo un-trains: the model is what it would be without the label, bit for bit."""

import numpy as np
import pytest
import torch

from ssvae_core.protocol.messages import When
from ssvae_core.trainer.step_schedule import STEPS
from ssvae_core.training.ensemble import WARM_UP
from tests.support.same_core import assert_same, everything
from tests.support.small_core import KINDS, K, grow, label, make_core, snapshot, step


@pytest.fixture(params=KINDS)
def model(request):
    return request.param


@pytest.fixture
def make(digits, starter, tmp_path):
    """A core of this model, each in a folder of its own."""
    folders = (tmp_path / str(number) for number in range(9))

    def make(model, folder=None, **options):
        return make_core(model, digits, starter, folder or next(folders), **options)

    return make


def given(core, classes, seq=None, **more):
    """Label the last free example of each of these classes as its answer key says."""
    free = core.state.labels < 0
    key = core.state.data.answer_key
    examples = np.array([np.flatnonzero(free & (key == k))[-1] for k in classes])
    core.apply(seq or core.state.label_seq + len(examples), examples, key[examples], **more)
    return examples


def undo(core, examples, undone_from):
    """The labels of these examples, given in events from `undone_from` on, are gone."""
    core.apply(
        core.state.label_seq + 1, examples, np.full(len(examples), -1), undone_from=undone_from
    )


def test_after_undo_the_model_is_the_one_from_just_before_the_label(make, model):
    core = make(model)
    label(core, 3)
    step(core, 40)
    before, said = everything(core), snapshot(core).probabilities
    examples = given(core, [4, 4])
    step(core, 25)
    snapshot(core)
    undo(core, examples, 31)
    assert_same(everything(core), before)
    assert np.array_equal(core.snapshot().probabilities, said)
    assert core.state.step_count == 65  # what it says it has done is never less than before


def test_after_undo_of_an_older_label_the_model_is_one_that_never_got_it(make, model):
    """It was given second of three; steps after undo are those that it lost."""
    core = make(model)
    label(core, 3)
    step(core, 20)
    undone = given(core, [4])
    step(core, 15)
    kept = given(core, [7, 1])
    step(core, 15)
    undo(core, undone, 31)
    assert core.state.learner.steps == 20
    step(core, 30)

    never = make(model)
    label(never, 3)
    step(never, 20)
    assert np.array_equal(given(never, [7, 1]), kept)
    step(never, 30)
    assert_same(everything(core), everything(never))
    assert np.array_equal(snapshot(core).probabilities, snapshot(never).probabilities)


def test_without_undo_the_label_has_left_its_trace(make):
    """So the tests before would notice."""
    one, other = make("m1m2"), make("m1m2")
    for core in (one, other):
        label(core, 3)
        step(core, 20)
    undone = given(one, [4])
    step(one, 15)
    one.apply(one.state.label_seq + 1, undone, np.array([-1]))  # cleared, not undone
    step(other, 15)
    assert not torch.equal(
        everything(one)["model.m2.classifier.0.weight"],
        everything(other)["model.m2.classifier.0.weight"],
    )


def test_a_label_redone_and_undone_again_leaves_no_trace_either(make, model):
    core = make(model)
    label(core, 3)
    step(core, 10)
    before = everything(core)
    examples = given(core, [4])
    for _ in range(2):
        step(core, 5)
        undo(core, examples, 31)
        step(core, 5)
        core.apply(core.state.label_seq + 1, examples, np.array([4]))  # redo
    step(core, 5)
    undo(core, examples, 31)
    assert_same(everything(core), before)


def test_labels_that_come_and_go_before_they_are_learned_cost_nothing(make):
    core = make("m1m2")
    label(core, 3)
    step(core, 10)
    before, kept = everything(core), len(core.history.states.kept)
    examples = given(core, [4])
    undo(core, examples, 31)
    core.apply(40, examples, np.array([-1]), undone_from=33)  # given and undone on the way
    assert_same(everything(core), before)
    assert len(core.history.states.kept) == kept + 1


def test_as_many_steps_as_are_lost_are_owed(make):
    core = make("m1m2")
    label(core, 1)
    core.state.learner.steps = 3 * STEPS
    undo(core, given(core, [4]), 1)
    assert (core.status().run_step, core.status().run_steps) == (0, 3 * STEPS)
    given(core, [5])
    step(core, 1)
    undo(core, given(core, [4]), core.state.label_seq)
    assert core.status().run_steps == STEPS


def test_what_is_lost_is_learned_anew_also_where_steps_are_taken_only_when_asked(make):
    core = make("m1m2")
    label(core, 3)
    core.command("now")
    step(core, 20)
    core.command("cancel")
    core.set_when(When("asked", 1, 0.0))
    examples = given(core, [4])
    assert not core.busy
    core.command("now")
    step(core, 12)
    undo(core, examples, 31)
    assert (core.busy, core.status().run_steps) == (True, 12)
    step(core, 12)
    assert (core.busy, core.status().waits_for) == (False, "Train now")


def test_after_undo_of_a_classs_only_label_it_is_never_predicted(make, model):
    core = make(model)
    label(core, 4, range(9))
    step(core, WARM_UP + 5)
    snapshot(core)
    examples = given(core, [9])
    step(core, WARM_UP)
    snapshot(core)
    undo(core, examples, 37)
    core.state.ensemble.model_is_trusted = True
    for _ in range(2):
        assert (core.snapshot().probabilities[:, 9] == 0).all()
        assert (core.state.learner.probabilities()[:, 9] == 0).all()
        step(core, WARM_UP)
        core.state.ensemble.query_at = 0.0


def test_undo_of_the_first_label_of_all_leaves_a_model_as_made(make, model):
    core = make(model)
    before = everything(core)
    examples = given(core, [3])
    step(core, 20)
    undo(core, examples, 1)
    assert_same(everything(core), before)
    assert (core.snapshot().probabilities, core.busy) == (None, False)


def test_undo_goes_back_over_a_class_that_was_made_since(make, model):
    """The class stays: its id has been made. Weights of the others are as they were."""
    core, never = make(model), make(model)
    for one in (core, never):
        label(one, 3)
        step(one, 20)
    examples = np.flatnonzero(core.state.labels < 0)[:2]
    core.apply(32, examples, np.full(2, K), K + 1)
    step(core, 10)
    assert (core.snapshot().probabilities[examples, K] == 1).all()
    undo(core, examples, 31)
    grow(never, K + 1)
    assert_same(everything(core), everything(never))
    assert (core.snapshot().probabilities[:, K] == 0).all()
    step(core, 3)


def test_after_a_restart_undo_goes_back_to_a_checkpoint_from_before_the_label(make, model):
    core = make(model)
    label(core, 3)
    step(core, 12)
    core.save()
    before = everything(core)
    examples = given(core, [4])
    step(core, 6)
    core.save()
    again = make(model, core.state.folder, generation=1)
    again.resume()
    assert again.state.learner.steps == 18
    undo(again, examples, 31)
    assert_same(everything(again), before)
    assert again.busy


def test_after_a_restart_without_such_a_checkpoint_the_model_starts_anew(make, model):
    core = make(model)
    new = everything(core)
    examples = label(core, 3)
    step(core, 12)
    core.save()
    again = make(model, core.state.folder, generation=1)
    again.resume()
    undo(again, examples[:1], 1)
    assert_same(everything(again), new)
    assert (again.state.labels >= 0).sum() == 29
    assert again.status().run_steps == STEPS


def test_checkpoints_that_know_an_undone_label_are_gone_with_the_next(make):
    """Otherwise a later undo, after a restart, might go back to one of them."""
    core = make("m1m2")
    label(core, 3)
    step(core, 5)
    core.save()
    second = given(core, [4])
    step(core, 5)
    core.save()
    undo(core, second, 31)
    third = given(core, [5])
    step(core, 5)
    core.save()
    assert sorted(path.name for path in core.state.folder.glob("ck-*")) == ["ck-0-15", "ck-0-5"]
    again = make("m1m2", core.state.folder, generation=1)
    again.resume()
    undo(again, third, 33)
    assert again.state.learner.steps == 5


def test_a_checkpoint_read_back_goes_on_like_the_trainer_that_wrote_it(make, model):
    core = make(model)
    label(core, 3)
    step(core, 12)
    core.save()
    again = make(model, core.state.folder, generation=1)
    again.resume()
    step(core, 10)
    step(again, 10)
    assert_same(everything(core), everything(again))


def test_whoever_else_draws_does_not_change_what_is_learned(make, model):
    one, other = make(model), make(model)
    for core in (one, other):
        label(core, 3)
    for _ in range(5):
        one.step()
        torch.randn(7)
        other.step()
    assert_same(everything(one), everything(other))
