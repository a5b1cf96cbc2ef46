"""The hot core of a session, with every model: labels in, steps, snapshots out."""

import numpy as np
import pytest
import torch

from ssvae_core.errors import UserError
from ssvae_core.models import MODELS
from ssvae_core.protocol.messages import Labels
from ssvae_core.trainer import step_schedule as run_module
from ssvae_core.trainer.core import CHECK_EVERY
from ssvae_core.training import ensemble as ensemble_module
from ssvae_core.training.drawing_guard import DrawingGuard
from ssvae_core.training.ensemble import WARM_UP
from tests.support.small_core import (
    KINDS,
    K,
    grow,
    label,
    make_core,
    none_rejected,
    poison,
    redraw,
    snapshot,
    step,
)


@pytest.fixture(params=KINDS)
def model(request):
    return request.param


@pytest.fixture
def core(model, digits, starter, tmp_path):
    return make_core(model, digits, starter, tmp_path)


@pytest.mark.parametrize("name", MODELS)
def test_every_model_works_in_the_live_loop(name, digits, starter, tmp_path, monkeypatch):
    """Labels, steps, what it says, draws and redraws, a class more, a checkpoint and back."""
    monkeypatch.setattr(DrawingGuard, "rejects", none_rejected)  # after 35 steps some draw fog
    core = make_core(name, digits, starter, tmp_path)
    core.snapshot()
    chosen = label(core)
    step(core, WARM_UP + 5)
    view = snapshot(core)
    assert (view.probabilities[chosen].argmax(1) == digits.answer_key[chosen]).all()
    assert view.samples.shape == (K, 9, 8, 8, 1)
    assert redraw(core, 3).shape == (8, 8, 1)
    grow(core, K + 1)
    step(core, 2)
    assert snapshot(core).samples.shape == (K + 1, 9, 8, 8, 1)
    core.save()
    again = make_core(name, digits, starter, tmp_path, n_classes=K + 1, generation=1)
    again.resume()
    assert (again.message, again.state.step_count) == ("", WARM_UP + 7)
    said = again.state.learner.probabilities()
    np.testing.assert_allclose(said, core.state.learner.probabilities(), atol=1e-3)


# Labels and snapshots


def test_the_first_snapshot_shows_the_map_and_what_m1_draws(core, starter):
    view = core.snapshot()
    assert np.array_equal(view.xy, starter.atlas.xy)
    assert (view.n_labels, view.predicted_by, view.probabilities) == (0, "", None)
    assert view.samples.shape[1:] == (8, 8, 1)
    assert core.snapshot() is None


def test_a_label_is_answered_at_once_with_shapes_that_mean_what_they_say(core):
    core.snapshot()
    chosen = label(core)
    view = core.snapshot()
    assert (view.label_seq, view.n_labels, view.predicted_by) == (50, 50, "propagation")
    assert view.probabilities.shape == (300, K)
    assert view.probabilities.dtype == np.float16
    np.testing.assert_allclose(view.probabilities.astype(float).sum(1), 1, atol=5e-3)
    assert (view.probabilities[chosen].argmax(1) == core.state.data.answer_key[chosen]).all()
    assert view.xy is None  # the map is no other
    assert core.snapshot() is None


def test_a_preview_says_what_will_be_said_once_the_labels_are_applied(core):
    label(core)
    step(core, WARM_UP)
    before = snapshot(core)
    chosen = np.array([3, 7], np.int32)
    classes = np.array([2, -1], np.int16)
    was = core.state.labels.copy()
    shown = core.preview(Labels(50, 52, chosen, classes))
    np.testing.assert_array_equal(core.state.labels, was)
    assert core.state.label_seq == 50
    core.state.ensemble.query_at = np.inf  # what the model said stays
    core.apply(52, chosen, classes)
    assert core.snapshot() is None  # it has been shown
    assert (shown.label_seq, shown.rev, shown.xy) == (52, before.rev + 1, None)
    ensemble = core.state.ensemble
    np.testing.assert_array_equal(shown.probabilities, np.float16(ensemble.probabilities()))
    np.testing.assert_array_equal(shown.undecided, ensemble.undecided())
    np.testing.assert_array_equal(shown.disagree, ensemble.disagreement())
    assert shown.n_labels == core.state.n_labels


def test_there_is_no_preview_without_a_label_or_of_a_class_that_is_unknown(core):
    one = np.array([3], np.int32)
    core.snapshot()
    assert core.preview(Labels(0, 1, one, np.array([-1], np.int16))) is None
    assert core.preview(Labels(0, 2, one, np.array([K], np.int16), K + 1)) is None


