"""An encoder opened in a process of its own."""

import json
from pathlib import Path

import pytest

from ssvae_core.encoders import ENCODERS, EncoderKind
from ssvae_core.encoders.efficientnet_lite0 import EfficientNetEncoder
from ssvae_core.encoders.opening import (
    Opening,
    answer_to,
    heard,
    is_opened,
    lasting,
    local_path,
    opened_apart,
)
from ssvae_core.errors import NeedsDownload, UserError


def test_it_is_opened_and_what_it_is_comes_back():
    first, *_, last = opened_apart("efficientnet-lite0")
    assert first == Opening("opening the encoder")
    assert (last.key, last.n_features) == (EfficientNetEncoder.key, EfficientNetEncoder.n_features)


def test_what_cannot_be_opened_is_said_here_as_it_was_there():
    with pytest.raises(UserError, match="'contrastive' has no network that could be opened"):
        list(opened_apart("contrastive"))


def test_who_does_not_wait_ends_the_process():
    opening = opened_apart("efficientnet-lite0")
    next(opening)
    opening.close()  # kills it and waits: a process that went on would be found by no one


def test_what_would_be_fetched_comes_back_whole(monkeypatch):
    lacking = NeedsDownload("It is not here.", "tiny", 1_500_000, "https://example.org", "MIT")

    def opens(name, download):
        raise lacking

    monkeypatch.setitem(ENCODERS, "tiny", EncoderKind("Tiny", "small", "NAME", opens))
    with pytest.raises(NeedsDownload, match="It is not here") as raised:
        heard(json.loads(json.dumps(answer_to("tiny:net", "none"))))
    assert vars(raised.value) == vars(lacking)


def test_a_choice_names_its_file_for_good(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert lasting("features:f.npy") == f"features:{tmp_path / 'f.npy'}"
    assert lasting("features:~/f.npy") == f"features:{Path.home() / 'f.npy'}"
    assert lasting("efficientnet-lite0") == "efficientnet-lite0"
    assert lasting("onnx:f.onnx?size=96") == f"onnx:{tmp_path / 'f.onnx'}?size=96"
    assert is_opened("onnx:f.onnx")
    assert not is_opened("efficientnet-lite0")  # it ships: nothing to wait for
    with pytest.raises(UserError, match="Unknown encoder"):
        lasting("eyes:f")


@pytest.mark.parametrize(
    ("choice", "path"),
    [("net:resnet18", ""), ("net:/a/b", "/a/b"), ("net:local-dir:a", "a"), ("net:./b", "./b")],
)
def test_a_name_that_is_a_path_is_told_from_one_of_a_hub(choice, path):
    assert local_path(choice) == path
