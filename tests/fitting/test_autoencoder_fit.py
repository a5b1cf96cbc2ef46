"""A classifier whose M1 is a pretrained autoencoder: fitted, saved, and found again."""

import json

import pytest
from numpy.testing import assert_array_equal

from ssvae_core import SSVAEClassifier
from ssvae_core.cli import main
from ssvae_core.data import SOURCES
from ssvae_core.errors import UserError
from ssvae_core.models.pretrained_m1 import PretrainedM1
from ssvae_core.storage import paths
from tests.support.small_autoencoder import as_diffusers, colours


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return as_diffusers(tmp_path_factory.mktemp("autoencoder") / "tiny")


@pytest.fixture(scope="module")
def spots():
    data = colours(80)
    labels = data.answer_key.copy()
    labels[20:] = -1
    return data.images, labels, data.answer_key


@pytest.fixture(scope="module")
def learned(folder, spots):
    images, labels, _ = spots
    config = {"autoencoder": str(folder), "latent_dim": 4, "hidden_dim": 32}
    made = SSVAEClassifier(
        "m1m2", config=config, encoder="contrastive", budget=None, max_iter=150, random_state=0
    )
    return made.fit(images, labels)


def test_it_learns_and_draws_on_it(learned, spots):
    images, _, answers = spots
    assert isinstance(learned.fit_.m1, PretrainedM1)
    assert learned.score(images, answers) > 0.9
    drawn = learned.sample(1, 5)
    assert drawn.shape == (5, 16, 16, 3)
    assert drawn.min() >= 0
    assert drawn.max() <= 1
    assert learned.reconstruct(images[:2]).shape == (2, 16, 16, 3)


def test_saved_and_loaded_it_says_and_draws_the_same(learned, spots, tmp_path, monkeypatch):
    images, _, _ = spots
    learned.save(tmp_path / "model")
    before = learned.predict_proba(images), learned.sample(0, 2)
    monkeypatch.setattr(PretrainedM1, "latents", lambda m1, x: pytest.fail("encoded again"))
    loaded = SSVAEClassifier.load(tmp_path / "model", device="cpu")
    assert loaded.fit_.m1.config.licence.startswith("MIT License")
    assert_array_equal(loaded.predict_proba(images), before[0])
    assert_array_equal(loaded.sample(0, 2), before[1])


def test_a_folder_without_one_is_said(spots, tmp_path):
    images, labels, _ = spots
    made = SSVAEClassifier("m1m2", config={"autoencoder": str(tmp_path)}, encoder="contrastive")
    with pytest.raises(UserError, match="has no weights as safetensors"):
        made.fit(images, labels)


def test_the_command_line_keeps_what_it_encodes(folder, tmp_path, monkeypatch, capsys):
    monkeypatch.setitem(SOURCES, "spots", lambda: colours(80))
    monkeypatch.setenv("SSVAE_WORKSPACE", str(tmp_path / "workspace"))
    monkeypatch.setenv("SSVAE_AUTOENCODER", str(folder))
    fit = ["fit", "--data", "spots", "--model", "m1m2", "--encoder", "contrastive", "--json"]
    fit += ["--labels", "20", "--steps", "60", "--threads", "1"]
    assert main([*fit, "--save", str(tmp_path / "fit")]) == 0
    assert json.loads(capsys.readouterr().out)["model"] == "m1m2"
    latents, seen = PretrainedM1.latents, []
    monkeypatch.setattr(
        PretrainedM1, "latents", lambda m1, x: (seen.append(len(x)), latents(m1, x))[1]
    )
    assert main(fit) == 0
    assert sum(seen) < 80  # those of a test part at most
    assert list((paths.default_workspace() / paths.FEATURES).glob("autoencoder-*"))
    loaded = SSVAEClassifier.load(tmp_path / "fit", device="cpu")
    assert isinstance(loaded.fit_.m1, PretrainedM1)
