"""A session's M1 is a pretrained autoencoder: labels are taken, it is kept, or left if it fails."""

import numpy as np
import pytest

from ssvae_core.atlas.first_map import first_atlas
from ssvae_core.data import SOURCES
from ssvae_core.encoders import ENCODERS, EncoderKind, FeatureStore
from ssvae_core.models.pretrained_m1 import PretrainedM1
from ssvae_core.models.vae import VAE
from ssvae_core.pretraining.starter import Starter, new_m1
from ssvae_core.protocol.queries import DrawMap, Redraw
from ssvae_core.protocol.queries_from_elsewhere import PlaceImage
from ssvae_core.storage.paths import FEATURES
from ssvae_core.trainer import m1_training
from ssvae_core.trainer.open import open_core
from ssvae_core.training.drawing_guard import DrawingGuard
from ssvae_core.training.ensemble import WARM_UP
from tests.support.small_autoencoder import as_diffusers, colours
from tests.support.small_core import ask, none_rejected
from tests.support.small_encoders import MeanColour
from tests.trainer.test_image_encoding import QuickPretraining

N_STEPS = 200


@pytest.fixture
def data(monkeypatch):
    found = colours(80)
    monkeypatch.setitem(SOURCES, "spots", lambda: found)
    return found


@pytest.fixture
def folder(tmp_path):
    return as_diffusers(tmp_path / "tiny")


@pytest.fixture
def opening(data, tmp_path, monkeypatch):
    """What a trainer of a session on these images is opened with; own M1s are there at once."""
    monkeypatch.setenv("SSVAE_THREADS", "1")
    monkeypatch.delenv("SSVAE_AUTOENCODER", raising=False)
    monkeypatch.setattr(m1_training, "Pretraining", QuickPretraining)
    monkeypatch.setattr("ssvae_core.trainer.open.wanted_encoder", lambda data: "")
    *_, atlas = first_atlas(data.images)
    starter = Starter(new_m1(data.shape), atlas, is_trained=False)
    starter.save_map(tmp_path / "shared", {"fingerprint": data.fingerprint})
    return {
        **{"data": "spots", "model": "m1m2", "config": {"latent_dim": 2, "hidden_dim": 16}},
        **{"n_classes": 2, "seed": 0, "device": "cpu", "generation": 0},
        **{"starter": tmp_path / "shared", "folder": tmp_path / "session"},
        "features": tmp_path / FEATURES,
    }


def label(core, examples):
    core.apply(core.state.label_seq + 1, np.array(examples), core.state.data.answer_key[examples])


def work(core):
    for _ in range(N_STEPS):
        if not core.is_pretraining:
            return
        core.step()
    raise AssertionError("it does not end")


def test_the_environment_names_it_and_labels_are_taken_meanwhile(opening, folder, monkeypatch):
    monkeypatch.setenv("SSVAE_AUTOENCODER", str(folder))
    core = open_core(**opening)
    core.step(), core.step()
    assert "the autoencoder sees the images" in core.message
    label(core, [0, 1, 2, 3])
    work(core)
    m1 = core.state.starter.m1
    assert isinstance(m1, PretrainedM1)
    assert core.state.starter.is_trained
    assert core.state.learner.model.features.m1 is m1
    assert "m1" in [graph.name for graph in core.state.starter.graphs]
    for _ in range(WARM_UP + 1):
        core.step()
    monkeypatch.setattr(DrawingGuard, "rejects", none_rejected)  # weights by chance draw noise
    snapshot = core.snapshot()
    assert snapshot.n_labels == 4
    assert snapshot.samples.shape[2:] == (16, 16, 3)
    assert ask(core, Redraw, example=5).image.shape == (16, 16, 3)
    assert ask(core, DrawMap, view="pca").xy.shape == (80, 2)


def test_the_next_life_and_the_next_session_find_it(opening, folder, tmp_path, monkeypatch):
    monkeypatch.setenv("SSVAE_AUTOENCODER", str(folder))
    first = open_core(**opening)
    work(first)
    label(first, [0, 1, 2, 3])
    first.step(), first.step()
    first.save()
    monkeypatch.setattr(PretrainedM1, "latents", lambda m1, x: pytest.fail("encoded again"))
    again = open_core(**{**opening, "generation": 1})
    assert not again.is_pretraining
    assert (again.state.step_count, again.state.label_seq) == (2, 1)
    other = open_core(**{**opening, "folder": tmp_path / "other"})
    assert isinstance(other.state.starter.m1, PretrainedM1)
    assert not other.is_pretraining
    monkeypatch.delenv("SSVAE_AUTOENCODER")  # forgotten: what is there stays
    (folder / "config.json").unlink()
    assert isinstance(open_core(**opening).state.starter.m1, PretrainedM1)


