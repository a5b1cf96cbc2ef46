"""An M1 trained from scratch in a session: adopted where it is better, left where it is not."""

import gc
import weakref

import numpy as np
import pytest
import torch

from ssvae_core.atlas.atlas import Atlas, nearest_neighbours
from ssvae_core.atlas.layout import movement
from ssvae_core.pretraining import m1 as pretraining
from ssvae_core.pretraining.starter import Starter, starter_fits
from ssvae_core.storage.paths import OWN_STARTER
from ssvae_core.trainer import m1_training as scratch
from ssvae_core.trainer import step_schedule as run_module
from ssvae_core.trainer.core import TrainerCore
from ssvae_core.training.chunks import run_to_end
from ssvae_core.training.label_propagation import Propagation
from tests.support.small_core import K, label, learned, make_core, step


@pytest.fixture(autouse=True)
def small(monkeypatch):
    """Batches that make some hundred steps of 300 examples, and a map now and then."""
    monkeypatch.setattr(pretraining, "BATCH_SIZE", 30)
    monkeypatch.setattr(pretraining, "MAP_EVERY", 0.3)
    monkeypatch.setattr(pretraining, "CONTRASTIVE_STEPS", 60)


@pytest.fixture
def core(digits, starter, tmp_path, monkeypatch) -> TrainerCore:
    monkeypatch.setattr(pretraining, "MOST_EPOCHS", 12)
    return make_core("m1m2", digits, starter, tmp_path)


def run(core, at_most=2000):
    """Until the pretraining has ended; gives the snapshots with a map."""
    views = []
    for _ in range(at_most):
        core.step()
        if (view := core.snapshot()) and view.xy is not None:
            views.append(view)
        if not core.is_pretraining:
            return views
    raise AssertionError("the pretraining did not end")


def test_maps_follow_each_other_without_jumps(core, starter, monkeypatch):
    monkeypatch.setattr(pretraining, "MAP_EVERY", 0.03)  # fast machines are soon done
    before = core.snapshot()
    core.command("pretrain")
    assert core.is_pretraining
    assert core.busy
    views = run(core)
    assert len(views) > 1
    assert [view.map_version for view in views] == list(
        range(before.map_version + 1, before.map_version + 1 + len(views))
    )
    last = before.xy
    for view in views:
        assert view.xy.min() >= 0
        assert view.xy.max() <= 1
        assert view.moved == pytest.approx(movement(view.xy, last))
        assert view.moved < 0.5  # of the map's width; a map turned around moves further
        last = view.xy


def test_the_new_m1_is_adopted_saved_and_learned_from(core, starter, digits):
    label(core, 1)
    core.command("pretrain")
    last = run(core)[-1]
    assert core.state.starter is not starter
    assert np.array_equal(core.state.atlas.xy, last.xy)
    assert core.message == ""
    assert starter_fits(core.state.folder / OWN_STARTER, digits)
    assert (core.state.labels >= 0).sum() == K  # labels stay
    assert core.busy
    step(core, 3)
    again = make_core(
        "m1m2", digits, Starter.load(core.state.folder / OWN_STARTER, (8, 8, 1)), core.state.folder
    )
    again.resume()
    assert again.message == ""
    assert np.array_equal(again.state.atlas.xy, core.state.atlas.xy)


def test_a_model_that_waited_learns_again_on_a_new_m1(core, monkeypatch):
    monkeypatch.setattr(run_module, "STEPS", 3)
    label(core, 1)
    step(core, 3)
    assert not core.busy
    core.command("pretrain")
    run(core)
    assert core.busy


def test_labels_are_answered_while_an_m1_learns(core):
    core.command("pretrain")
    step(core, 3)
    chosen = label(core)
    view = core.snapshot()
    assert view.n_labels == 50
    assert (view.probabilities[chosen].argmax(1) == core.state.data.answer_key[chosen]).all()


def test_a_cancelled_training_keeps_nothing_in_memory(core):
    core.command("pretrain")
    step(core, 2)
    training = weakref.ref(core.pretraining.job)
    core.command("cancel")
    gc.collect()
    assert training() is None


def test_cancelling_brings_back_the_map_and_the_model(core, starter):
    label(core)
    step(core, 5)
    before = learned(core)
    core.snapshot()
    core.command("pretrain")
    while core.state.map_version == 0:
        core.step()
    assert not np.array_equal(core.snapshot().xy, starter.atlas.xy)
    core.command("cancel")
    view = core.snapshot()
    assert np.array_equal(view.xy, starter.atlas.xy)
    assert view.map_version == 2
    assert core.message.startswith("Cancelled.")
    assert not core.is_pretraining
    assert core.state.starter is starter
    assert all(torch.equal(weight, before[name]) for name, weight in learned(core).items())


def test_cancelling_nothing_changes_nothing(core):
    core.snapshot()
    core.command("cancel")
    assert (core.message, core.state.map_version, core.snapshot()) == ("", 0, None)


def test_a_new_m1_that_knows_the_labels_less_well_is_not_adopted(core, starter, monkeypatch):
    """Its neighbours are drawn at random."""
    random = np.random.default_rng(0).normal(size=(300, 5)).astype(np.float32)
    worse = Starter(starter.m1, Atlas(random[:, :2], *nearest_neighbours(random), np.arange(3)))
    monkeypatch.setattr(scratch, "Pretraining", lambda *_, **__: iter([worse]))
    label(core)
    core.snapshot()
    core.command("pretrain")
    last = run(core)[-1]
    assert core.state.starter is starter
    assert not (core.state.folder / OWN_STARTER).exists()
    new = Propagation(worse.atlas.neighbours, worse.atlas.distances)
    guessed = run_to_end(new.score(core.state.labels))
    assert f"it guesses {guessed:.0%} of them" in core.message
    assert np.array_equal(last.xy, starter.atlas.xy)


def test_with_few_labels_the_new_m1_is_taken_on_trust(core, starter, monkeypatch):
    other = Starter(starter.m1, starter.atlas)
    monkeypatch.setattr(scratch, "Pretraining", lambda *_, **__: iter([other]))
    label(core, 1)
    core.command("pretrain")
    run(core)
    assert core.state.starter.m1 is other.m1


@pytest.mark.parametrize("rate", [torch.inf, 0.0], ids=["diverges", "finds nothing"])
def test_a_pretraining_that_fails_leaves_the_m1_and_the_model_in_use(
    core, starter, monkeypatch, rate
):
    monkeypatch.setattr(pretraining, "LEARNING_RATE", rate)
    label(core)
    before = learned(core)
    core.snapshot()
    core.command("pretrain")
    last = run(core)[-1]
    assert "The M1 and the map from before are back." in core.message
    assert core.state.starter is starter
    assert np.array_equal(last.xy, starter.atlas.xy)
    assert all(torch.equal(weight, before[name]) for name, weight in learned(core).items())
