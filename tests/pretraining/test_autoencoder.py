"""A pretrained autoencoder becomes the M1 of a data set, image by image, and is kept."""

import json

import numpy as np
import pytest
import torch

from ssvae_core.encoders import FeatureStore
from ssvae_core.errors import UserError
from ssvae_core.models.pretrained_m1 import PretrainedM1
from ssvae_core.options.options import FittingOptions
from ssvae_core.pretraining.autoencoder import fitted, key_of, open_autoencoder, suits
from ssvae_core.pretraining.starter import new_m1
from ssvae_core.training.chunks import run_to_end
from ssvae_core.training.tensors import as_inputs
from tests.support.small_autoencoder import LICENCE, as_diffusers, colours

SHAPE = (16, 16, 3)


@pytest.fixture
def folder(tmp_path):
    return as_diffusers(tmp_path / "tiny")


@pytest.fixture
def values():
    return torch.from_numpy(colours().images).flatten(1)


def test_its_components_whiten_the_latents_and_draw_the_images_again(folder, values):
    m1 = run_to_end(fitted(open_autoencoder(folder, SHAPE, len(values)), values, None))
    x = as_inputs(values)
    z_mean, z_log_var = m1.q_z(x)
    assert m1.latent_dim == 20  # a third of the images
    both = z_mean.T @ z_mean / len(x) + torch.diag(z_log_var[0].exp())
    assert torch.allclose(both, torch.eye(20), atol=0.05)
    assert m1.decode(z_mean).shape == x.shape
    whole = m1.autoencoder.decode(m1.latents(x).reshape(-1, 4, 4, 4)).permute(0, 2, 3, 1)
    apart = (m1.decode(z_mean) - whole.flatten(1).clamp(0, 1)).square().mean()
    of_any = (m1.decode(z_mean).mean(0) - whole.flatten(1).clamp(0, 1)).square().mean()
    assert float(apart) < 0.2 * float(of_any)
    assert (m1.config.name, m1.config.licence) == ("tiny", LICENCE)


def test_what_it_tells_of_its_way(folder, values):
    events = list(fitted(open_autoencoder(folder, SHAPE, 60), values, None))
    assert events[0].message == "the autoencoder sees the images, 16 of 60"
    assert events[3].message == "the autoencoder sees the images, 60 of 60"
    assert events[0].seconds_left > 0
    assert events[3].seconds_left == 0


def test_what_was_encoded_before_a_cancel_is_not_encoded_again(
    folder, values, tmp_path, monkeypatch
):
    monkeypatch.setattr("ssvae_core.pretraining.autoencoder.KEEP_EVERY", 16)
    store, seen = FeatureStore(tmp_path / "store"), []
    work = fitted(open_autoencoder(folder, SHAPE, 60), values, store)
    next(work), next(work)
    work.close()
    latents = PretrainedM1.latents
    monkeypatch.setattr(
        PretrainedM1, "latents", lambda m1, x: (seen.append(len(x)), latents(m1, x))[1]
    )
    m1 = run_to_end(fitted(open_autoencoder(folder, SHAPE, 60), values, store))
    assert seen == [16, 12]
    m1.q_z(as_inputs(values))  # all are known
    assert seen == [16, 12]
    alone = run_to_end(fitted(open_autoencoder(folder, SHAPE, 60), values, None))
    assert torch.allclose(m1.q_z(as_inputs(values))[0], alone.q_z(as_inputs(values))[0], atol=0.02)


def test_another_autoencoder_in_the_folder_is_another(folder, values, tmp_path):
    store = FeatureStore(tmp_path / "store")
    one = run_to_end(fitted(open_autoencoder(folder, SHAPE, 60), values, store))
    as_diffusers(folder, seed=3)
    other = run_to_end(fitted(open_autoencoder(folder, SHAPE, 60), values, store))
    assert key_of(one) != key_of(other)
    assert not torch.allclose(one.centre, other.centre, atol=1e-3)


def test_weights_of_other_sizes_are_said(folder):
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, "latent_channels": 16}))
    with pytest.raises(UserError, match=r"'decoder.0.weight' the shape \(8, 16, 3, 3\) was"):
        open_autoencoder(folder, SHAPE, 60)
    (folder / "config.json").write_text(json.dumps({**config, "num_encoder_blocks": [1, 1, 2]}))
    with pytest.raises(UserError, match=r"nothing was expected, and it holds the shape"):
        open_autoencoder(folder, SHAPE, 60)


@pytest.mark.parametrize(
    ("shape", "n", "says"),
    [((20,), 60, "of shape"), ((16, 16, 5), 60, "of shape"), (SHAPE, 7, "8 images or more, got 7")],
)
def test_examples_that_it_cannot_see_are_said(folder, shape, n, says):
    with pytest.raises(UserError, match=says):
        open_autoencoder(folder, shape, n)


def test_latents_that_are_no_numbers_end_it(folder, values):
    m1 = open_autoencoder(folder, SHAPE, 60)
    m1.autoencoder.encoder[0].weight.fill_(1e30)
    with pytest.raises(UserError, match="gives no numbers"):
        run_to_end(fitted(m1, values, None))


def test_which_m1_suits_which_choice(folder, tmp_path, monkeypatch):
    monkeypatch.delenv("SSVAE_AUTOENCODER", raising=False)
    key = open_autoencoder(folder, SHAPE, 60).config.key
    auto, own = FittingOptions(), FittingOptions(autoencoder="own")
    this = FittingOptions(autoencoder=str(folder))
    gone = FittingOptions(autoencoder=str(tmp_path / "gone"))
    assert [suits(key, one, SHAPE) for one in (auto, own, this, gone)] == [True, False, True, True]
    assert [suits("", one, SHAPE) for one in (auto, own, this, gone)] == [True, True, False, True]
    monkeypatch.setenv("SSVAE_AUTOENCODER", str(folder))
    assert [suits(each, auto, SHAPE) for each in (key, "", "other")] == [True, False, False]
    assert suits("", auto, (8, 8, 1))  # no photographs
    assert key_of(new_m1((8, 8, 1))) == ""


def test_more_are_not_kept_where_the_disk_is_full(folder, values, tmp_path, monkeypatch):
    (tmp_path / "store").write_text("a file, where a folder was to be")
    store = FeatureStore(tmp_path / "store")
    events = list(fitted(open_autoencoder(folder, SHAPE, 60), values, store))
    assert any("could not be saved" in event.message for event in events)
    assert np.isfinite(events[-1].seconds_left or 0)
