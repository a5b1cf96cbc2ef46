"""Weights in the cache, and fetched from a hub on this machine that answers as the real one."""

import os
import socket
from contextlib import closing

import huggingface_hub
import numpy as np
import pytest
from huggingface_hub import constants

from ssvae_core.encoders import asked_of_hub, hub
from ssvae_core.encoders.hub import FILES, fetched, offline, weights_folder
from ssvae_core.errors import NeedsDownload, UserError
from tests.support.small_hub import COMMIT, FIRST, Hub

NAME = "google/vit-base-patch16-224"
N_BYTES = 40_000  # of the weights


@pytest.fixture(autouse=True)
def cache(monkeypatch, tmp_path):
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(hub, "CHUNK", 1000)
    return tmp_path / "cache"


@pytest.fixture
def no_network(monkeypatch):
    """The connections that were tried: none gets through."""
    tried = []

    def refused(self, address):
        tried.append(address)
        raise OSError("the network is unreachable")

    monkeypatch.setattr(socket.socket, "connect", refused)
    monkeypatch.setattr(socket, "getaddrinfo", lambda *address, **_: refused(None, address))
    return tried


@pytest.fixture
def there(monkeypatch, tmp_path):
    """A hub with one model, whose code and pickles nobody wants."""
    folder = tmp_path / "model"
    folder.mkdir()
    content = np.random.default_rng(0).bytes(N_BYTES)
    (folder / "model.safetensors").write_bytes(content)
    (folder / "config.json").write_text("{}")
    (folder / "pytorch_model.bin").write_bytes(content)
    (folder / "modeling.py").write_text("raise SystemExit")
    found = Hub()
    found.add(NAME, folder)
    for name in ("ENDPOINT", "HUGGINGFACE_CO_URL_TEMPLATE"):  # as HF_ENDPOINT does at import
        theirs = getattr(constants, name)
        monkeypatch.setattr(constants, name, theirs.replace("https://huggingface.co", found.url))
    yield found
    found.stop()


def fetch():
    """Whole, and what was said on the way."""
    return list(fetched(NAME))


def test_a_folder_of_weights_is_taken_as_it_is(tmp_path, no_network):
    (tmp_path / "model.safetensors").write_bytes(b"")
    assert weights_folder(str(tmp_path)) == tmp_path
    assert list(fetched(str(tmp_path))) == []
    assert no_network == []


def test_a_folder_without_safetensors_is_refused(tmp_path):
    (tmp_path / "pytorch_model.bin").write_bytes(b"")
    with pytest.raises(UserError, match="no weights as safetensors"):
        weights_folder(str(tmp_path))


def test_what_is_not_here_is_not_fetched(no_network):
    with pytest.raises(NeedsDownload, match="agree to it") as raised:
        weights_folder(NAME)
    asked = raised.value
    assert (asked.what, asked.size, asked.licence) == (NAME, None, "")
    assert asked.where == f"https://huggingface.co/{NAME}"
    assert no_network == []


def test_the_hub_tells_size_and_licence_and_nothing_is_fetched(there, cache):
    asked = asked_of_hub(f"transformers:{NAME}")
    assert (asked.size, asked.licence) == (N_BYTES + 2, "apache-2.0")
    assert asked.where == f"{there.url}/{NAME}"  # the address that is asked, whichever it is
    assert "0 MB, licence apache-2.0" in str(asked)
    assert [each for each in there.asked if "resolve" in each or "cdn" in each] == []
    assert not any(cache.rglob("*.safetensors"))
    with pytest.raises(UserError, match="nothing that would be fetched"):
        asked_of_hub("efficientnet-lite0")


def test_what_is_fetched_is_found_without_the_network_from_then_on(there, request):
    said = fetch()
    assert said[-1] == (N_BYTES + 2, N_BYTES + 2)
    there.asked.clear()
    tried = request.getfixturevalue("no_network")
    folder = weights_folder(NAME)
    assert (folder / "model.safetensors").read_bytes() == there.models[NAME]["model.safetensors"]
    assert fetch() == []
    assert (there.asked, tried) == ([], [])


def test_only_what_runs_no_code_is_fetched(there):
    fetch()
    assert sorted(path.name for path in weights_folder(NAME).iterdir()) == [
        "config.json",
        "model.safetensors",
    ]
    assert all(name.endswith((".json", ".safetensors")) for name in FILES)


def test_how_much_has_come_is_said(there):
    there.gate.clear()
    work = fetched(NAME)
    for done, of in work:
        assert of == N_BYTES + 2
        if done > FIRST / 2:
            break
    there.gate.set()
    amounts = [done, *(done for done, _ in work)]
    assert amounts == sorted(amounts)
    assert amounts[0] < amounts[-1] == N_BYTES + 2