def test_a_killed_one_goes_on_with_what_was_encoded(opening, folder, monkeypatch):
    monkeypatch.setattr("ssvae_core.pretraining.autoencoder.KEEP_EVERY", 16)
    opening["config"] = {**opening["config"], "autoencoder": str(folder)}
    first = open_core(**opening)
    for _ in range(4):
        first.step()
    latents, seen = PretrainedM1.latents, []
    monkeypatch.setattr(
        PretrainedM1, "latents", lambda m1, x: (seen.append(len(x)), latents(m1, x))[1]
    )
    work(open_core(**opening))
    assert sum(seen) == 80 - 48


def test_one_that_cannot_be_read_is_said_and_an_own_m1_is_trained(opening, folder):
    (folder / "diffusion_pytorch_model.safetensors").write_bytes(b"no weights")
    opening["config"] = {**opening["config"], "autoencoder": str(folder)}
    core = open_core(**opening)
    core.step(), core.step()
    assert "cannot be read" in core.message
    work(core)
    assert isinstance(core.state.starter.m1, VAE)
    assert "cannot be read" in core.message
    again = open_core(**opening)  # it stays, and the sentence is said again
    assert again.state.starter.is_trained
    work(again)
    assert "cannot be read" in again.message
    assert isinstance(again.state.starter.m1, VAE)


def test_a_cancelled_one_leaves_what_there_was(opening, folder):
    opening["config"] = {**opening["config"], "autoencoder": str(folder)}
    core = open_core(**opening)
    core.step(), core.step()
    core.command("cancel")
    assert not core.is_pretraining
    assert "Cancelled. The M1 from before is back." in core.message
    assert not core.state.starter.is_trained


def test_an_own_m1_can_be_chosen_instead_and_back(opening, folder, monkeypatch):
    monkeypatch.setenv("SSVAE_AUTOENCODER", str(folder))
    core = open_core(**opening)
    work(core)
    core.command("pretrain")
    work(core)
    assert "choose autoencoder: own" in core.message
    assert isinstance(core.state.starter.m1, PretrainedM1)
    own = {**opening, "config": {**opening["config"], "autoencoder": "own"}}
    core = open_core(**own)
    assert isinstance(core.state.starter.m1, VAE)
    work(core)
    assert core.state.starter.is_trained
    monkeypatch.setattr(PretrainedM1, "latents", lambda m1, x: pytest.fail("encoded again"))
    assert isinstance(open_core(**opening).state.starter.m1, PretrainedM1)


@pytest.fixture
def led(opening, folder, monkeypatch):
    """What a trainer is opened with beside a pretrained encoder."""
    kind = EncoderKind("Mean", "the mean colour", opens=lambda *_: MeanColour())
    monkeypatch.setitem(ENCODERS, "mean", kind)
    monkeypatch.setattr("ssvae_core.trainer.open.wanted_encoder", lambda data: "mean")
    monkeypatch.setenv("SSVAE_AUTOENCODER", str(folder))
    return {**opening, "model": "guided-m1"}


def encoded(opening):
    """A core whose images the encoder has seen; the autoencoder's turn is next."""
    core = open_core(**opening)
    while core.is_pretraining and "autoencoder" not in core.message:
        core.step()
    return core


def test_labels_that_go_on_coming_do_not_keep_the_autoencoder_away(led):
    core = encoded(led)
    for k in range(N_STEPS):
        if not core.is_pretraining:
            break
        label(core, [k % 80])  # each owes the model a run of its own
        core.step()
    assert isinstance(core.state.starter.m1, PretrainedM1)
    assert core.state.ensemble.propagated.shape == (80, 2)


def test_of_many_images_beside_an_encoders_features_the_model_goes_first(
    led, tmp_path, monkeypatch
):
    """Its features lead the map; the autoencoder comes when no step is owed."""
    monkeypatch.setattr("ssvae_core.trainer.autoencoder_m1.SOON_SEEN", 79)
    core = encoded(led)
    label(core, [0, 1, 2, 3])
    assert not core.is_pretraining
    core.command("cancel")  # the run that is owed
    work(core)
    assert isinstance(core.state.starter.m1, PretrainedM1)
    assert {"mean", "m1"} <= {graph.name for graph in core.state.starter.graphs}
    model = core.state.learner.model
    assert model.n_features > 0
    assert model.prepares  # steps see latents alone, the autoencoder none
    monkeypatch.setattr(PretrainedM1, "latents", lambda m1, x: pytest.fail("encoded in a step"))
    monkeypatch.setattr(PretrainedM1, "decode", lambda m1, z: pytest.fail("drawn in a step"))
    for _ in range(3):
        core.step()
    assert core.state.step_count > 0
    assert FeatureStore(tmp_path / FEATURES).root.is_dir()


def test_an_image_from_elsewhere_is_placed_among_them(opening, folder, monkeypatch):
    monkeypatch.setenv("SSVAE_AUTOENCODER", str(folder))
    core = open_core(**{**opening, "model": "guided-m1"})
    work(core)
    label(core, [0, 1, 2, 3])
    found = ask(core, PlaceImage, image=core.state.data.images[7])
    assert found.nearest[0] == 7
    assert len(found.code) > 1
    assert found.redrawn.shape[1:] == (16, 16, 3)
