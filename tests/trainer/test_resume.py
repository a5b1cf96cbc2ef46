"""A core that goes on from its checkpoint, or says why it cannot."""

import dataclasses
import functools

import numpy as np
import pytest
import torch

from ssvae_core.atlas.atlas import Atlas, nearest_neighbours
from ssvae_core.pretraining.starter import Starter, latent_means
from ssvae_core.protocol.messages import When
from ssvae_core.storage.bundles import ARRAYS, MANIFEST
from ssvae_core.trainer.step_schedule import STEPS
from ssvae_core.training.chunks import run_to_end
from ssvae_core.training.ensemble import WARM_UP
from tests.support.small_core import KINDS, grow, label, learned, make_core, snapshot, step


@pytest.fixture(params=KINDS)
def model(request):
    return request.param


@pytest.fixture
def make(digits, starter, tmp_path):
    return functools.partial(make_core, data=digits, starter=starter, folder=tmp_path)


@pytest.fixture
def core(make, model):
    return make(model)


def test_a_resumed_core_is_the_one_that_was_saved(core, make, model):
    label(core)
    step(core, WARM_UP + 10)
    core.save()
    before, weights = snapshot(core), learned(core)
    again = make(model, generation=1)
    again.resume()
    after = snapshot(again)
    assert (again.state.step_count, again.state.label_seq, again.message) == (WARM_UP + 10, 50, "")
    assert np.array_equal(again.state.labels, core.state.labels)
    for name, weight in learned(again).items():
        assert torch.equal(weight, weights[name]), name
    assert np.array_equal(after.probabilities, before.probabilities)
    assert (after.predicted_by, after.n_labels) == (before.predicted_by, before.n_labels)
    step(again, 2)
    again.apply(51, np.array([299]), np.array([0]))
    assert again.snapshot().n_labels == 51


def test_without_a_checkpoint_a_core_stays_as_made(core):
    before = learned(core)
    core.resume()
    assert core.message == ""
    assert all(torch.equal(weight, before[name]) for name, weight in learned(core).items())


def test_a_checkpoint_from_before_a_class_was_made_is_taken_up_and_grows(core, make, model):
    label(core)
    step(core, 3)
    core.save()
    other = make(model, n_classes=12)
    other.resume()
    assert (other.message, other.state.label_seq, other.state.step_count) == ("", 50, 3)
    grow(core, 12)
    for name, weight in learned(other).items():
        assert torch.equal(weight, learned(core)[name]), name
    step(other, 2)


def test_a_checkpoint_of_more_classes_than_there_are_starts_over_and_says_so(core, make, model):
    label(core, classes=range(9))
    step(core, 3)
    core.save()
    other = make(model, n_classes=9)
    other.resume()
    assert "it knows 10 classes, the session 9" in other.message
    assert (other.state.label_seq, other.state.step_count, (other.state.labels >= 0).sum()) == (
        0,
        0,
        0,
    )
    label(other, classes=range(9))
    step(other, 2)


def test_a_run_goes_on_where_the_checkpoint_left_it(make):
    core = make("m1m2")
    core.set_when(When("labels", 20, 5.0))
    label(core, 2)
    step(core, 7)
    core.apply(21, np.array([299]), np.array([4]))
    core.save()
    again = make("m1m2", generation=1)
    again.resume()
    assert (again.status().run_step, again.status().run_steps) == (7, STEPS)
    again.command("cancel")
    again.apply(22, np.array([298]), np.array([4]))
    assert not again.busy
    assert again.status().waits_for == "19 more labels"


def test_a_teacher_that_gave_up_has_given_up_in_the_next_life_too(make):
    core = make("guided")
    label(core)
    step(core, 3)
    core.state.learner.teacher.give_up()
    core.save()
    again = make("guided", generation=1)
    again.resume()
    assert again.state.learner.teacher.has_given_up


def test_another_model_that_was_chosen_begins_anew_and_has_nothing_to_say(make):
    first = make("m2")
    label(first)
    step(first, 3)
    first.save()
    other = make("m1m2")
    other.resume()
    assert (other.message, other.state.step_count, other.state.label_seq) == ("", 0, 0)


def test_a_checkpoint_that_does_not_fit_starts_over_and_says_so(make):
    make("m2").save()
    (manifest,) = make("m2").state.folder.glob("ck-*/manifest.json")
    manifest.write_text(manifest.read_text().replace('"m2"', '"m1m2"'))
    other = make("m1m2")
    other.resume()
    assert "it holds nothing" in other.message


def test_a_checkpoint_of_another_data_set_starts_over_and_says_so(core, model, digits, starter):
    """It has an example less."""
    label(core)
    step(core, 3)
    core.save()
    fewer = dataclasses.replace(
        digits, images=digits.images[:299], answer_key=digits.answer_key[:299]
    )
    latents = run_to_end(
        latent_means(starter.m1, torch.from_numpy(fewer.images).flatten(1))
    ).numpy()
    near = nearest_neighbours(latents)
    atlas = Atlas(starter.atlas.xy[:299], *near, starter.atlas.medoids)
    other = make_core(model, fewer, Starter(starter.m1, atlas), core.state.folder)
    other.resume()
    assert other.message == "The checkpoint is of another data set."
    assert (other.state.label_seq, (other.state.labels >= 0).sum()) == (0, 0)
    label(other)
    step(other, 2)


def test_a_checkpoint_learned_on_another_m1_starts_over_and_says_so(digits, starter, tmp_path):
    """As after a crash between writing the new M1 and its first checkpoint."""
    core = make_core("m1m2", digits, starter, tmp_path)
    label(core)
    core.save()
    neighbours = np.roll(starter.atlas.neighbours, 1, axis=0)
    new = Starter(starter.m1, dataclasses.replace(starter.atlas, neighbours=neighbours))
    again = make_core("m1m2", digits, new, tmp_path)
    again.resume()
    assert "learned on another M1" in again.message
    assert again.state.label_seq == 0


def test_a_checkpoint_whose_manifest_is_damaged_starts_over_and_says_so(core, make, model):
    label(core)
    core.save()
    manifest = core.state.folder / "ck-0-0" / MANIFEST
    manifest.write_text(manifest.read_text().replace('"label_seq"', '"lafel_seq"'))
    again = make(model)
    again.resume()
    assert "lacks 'label_seq'" in again.message
    assert again.state.label_seq == 0


def test_a_checkpoint_that_says_of_no_known_way_when_to_train_starts_over_and_says_so(make):
    core = make("m2")
    label(core)
    core.save()
    manifest = core.state.folder / "ck-0-0" / MANIFEST
    manifest.write_text(manifest.read_text().replace('"always"', '"sometimes"'))
    again = make("m2")
    again.resume()
    assert "Unknown way to train: 'sometimes'" in again.message
    assert again.state.label_seq == 0


def test_a_damaged_checkpoint_leaves_the_one_before(core, make, model):
    label(core)
    for _ in range(2):
        step(core, 3)
        core.save()
    (core.state.folder / "ck-0-6" / ARRAYS).write_bytes(b"nonsense")
    again = make(model)
    again.resume()
    assert again.state.step_count == 3
