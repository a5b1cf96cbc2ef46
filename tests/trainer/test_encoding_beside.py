"""Small grey images are seen by the network that ships too, beside what is learned on them."""

import dataclasses
from functools import partial

import numpy as np
import pytest

from ssvae_core.atlas.first_map import first_atlas
from ssvae_core.atlas.graphs import PIXELS
from ssvae_core.data import SOURCES
from ssvae_core.encoders import ENCODERS, EncoderKind, FeatureStore
from ssvae_core.pretraining import m1 as m1_pretraining
from ssvae_core.pretraining.starter import Starter, new_m1
from ssvae_core.storage.bundles import ARRAYS
from ssvae_core.storage.paths import ENCODED, FEATURES, M1, OWN_STARTER
from ssvae_core.trainer import open as opening_of_cores
from ssvae_core.trainer.encoding_beside import EncodingBeside
from ssvae_core.trainer.m1_training import M1Training
from ssvae_core.trainer.open import open_core
from ssvae_core.training.graph_evidence import PROBE
from tests.support.small_core import label_these, make_core, step_until
from tests.support.small_encoders import MeanColour, photo_set

N = 60
SMALL = {"latent_dim": 2, "hidden_dim": 16}


class Light(MeanColour):
    """How light an image is, and its upper and left half."""

    key, n_features = "light", 3

    def encode(self, images):
        whole = super().encode(images)[:, 0]
        upper = [image[: len(image) // 2].mean() for image in images]
        left = [image[:, : image.shape[1] // 2].mean() for image in images]
        return np.stack([3 * whole, upper, left], 1).astype(np.float32)


@pytest.fixture
def encoder(monkeypatch):
    """One that costs nothing, as the one that ships."""
    encoder = Light()
    kind = EncoderKind("Mean", "the mean colour", opens=lambda *_: encoder)
    monkeypatch.setitem(ENCODERS, "mean", kind)
    monkeypatch.setattr("ssvae_core.encoders.SHIPS", "mean")
    monkeypatch.setattr("ssvae_core.encoders.encoding.MOST_AT_ONCE", 8)
    monkeypatch.setattr(m1_pretraining, "BATCH_SIZE", 30)
    monkeypatch.setattr(m1_pretraining, "MOST_EPOCHS", 40)
    monkeypatch.setattr(m1_pretraining, "MIN_CONTRASTIVE_IMAGES", N + 1)
    return encoder


@pytest.fixture
def data(monkeypatch):
    """Grey images of two kinds, dark and light."""
    photos = photo_set(N)
    images = photos.images[..., :1]
    key = (images.mean((1, 2, 3)) > np.median(images.mean((1, 2, 3)))).astype(np.int64)
    data = dataclasses.replace(photos, images=images, answer_key=key, identity="grey")
    monkeypatch.setitem(SOURCES, "photos", lambda: data)
    return data


@pytest.fixture
def starter(data):
    """The first map, and an M1 that is as new."""
    *_, atlas = first_atlas(data.images)
    return Starter(new_m1(data.shape), atlas, is_trained=False)


@pytest.fixture
def core(data, starter, tmp_path, encoder):
    return make_core("m2", data, starter, tmp_path / "session", n_classes=2)


@pytest.fixture
def opening(data, starter, tmp_path, monkeypatch):
    """What a trainer of a session on these images is opened with."""
    monkeypatch.setenv("SSVAE_THREADS", "1")
    starter.save_map(tmp_path / "shared", {"fingerprint": data.fingerprint})
    return {
        **{"data": "photos", "model": "m2", "config": SMALL},
        **{"n_classes": 2, "seed": 0, "device": "cpu", "generation": 0},
        **{"starter": tmp_path / "shared", "folder": tmp_path / "session"},
        "features": tmp_path / FEATURES,
    }


def names(core):
    return [graph.name for graph in core.state.starter.graphs]


def test_the_model_stays_and_graph_and_probe_answer_too(core, tmp_path, encoder):
    label_these(core, list(range(30)))
    step_until(core, lambda core: core.state.step_count == 3)
    learner = core.state.learner
    core.pretrain(partial(EncodingBeside, core.state, "mean", FeatureStore(tmp_path), tmp_path))
    step_until(core, lambda core: core.state.starter.beside is not None)
    state = core.state
    assert sorted(names(core)) == ["mean", PIXELS]
    assert state.starter.leading == names(core)[0]  # the one to trust most before labels
    assert state.starter.features is None
    assert state.learner is learner
    assert learner.model.n_features == 0
    assert set(state.ensemble.mixture.names) == {PIXELS, "mean", PROBE}
    said = state.ensemble.propagated.argmax(1)
    assert (said == state.data.answer_key).mean() > 0.9  # brightness alone tells them
    step_until(core)
    assert (state.starter.leading, state.learner) == (state.ensemble.mixture.leading, learner)


def test_the_model_takes_its_steps_in_turns_with_it(core, tmp_path, encoder):
    label_these(core, [0, 1, 2])
    core.pretrain(partial(EncodingBeside, core.state, "mean", FeatureStore(tmp_path), tmp_path))
    steps, seen = core.state.step_count, encoder.n_seen
    assert core.status().state == "training"
    step_until(core, lambda core: encoder.n_seen > seen)
    assert core.state.step_count > steps


def test_cancelling_leaves_all_as_it_was(core, tmp_path, encoder):
    xy = core.snapshot().xy
    core.pretrain(partial(EncodingBeside, core.state, "mean", FeatureStore(tmp_path), tmp_path))
    step_until(core, lambda core: encoder.n_seen >= N // 2)
    assert core.status().message.startswith("encoding the images, ")
    core.command("cancel")
    assert core.message == "Cancelled. The images are not encoded; all else stays."
    assert core.state.starter.beside is None
    assert np.array_equal(core.state.atlas.xy, xy)


@pytest.mark.parametrize("soon", [True, False])
def test_a_session_learns_an_m1_and_encodes_few_images_before_it(
    opening, tmp_path, encoder, monkeypatch, soon
):
    monkeypatch.setattr(opening_of_cores, "SOON_ENCODED", N if soon else N - 1)
    first = open_core(**opening)
    assert isinstance(first.pretraining.job, EncodingBeside if soon else M1Training)
    step_until(first)
    assert set(names(first)) == {"m1", PIXELS, "mean"}
    assert first.state.ensemble.mixture.probe is not None
    assert (tmp_path / "shared" / ENCODED).is_dir()
    assert (tmp_path / "shared" / M1).is_dir()
    seen = encoder.n_seen
    for folder in ("session", "another"):  # its own M1, and that of all sessions
        again = open_core(**{**opening, "folder": tmp_path / folder})
        assert again.pretraining.job is None
        assert names(again) == names(first)
        assert again.state.starter.leading == first.state.starter.leading
        assert again.state.ensemble.mixture.probe is not None
        assert again.state.learner.model.n_features == 0
    assert encoder.n_seen == seen


def test_a_trainer_that_ended_meanwhile_goes_on_with_what_was_encoded(opening, encoder):
    first = open_core(**opening)
    step_until(first, lambda core: encoder.n_seen >= N // 2)
    first.save()
    first.pretraining.cancel()  # the store keeps what is there, as when the process ends
    again = open_core(**opening)
    seen = encoder.n_seen
    step_until(again)
    assert encoder.n_seen <= seen + N - N // 2 + 8
    assert "mean" in names(again)


def test_a_trained_model_of_before_is_not_given_up_for_it(opening, encoder, monkeypatch):
    step_until(first := open_core(**{**opening, "features": None}))
    label_these(first, [0, 1, 2])
    step_until(first, lambda core: core.state.step_count >= 3)
    first.save()
    assert "mean" not in names(first)
    again = open_core(**opening)
    assert isinstance(again.pretraining.job, EncodingBeside)
    steps = again.state.learner.steps
    assert steps == 3
    step_until(again)
    assert again.state.learner.steps >= steps
    assert "mean" in names(again)


def test_an_m1_from_scratch_keeps_what_the_network_sees(opening, tmp_path, encoder):
    step_until(core := open_core(**opening))
    core.command("pretrain")
    step_until(core)
    assert {"m1", "mean"} <= set(names(core))
    assert core.state.ensemble.mixture.probe is not None
    again = open_core(**opening)
    assert (tmp_path / "session" / OWN_STARTER).is_dir()
    assert again.pretraining.job is None
    assert names(again) == names(core)


def test_features_that_are_damaged_are_made_anew_from_what_is_kept(opening, tmp_path, encoder):
    step_until(open_core(**opening))
    (tmp_path / "shared" / ENCODED / ARRAYS).write_bytes(b"no")
    seen = encoder.n_seen
    again = open_core(**opening)
    assert isinstance(again.pretraining.job, EncodingBeside)
    step_until(again)
    assert again.state.starter.beside is not None
    assert names(again).count("mean") == 1
    assert encoder.n_seen == seen
