"""An M1 trained from scratch: how far it is, what it learns, and how it fails."""

import itertools

import numpy as np
import pytest
import torch

from ssvae_core.atlas.atlas import N_BEYOND, N_NEIGHBOURS, nearest_neighbours
from ssvae_core.models import contrastive as image_encoder
from ssvae_core.options.options import FittingOptions
from ssvae_core.pretraining import m1 as pretraining
from ssvae_core.pretraining.contrastive import embed
from ssvae_core.pretraining.m1 import NothingFound, Pretraining
from ssvae_core.pretraining.progress import PretrainingProgress
from ssvae_core.pretraining.starter import Starter
from ssvae_core.training.chunks import run_to_end
from ssvae_core.training.device import autocast
from ssvae_core.training.optimisation import TrainingDiverged


@pytest.fixture(autouse=True)
def small(monkeypatch):
    """Batches that make some hundred steps of 300 examples, and a map now and then."""
    monkeypatch.setattr(pretraining, "BATCH_SIZE", 30)
    monkeypatch.setattr(pretraining, "MAP_EVERY", 0.3)
    monkeypatch.setattr(pretraining, "CONTRASTIVE_STEPS", 60)


@pytest.fixture
def pixels(digits):
    return torch.from_numpy(digits.images).flatten(1)


def test_it_ends_with_a_starter_that_knows_the_data_better_than_pixels_drawn_at_random(
    pixels, starter, digits
):
    events = list(Pretraining(pixels, (8, 8, 1), starter.atlas.xy, seed=1, epochs=9))
    *progress, new = events
    assert all(isinstance(event, PretrainingProgress) for event in progress)
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
        monkeypatch.setattr("ssvae_core.pretraining.m1.CLUSTERED_RATIO", float("inf"))
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
        itertools.islice(Pretraining(pixels, (8, 8, 1), starter.atlas.xy, 1, epochs=3), 27)
    )
    assert "pass 1 of at most 3" in progress[0].message
    assert "pass 3 of at most 3" in progress[26].message
    assert progress[26].seconds_left == pytest.approx(0)


def test_one_that_was_saved_goes_on_from_there(pixels, starter, tmp_path, monkeypatch):
    monkeypatch.setattr(pretraining, "MAP_EVERY", float("inf"))  # a map is a piece of its own
    monkeypatch.setattr(pretraining, "LOOK_EVERY", 5)
    shape, xy = (8, 8, 1), starter.atlas.xy
    first = Pretraining(pixels, shape, xy, 1, epochs=3)
    for _ in itertools.takewhile(lambda _: first.done < 14, first):
        pass
    assert first.done == 14
    first.save(tmp_path / "kept", "these images")
    second = Pretraining(pixels, shape, xy, 5)
    assert not second.go_on_from(tmp_path / "kept", "other images")
    assert second.go_on_from(tmp_path / "kept", "these images")
    weights = zip(first.m1.state_dict().values(), second.m1.state_dict().values(), strict=True)
    assert all(torch.equal(mine, its) for mine, its in weights)
    assert second.held_out.bounds == first.held_out.bounds != []
    mine, its = (each.optimisation.optimizers[0].state_dict()["state"] for each in (first, second))
    assert mine.keys() == its.keys() != set()
    for place, memory in mine.items():
        assert all(torch.equal(value, its[place][name]) for name, value in memory.items())
    monkeypatch.setattr(pretraining, "active_latents", lambda means: means[:, :2].numpy())
    told = [event for event in second if isinstance(event, PretrainingProgress) and event.terms]
    rest = [event for event in told if event.message.startswith("M1")]
    assert len(rest) == 13
    assert "pass 2 of at most 3" in rest[0].message
    assert second.done == 27


def test_what_was_kept_damaged_is_begun_anew(pixels, starter, tmp_path):
    first = Pretraining(pixels, (8, 8, 1), starter.atlas.xy, 1, epochs=3)
    first.save(tmp_path / "kept", "these images")
    (tmp_path / "kept" / "arrays.safetensors").write_bytes(b"noise")
    second = Pretraining(pixels, (8, 8, 1), starter.atlas.xy, 1, epochs=3)
    assert not second.go_on_from(tmp_path / "kept", "these images")
    assert second.done == 0


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


def test_few_images_get_more_passes_and_slow_ones_fewer():
    assert pretraining.epochs_for(60_000) == pretraining.EPOCHS
    assert pretraining.epochs_for(10_000) == 6 * pretraining.EPOCHS
    assert pretraining.epochs_for(10) == pretraining.MOST_EPOCHS
    assert pretraining.affordable(72, seconds_each=2.0) == 72
    assert pretraining.affordable(72, seconds_each=24.0) == 10
    assert pretraining.affordable(72, seconds_each=900.0) == pretraining.MIN_EPOCHS
