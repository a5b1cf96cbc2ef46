"""An M1 trained from scratch in a session: the map forms, and nothing is lost if it fails."""

import itertools

import numpy as np
import pytest
import torch
from small_core import K, label, learned, make_core, step

from ssvae_core.atlas.atlas import N_BEYOND, N_NEIGHBOURS, Atlas, nearest_neighbours
from ssvae_core.atlas.layout import movement
from ssvae_core.models import contrastive as image_encoder
from ssvae_core.options.options import FittingOptions
from ssvae_core.pretraining import contrastive as contrastive
from ssvae_core.pretraining import m1 as pretraining
from ssvae_core.pretraining.contrastive import embed
from ssvae_core.pretraining.m1 import NothingFound, Pretraining, Progress
from ssvae_core.pretraining.starter import Starter, starter_fits
from ssvae_core.trainer import m1_training as scratch
from ssvae_core.trainer import step_schedule as run_module
from ssvae_core.trainer.core import TrainerCore
from ssvae_core.trainer.resume import OWN_STARTER, resume
from ssvae_core.training.chunks import run_to_end
from ssvae_core.training.device import autocast
from ssvae_core.training.label_propagation import Propagation
from ssvae_core.training.optimisation import TrainingDiverged


@pytest.fixture(autouse=True)
def small(monkeypatch):
    """Batches that make some hundred steps of 300 examples, and a map now and then."""
    monkeypatch.setattr(pretraining, "BATCH_SIZE", 30)
    monkeypatch.setattr(pretraining, "MAP_EVERY", 0.3)
    monkeypatch.setattr(pretraining, "SEEING", 60)


@pytest.fixture
def pixels(digits):
    return torch.from_numpy(digits.images).flatten(1)


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


def test_it_ends_with_a_starter_that_knows_the_data_better_than_pixels_drawn_at_random(
    pixels, starter, digits
):
    events = list(Pretraining(pixels, (8, 8, 1), starter.atlas.xy, seed=1, epochs=8))
    *progress, new = events
    assert all(isinstance(event, Progress) for event in progress)
    assert isinstance(new, Starter)
    of_the_same_class = digits.answer_key[new.atlas.neighbours] == digits.answer_key[:, None]
    assert of_the_same_class.mean() > 0.6  # chance is 0.1
    with autocast(pixels.device):
        latents = new.m1.encode(pixels.float() / 255).detach().float()
    active = latents[:, latents.var(0) > 0.05].numpy()
    in_latents = nearest_neighbours(active, N_NEIGHBOURS + N_BEYOND)[0]
    features = run_to_end(embed(new.image_encoder, pixels)).numpy()
    by_sight, beyond = np.split(new.atlas.neighbours, [N_NEIGHBOURS], axis=1)
    assert np.array_equal(by_sight, nearest_neighbours(features)[0])
    assert beyond.shape[1] == N_BEYOND
    assert all(set(a) <= set(b) for a, b in zip(beyond, in_latents, strict=True))


@pytest.mark.parametrize("why", ["few", "an mlp", "no clusters"])
def test_who_has_nothing_to_see_has_neighbours_in_the_latents(pixels, starter, why, monkeypatch):
    n, networks = (60 if why == "few" else 300), ("mlp" if why == "an mlp" else "auto")
    if why == "no clusters":
        monkeypatch.setattr(contrastive, "CLEARLY", float("inf"))
    options = FittingOptions(networks=networks)
    events = Pretraining(pixels[:n], (8, 8, 1), starter.atlas.xy[:n], 1, options, epochs=40)
    *_, new = events
    assert new.image_encoder is None
    assert new.atlas.neighbours.shape == (n, N_NEIGHBOURS)


def test_the_passes_over_it_learning_to_see_are_told(pixels, starter):
    events = list(Pretraining(pixels, (8, 8, 1), starter.atlas.xy, seed=1, epochs=8))
    told = [event for event in events[:-1] if "learns to see" in event.message]
    assert len(told) == 60
    assert told[29].message == "the classifier learns to see, 50% done"
    assert told[-1].seconds_left == pytest.approx(0)
    contrasts = [event.terms["contrast"].item() for event in told]
    assert np.mean(contrasts[-20:]) < np.mean(contrasts[:20])


def test_it_says_how_far_it_is(pixels, starter, monkeypatch):
    monkeypatch.setattr(pretraining, "MAP_EVERY", float("inf"))  # a map is a piece of its own
    progress = list(
        itertools.islice(Pretraining(pixels, (8, 8, 1), starter.atlas.xy, 1, epochs=3), 30)
    )
    assert "pass 1 of 3" in progress[0].message
    assert "pass 3 of 3" in progress[29].message
    assert progress[29].seconds_left == pytest.approx(0)


def test_one_that_was_saved_goes_on_from_there(pixels, starter, tmp_path, monkeypatch):
    shape, xy = (8, 8, 1), starter.atlas.xy
    first = Pretraining(pixels, shape, xy, 1, epochs=3)
    for _ in itertools.islice(first, 14):
        pass
    assert first.done == 14
    first.save(tmp_path / "kept", "these images")
    second = Pretraining(pixels, shape, xy, 5)
    assert not second.go_on_from(tmp_path / "kept", "other images")
    assert second.go_on_from(tmp_path / "kept", "these images")
    weights = zip(first.m1.state_dict().values(), second.m1.state_dict().values(), strict=True)
    assert all(torch.equal(mine, its) for mine, its in weights)
    mine, its = (each.optimisation.optimizers[0].state_dict()["state"] for each in (first, second))
    assert mine.keys() == its.keys() != set()
    for place, memory in mine.items():
        assert all(torch.equal(value, its[place][name]) for name, value in memory.items())
    monkeypatch.setattr(pretraining, "active_latents", lambda means: means[:, :2].numpy())
    told = [event for event in second if isinstance(event, Progress) and event.terms]
    rest = [event for event in told if event.message.startswith("M1")]
    assert len(rest) == 16
    assert "pass 2 of 3" in rest[0].message
    assert second.done == 30