def test_who_cancels_leaves_no_part_and_begins_again(there, cache):
    there.gate.clear()
    with closing(fetched(NAME)) as work:
        for done, _ in work:
            if done > FIRST / 2:
                break
        assert len(list(cache.rglob("*.incomplete"))) == 1
    assert list(cache.rglob("*.incomplete")) == []
    with pytest.raises(NeedsDownload):
        weights_folder(NAME)
    there.gate.set()
    assert fetch()[-1] == (N_BYTES + 2, N_BYTES + 2)


def test_a_connection_that_breaks_is_taken_up_where_it_broke(there):
    there.cuts = 1
    fetch()
    assert [each for each in there.asked if each.endswith(f"bytes={FIRST // 1000 * 1000}-")]
    assert (weights_folder(NAME) / "model.safetensors").stat().st_size == N_BYTES


def test_a_part_that_nobody_fetches_any_more_is_removed(there, cache, monkeypatch):
    blobs = cache / f"models--{NAME.replace('/', '--')}" / "blobs"
    blobs.mkdir(parents=True)
    for name, seconds in (("old", 9000), ("young", 9)):
        (blobs / f"{name}.incomplete").write_bytes(b"part")
        long_ago = (blobs / f"{name}.incomplete").stat().st_mtime - seconds
        os.utime(blobs / f"{name}.incomplete", (long_ago, long_ago))
    fetch()
    assert [path.name for path in cache.rglob("*.incomplete")] == ["young.incomplete"]


@pytest.mark.parametrize("damage", ["a byte", "fewer"])
def test_what_came_otherwise_than_stated_is_thrown_away_and_fetched_anew(
    there, monkeypatch, damage
):
    if damage == "a byte":
        there.damages = True
    else:  # as where the cache was damaged after an earlier try
        fetch()
        (weights_folder(NAME) / "model.safetensors").resolve().write_bytes(b"short")
        monkeypatch.setattr(hub, "weights_folder", lambda name: needed())
    with pytest.raises(UserError, match=r"model.safetensors came damaged: .* Fetch it again"):
        fetch()
    there.damages = False
    assert fetch()[-1] == (N_BYTES + 2, N_BYTES + 2)
    assert (weights_folder(NAME) / "model.safetensors").stat().st_size == N_BYTES


def needed():
    raise NeedsDownload("It is not here.", NAME, None, "", "")


def test_a_model_that_changes_while_it_is_fetched_is_fetched_anew(there, monkeypatch):
    of_now = hub._info

    def of_before(name):
        found = of_now(name)
        found.sha = COMMIT[::-1]
        return found

    monkeypatch.setattr(hub, "_info", of_before)
    with pytest.raises(UserError, match="was changed on the hub"):
        fetch()


def test_weights_in_parts_are_missing_until_all_are_there(there, tmp_path):
    for n in (1, 2):
        (tmp_path / "model" / f"model-{n}-of-2.safetensors").write_bytes(bytes([n]) * N_BYTES)
    (tmp_path / "model" / "model.safetensors").unlink()
    there.add(NAME, tmp_path / "model")
    fetch()
    (weights_folder(NAME) / "model-2-of-2.safetensors").unlink()
    with pytest.raises(NeedsDownload):
        weights_folder(NAME)
    fetch()
    assert (weights_folder(NAME) / "model-2-of-2.safetensors").stat().st_size == N_BYTES


def test_a_hub_that_does_not_answer_is_said(no_network):
    with pytest.raises(UserError, match="could not be fetched"):
        fetch()
    assert no_network
    with pytest.raises(UserError, match="could not be fetched"):
        asked_of_hub(f"transformers:{NAME}")


def test_a_model_that_the_hub_does_not_have_is_said(there):
    there.models = {"other/model": {"pytorch_model.bin": b""}}
    with pytest.raises(UserError, match="not there, or not public"):
        fetch()
    with pytest.raises(UserError, match="no weights as safetensors"):
        asked_of_hub("transformers:other/model")
    there.is_gated = True
    with pytest.raises(UserError, match="Accept them there"):
        fetch()


@pytest.mark.parametrize("name", ["vit", "../vit", "a/b/c", "org/", "a:b"])
def test_what_is_neither_a_folder_nor_a_name_of_the_hub_is_said(name, no_network):
    for ask in (weights_folder, hub.asked_of_hub, lambda name: list(fetched(name))):
        with pytest.raises(UserError, match="neither a folder"):
            ask(name)
    assert no_network == []


def test_offline_lasts_as_long_as_the_block(no_network):
    before = constants.HF_HUB_OFFLINE
    with offline(), pytest.raises(huggingface_hub.errors.OfflineModeIsEnabled):
        huggingface_hub.HfApi().model_info(NAME)
    assert no_network == []
    assert before == constants.HF_HUB_OFFLINE