def test_until_the_model_has_learned_a_little_m1_draws_and_no_class(core):
    first = core.snapshot().samples
    label(core)
    assert np.array_equal(core.snapshot().samples, first)
    step(core, WARM_UP)
    assert snapshot(core).samples.shape == (K, 9, 8, 8, 1)


def test_labels_are_taken_between_two_steps(core):
    label(core, 1, [0, 1])
    step(core, 5)
    label(core, 3)
    assert core.snapshot().n_labels == 30
    step(core, 5)
    assert core.state.step_count == core.state.learner.steps == 10
    assert len(core.state.learner.labelled) == 30


def test_it_knows_the_others_after_five_labels_of_each(core):
    given = label(core)
    step(core, 120)
    view = snapshot(core)
    others = np.setdiff1d(np.arange(300), given)
    for probabilities in (view.probabilities, core.state.ensemble.modelled):
        right = probabilities[others].argmax(1) == core.state.data.answer_key[others]
        assert right.mean() > 0.6  # chance is 0.1


def test_a_label_taken_back_is_gone(core):
    label(core, 3)
    before = core.snapshot().probabilities
    free = int(np.flatnonzero(core.state.labels < 0)[0])
    core.apply(31, np.array([free]), np.array([4]))
    assert core.snapshot().probabilities[free, 4] == 1
    core.apply(32, np.array([free]), np.array([-1]))
    view = core.snapshot()
    assert (view.n_labels, view.label_seq) == (30, 32)
    assert np.array_equal(view.probabilities, before)


@pytest.mark.parametrize("model_is_trusted", [False, True])
def test_a_class_never_labelled_is_never_predicted(core, model_is_trusted):
    label(core, 5, [1, 4, 7])
    step(core, WARM_UP + 20)
    view = snapshot(core)
    core.state.ensemble.model_is_trusted, core._has_news = model_is_trusted, True
    view = core.snapshot()
    assert (np.delete(view.probabilities, [1, 4, 7], axis=1) == 0).all()


@pytest.mark.parametrize("model_is_trusted", [False, True])
def test_labelled_examples_keep_their_label_even_against_all_that_was_learned(
    core, model_is_trusted
):
    """Also in the snapshot before the model has been asked again."""
    label(core)
    step(core, 80)
    snapshot(core)
    core.state.ensemble.query_at = np.inf
    surprising = np.flatnonzero(core.state.labels < 0)[:20]
    answers = (core.state.ensemble.modelled[surprising].argmax(1) + 1) % K
    core.apply(70, surprising, answers)
    core.state.ensemble.model_is_trusted = model_is_trusted
    probabilities = core.snapshot().probabilities
    assert (probabilities[surprising] == np.eye(K)[answers]).all()


def test_a_class_whose_last_label_is_taken_back_is_no_longer_predicted(core):
    label(core, 5, [1, 4])
    nines = np.flatnonzero(core.state.data.answer_key == 9)[:5]
    core.apply(15, nines, np.full(5, 9))
    step(core, WARM_UP + 50)
    snapshot(core)
    core.state.ensemble.model_is_trusted, core.state.ensemble.query_at = True, np.inf
    core.apply(20, nines, np.full(5, -1))
    assert (core.snapshot().probabilities[:, 9] == 0).all()


def test_the_model_speaks_once_it_agrees_and_is_asked_only_when_it_has_learned(core):
    label(core)
    assert snapshot(core).predicted_by == "propagation"
    step(core, WARM_UP - 1)
    assert snapshot(core) is None
    for _ in range(40):
        step(core, 25)
        view = snapshot(core)
        assert view is not None
        if view.predicted_by == "model and propagation":
            break
    assert view.predicted_by == "model and propagation"
    assert snapshot(core) is None  # nothing learned since


def test_the_model_goes_on_speaking_down_to_a_lower_agreement(core, monkeypatch):
    label(core)
    step(core, WARM_UP)
    spoke = []
    for agrees in (0.975, 0.981, 0.975, 0.969, 0.975):
        monkeypatch.setattr(ensemble_module, "agreement", lambda *_, agrees=agrees: agrees)
        step(core, 1)
        spoke.append(snapshot(core).predicted_by)
    both = "model and propagation"
    assert spoke == ["propagation", both, both, "propagation", "propagation"]