def test_what_was_kept_damaged_is_begun_anew(pixels, starter, tmp_path):
    first = Pretraining(pixels, (8, 8, 1), starter.atlas.xy, 1, epochs=3)
    first.save(tmp_path / "kept", "these images")
    (tmp_path / "kept" / "arrays.safetensors").write_bytes(b"noise")
    second = Pretraining(pixels, (8, 8, 1), starter.atlas.xy, 1, epochs=3)
    assert not second.go_on_from(tmp_path / "kept", "these images")
    assert second.done == 0


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
    assert core.starter is not starter
    assert np.array_equal(core.atlas.xy, last.xy)
    assert core.message == ""
    assert starter_fits(core.folder / OWN_STARTER, digits)
    assert (core.labels >= 0).sum() == K  # labels stay
    assert core.busy
    step(core, 3)
    again = make_core(
        "m1m2", digits, Starter.load(core.folder / OWN_STARTER, (8, 8, 1)), core.folder
    )
    resume(again, again.folder)
    assert again.message == ""
    assert np.array_equal(again.atlas.xy, core.atlas.xy)


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
    assert (view.probabilities[chosen].argmax(1) == core.data.answer_key[chosen]).all()


def test_cancelling_brings_back_the_map_and_the_model(core, starter):
    label(core)
    step(core, 5)
    before = learned(core)
    core.snapshot()
    core.command("pretrain")
    while core.map_version == 0:
        core.step()
    assert not np.array_equal(core.snapshot().xy, starter.atlas.xy)
    core.command("cancel")
    view = core.snapshot()
    assert np.array_equal(view.xy, starter.atlas.xy)
    assert view.map_version == 2
    assert core.message.startswith("Cancelled.")
    assert not core.is_pretraining
    assert core.starter is starter
    assert all(torch.equal(weight, before[name]) for name, weight in learned(core).items())


def test_cancelling_nothing_changes_nothing(core):
    core.snapshot()
    core.command("cancel")
    assert (core.message, core.map_version, core.snapshot()) == ("", 0, None)


def test_a_new_m1_that_knows_the_labels_less_well_is_not_adopted(core, starter, monkeypatch):
    """Its neighbours are drawn at random."""
    random = np.random.default_rng(0).normal(size=(300, 5)).astype(np.float32)
    worse = Starter(starter.m1, Atlas(random[:, :2], *nearest_neighbours(random), np.arange(3)))
    monkeypatch.setattr(scratch, "Pretraining", lambda *_: iter([worse]))
    label(core)
    core.snapshot()
    core.command("pretrain")
    last = run(core)[-1]
    assert core.starter is starter
    assert not (core.folder / OWN_STARTER).exists()
    new = Propagation(worse.atlas.neighbours, worse.atlas.distances)
    guessed = run_to_end(new.score(core.labels))
    assert f"it guesses {guessed:.0%} of them" in core.message
    assert np.array_equal(last.xy, starter.atlas.xy)


def test_with_few_labels_the_new_m1_is_taken_on_trust(core, starter, monkeypatch):
    other = Starter(starter.m1, starter.atlas)
    monkeypatch.setattr(scratch, "Pretraining", lambda *_: iter([other]))
    label(core, 1)
    core.command("pretrain")
    run(core)
    assert core.starter is other


def test_images_that_do_not_differ_teach_nothing(pixels, starter):
    with pytest.raises(NothingFound, match="nothing in which the images differ"):
        list(Pretraining(torch.zeros_like(pixels), (8, 8, 1), starter.atlas.xy, 1, epochs=2))


def test_learning_to_see_that_diverges_says_so(pixels, starter, monkeypatch):
    monkeypatch.setattr(image_encoder, "RATE", torch.inf)
    with pytest.raises(TrainingDiverged, match="'contrast' became nan"):
        list(Pretraining(pixels, (8, 8, 1), starter.atlas.xy, 1, epochs=8))


def test_a_pretraining_that_diverges_says_which_term(pixels, starter, monkeypatch):
    monkeypatch.setattr(pretraining, "LEARNING_RATE", torch.inf)
    with pytest.raises(TrainingDiverged, match="became nan"):
        list(Pretraining(pixels, (8, 8, 1), starter.atlas.xy, 1, epochs=2))


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
    assert core.starter is starter
    assert np.array_equal(last.xy, starter.atlas.xy)
    assert all(torch.equal(weight, before[name]) for name, weight in learned(core).items())


def test_few_images_get_more_passes_and_slow_ones_fewer():
    assert pretraining.epochs_for(60_000) == pretraining.EPOCHS
    assert pretraining.epochs_for(10_000) == 6 * pretraining.EPOCHS
    assert pretraining.epochs_for(10) == pretraining.MOST_EPOCHS
    assert pretraining.affordable(72, seconds_each=2.0) == 72
    assert pretraining.affordable(72, seconds_each=24.0) == 10
    assert pretraining.affordable(72, seconds_each=900.0) == pretraining.LEAST_EPOCHS
