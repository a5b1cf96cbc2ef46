"""An encoder opened in a process of its own."""

import json
from pathlib import Path

import pytest

from ssvae_core.encoders import ENCODERS, EncoderKind, opening
from ssvae_core.encoders.efficientnet_lite0 import EfficientNetEncoder
from ssvae_core.encoders.hub import CHUNK
from ssvae_core.encoders.opening import (
    Opening,
    answers,
    heard,
    is_opened,
    lasting,
    local_path,
    opened_apart,
)
from ssvae_core.errors import NeedsDownload, Unavailable, UserError
from tests.support.small_hub import Hub, longer
from tests.support.small_models_of_libraries import transformers_folder

MODEL = "transformers:small/vit"


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

    def opens(name):
        raise lacking

    monkeypatch.setitem(ENCODERS, "tiny", EncoderKind("Tiny", "small", "NAME", opens))
    with pytest.raises(NeedsDownload, match="It is not here") as raised:
        heard(json.loads(json.dumps(*answers("tiny:net", "none"))))
    assert vars(raised.value) == vars(lacking)


@pytest.fixture
def there(monkeypatch, tmp_path):
    """A hub with one model, which processes that are started from here take for the real one."""
    found = Hub()
    found.first = 2 * CHUNK
    transformers_folder(tmp_path / "model")
    weights = tmp_path / "model" / "model.safetensors"
    weights.write_bytes(longer(weights.read_bytes(), 1_000_000))
    found.add("small/vit", tmp_path / "model")
    monkeypatch.setenv("HF_ENDPOINT", found.url)
    monkeypatch.setenv("HF_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "cache"))
    # What connects anywhere but there, says so in a file and goes no further.
    (tmp_path / "first").mkdir()
    (tmp_path / "first" / "sitecustomize.py").write_text(
        f"""
import sys
def seen(event, about):
    if event == "socket.connect" and about[1][1] != {found.server.server_port}:
        open({str(tmp_path / "elsewhere")!r}, "a").write(repr(about[1]))
        raise OSError("refused by the test")
sys.addaudithook(seen)
"""
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "first"))
    yield found
    found.stop()
    assert not (tmp_path / "elsewhere").exists()


def test_weights_are_asked_for_fetched_and_opened_each_when_a_person_said_so(there):
    with pytest.raises(NeedsDownload, match="of unknown size"):
        list(opened_apart(MODEL))
    assert there.asked == []
    with pytest.raises(NeedsDownload, match=r"1 MB, licence apache-2\.0") as raised:
        list(opened_apart(MODEL, "ask"))
    assert raised.value.where == f"{there.url}/small/vit"
    assert "GET /api/models/small/vit" in there.asked
    assert not any("resolve" in each or "cdn" in each for each in there.asked)
    there.gate.clear()
    work = opened_apart(MODEL, "download")
    said = next(event.message for event in work if "of 1 MB" in event.message)
    assert said.startswith("downloading its weights, ")
    there.gate.set()
    *_, last = work
    assert last.n_features == 24
    there.asked.clear()
    *_, again = opened_apart(MODEL, "download")
    assert again == last
    assert there.asked == []


def test_who_cancels_a_download_leaves_no_part_of_a_file_and_no_process(there, tmp_path):
    there.gate.clear()
    work = opened_apart(MODEL, "download")
    while not parts(tmp_path):
        next(work)
    work.close()
    assert parts(tmp_path) == []


def parts(tmp_path):
    return [path for path in (tmp_path / "cache").rglob("*.incomplete") if path.stat().st_size]


def test_a_process_that_dies_while_it_fetches_is_said(there, monkeypatch):
    there.gate.clear()
    started = []
    real = opening.subprocess.Popen
    monkeypatch.setattr(
        opening.subprocess, "Popen", lambda *a, **k: started.append(real(*a, **k)) or started[0]
    )
    work = opened_apart(MODEL, "download")
    next(event for event in work if " of " in event.message)
    started[0].kill()
    with pytest.raises(Unavailable, match="its process ended"):
        list(work)


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