def test_a_class_is_added_without_starting_over(core):
    label(core, 3)
    step(core, WARM_UP + 10)
    before = snapshot(core).probabilities
    grow(core, K + 2)
    steps = core.state.step_count
    view = core.snapshot()
    assert view.probabilities.shape == (300, K + 2)
    assert (view.probabilities[:, K:] == 0).all()  # never labelled, never predicted
    assert (view.probabilities.argmax(1) == before.argmax(1)).mean() > 0.9
    assert view.samples.shape == (K + 2, 9, 8, 8, 1)
    free = np.flatnonzero(core.state.labels < 0)[:5]
    core.apply(core.state.label_seq + 5, free, np.full(5, K + 1))
    step(core, WARM_UP)
    assert core.state.step_count == steps + WARM_UP
    assert (snapshot(core).probabilities[free, K + 1] == 1).all()


def test_a_redrawn_example_has_the_shape_of_one_before_and_after_learning(core):
    for _ in range(2):
        redrawn = redraw(core, 3)
        assert redrawn.shape == (8, 8, 1)
        assert redrawn.dtype == np.uint8
        label(core)
        step(core, WARM_UP)


def test_it_is_busy_until_a_label_has_nothing_more_to_teach(core, monkeypatch):
    monkeypatch.setattr(run_module, "STEPS", 5)
    assert not core.busy
    label(core, 1)
    for _ in range(5):
        assert core.busy
        core.step()
    assert not core.busy
    core.apply(11, np.array([200]), np.array([3]))
    assert core.busy


def test_terms_are_shown_after_some_steps(core):
    label(core)
    step(core, CHECK_EVERY)
    view = core.snapshot()
    assert "teacher" in view.terms
    assert len(view.terms) > 2
    assert all(np.isfinite(value) for value in view.terms.values())


# When things go wrong


@pytest.mark.parametrize("name", sorted(set(MODELS) - {"m1"}))  # which takes no steps
def test_no_model_ends_the_trainer_when_its_weights_are_no_numbers(name, digits, starter, tmp_path):
    core = make_core(name, digits, starter, tmp_path)
    label(core)
    step(core, 3)
    with torch.no_grad():
        for weight in core.state.learner.model.parameters():
            if weight.requires_grad:
                weight.fill_(torch.nan)
    step(core, CHECK_EVERY)
    assert "Training diverged" in core.message
    assert all(weight.isfinite().all() for weight in core.state.learner.model.parameters())


def test_training_that_diverges_starts_over_keeps_the_labels_and_says_so(core):
    given = label(core)
    step(core, CHECK_EVERY)
    poison(core)
    step(core, CHECK_EVERY)
    assert "Training diverged" in core.message
    assert "started over; the labels are kept" in core.message
    assert (core.state.labels[given] == core.state.data.answer_key[given]).all()
    step(core, CHECK_EVERY)
    view = snapshot(core)
    assert np.isfinite(view.probabilities).all()
    assert all(torch.isfinite(p).all() for p in core.state.learner.model.parameters())


def test_a_model_that_starts_over_has_all_its_steps_again(core, monkeypatch):
    monkeypatch.setattr(run_module, "STEPS", 2 * CHECK_EVERY)
    label(core)
    step(core, CHECK_EVERY)
    poison(core)
    step(core, CHECK_EVERY)
    assert "started over" in core.message
    assert core.busy


def test_too_little_memory_halves_the_batch_and_goes_on(core, monkeypatch):
    label(core)
    learner, real = core.state.learner, core.state.learner.step

    def small_memory():
        if learner.n_unlabelled >= core.state.plan.spec.n_unlabelled:
            raise torch.OutOfMemoryError("no memory")
        real()

    monkeypatch.setattr(learner, "step", small_memory)
    core.step()
    half = core.state.plan.spec.n_unlabelled // 2
    assert f"no memory left. Training goes on in batches of {half}" in core.message
    core.step()
    assert core.state.step_count == 1


def test_no_memory_at_all_is_given_up_with_what_to_do(core, monkeypatch):
    label(core)

    def no_memory():
        raise torch.OutOfMemoryError("no memory")

    monkeypatch.setattr(core.state.learner, "step", no_memory)
    with pytest.raises(UserError, match=r"no memory left. Close what else uses it, or choose the"):
        step(core, 10)


def test_an_error_of_ours_is_not_taken_for_a_lack_of_memory(core, monkeypatch):
    def broken():
        raise RuntimeError("shapes do not match")

    monkeypatch.setattr(core.state.learner, "step", broken)
    with pytest.raises(RuntimeError, match="shapes do not match"):
        core.step()


def test_an_unknown_model_is_refused_with_those_there_are(digits, starter, tmp_path):
    with pytest.raises(UserError, match=r"Unknown model 'm3'. Choose one of: guided, .*m1m2"):
        make_core("m3", digits, starter, tmp_path)
