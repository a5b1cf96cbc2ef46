"""Folders with a pretrained autoencoder: two layouts, and sentences for all else."""

import json
import pickle

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from ssvae_core.encoders.autoencoder_files import OWN, read_autoencoder, wanted_autoencoder
from ssvae_core.errors import UserError
from ssvae_core.models.tiny_autoencoder import Architecture
from tests.support.small_autoencoder import LICENCE, SIZES, as_diffusers, as_published

PHOTO, DIGIT = (64, 64, 3), (28, 28, 1)
WEIGHTS = "diffusion_pytorch_model.safetensors"


def test_both_layouts_hold_the_same_weights(tmp_path):
    sizes = Architecture(latent_channels=5)
    found = read_autoencoder(as_published(tmp_path / "published", sizes))
    assert found.sizes == {"latent_channels": 5, "is_normed": False}
    one = read_autoencoder(as_diffusers(tmp_path / "diffusers"))
    assert one.sizes["encoder_widths"] == SIZES.encoder_widths
    assert one.sizes["decoder_blocks"] == SIZES.decoder_blocks
    assert one.weights.keys() >= {"encoder.0.weight", "decoder.0.bias", "decoder.2.conv.0.weight"}
    assert (one.name, one.licence) == ("diffusers", LICENCE)
    normed = Architecture(latent_channels=5, is_normed=True)
    assert read_autoencoder(as_published(tmp_path / "normed", normed)).sizes["is_normed"]


def test_the_key_is_of_the_content(tmp_path):
    one, same = as_diffusers(tmp_path / "a"), as_diffusers(tmp_path / "b")
    other = as_diffusers(tmp_path / "c", seed=1)
    assert read_autoencoder(one).key == read_autoencoder(same).key
    assert read_autoencoder(one).key != read_autoencoder(other).key


def test_auto_takes_the_folder_of_the_environment_for_photographs(monkeypatch):
    monkeypatch.delenv("SSVAE_AUTOENCODER", raising=False)
    assert wanted_autoencoder("auto", PHOTO) == ""
    assert wanted_autoencoder("/some", DIGIT) == "/some"
    monkeypatch.setenv("SSVAE_AUTOENCODER", "/there")
    assert wanted_autoencoder("auto", PHOTO) == "/there"
    assert wanted_autoencoder("auto", DIGIT) == ""
    assert wanted_autoencoder("auto", (20,)) == ""
    assert wanted_autoencoder(OWN, PHOTO) == ""
    assert wanted_autoencoder("/some", PHOTO) == "/some"


def changed(folder, **tensors):
    weights = load_file(folder / WEIGHTS)
    save_file({**weights, **tensors}, folder / WEIGHTS)


def without_config(folder):
    (folder / "config.json").unlink()


def of_another_class(folder):
    (folder / "config.json").write_text(json.dumps({"_class_name": "AutoencoderKL"}))


def with_endless_sizes(folder):
    (folder / "config.json").write_text(json.dumps({"num_encoder_blocks": [1, 10**9]}))


def with_text_for_a_size(folder):
    (folder / "config.json").write_text(json.dumps({"latent_channels": "four"}))


def with_another_activation(folder):
    (folder / "config.json").write_text(json.dumps({"act_fn": "silu"}))


def cut_off(folder):
    data = (folder / WEIGHTS).read_bytes()
    (folder / WEIGHTS).write_bytes(data[: len(data) // 2])


def not_a_number(folder):
    changed(folder, **{"encoder.layers.0.bias": np.full(8, np.nan, np.float32)})


def whole_numbers(folder):
    changed(folder, **{"encoder.layers.0.bias": np.zeros(8, np.int32)})


def nothing_but_a_pickle(folder):
    (folder / WEIGHTS).unlink()
    (folder / "diffusion_pytorch_model.bin").write_bytes(pickle.dumps({"encoder": 1}))


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (without_config, "named after the encoder"),
        (of_another_class, "AutoencoderKL"),
        (with_endless_sizes, "num_encoder_blocks"),
        (with_text_for_a_size, "latent_channels 'four'"),
        (with_another_activation, "act_fn 'silu'"),
        (cut_off, "cannot be read"),
        (not_a_number, "no finite numbers"),
        (whole_numbers, "no finite numbers"),
        (nothing_but_a_pickle, "no weights as safetensors"),
    ],
)
def test_what_is_none_is_said_in_a_sentence(tmp_path, spoil, says):
    folder = as_diffusers(tmp_path / "some")
    spoil(folder)
    with pytest.raises(UserError, match=says) as raised:
        read_autoencoder(folder)
    assert str(raised.value).endswith(".")


def test_a_folder_that_is_not_there_is_said(tmp_path):
    with pytest.raises(UserError, match="is no folder"):
        read_autoencoder(tmp_path / "nowhere")
