import socket

import huggingface_hub
import pytest
from huggingface_hub import constants

from ssvae_core.encoders import asked_of_hub
from ssvae_core.encoders.hub import FILES, offline, weights_folder
from ssvae_core.errors import NeedsDownload, UserError

NAME = "google/vit-base-patch16-224"


@pytest.fixture(autouse=True)
def requests(monkeypatch, tmp_path):
    """The connections that were tried: none gets through."""
    tried = []

    def refused(self, address):
        tried.append(address)
        raise OSError("the network is unreachable")

    monkeypatch.setattr(socket.socket, "connect", refused)
    monkeypatch.setattr(socket, "getaddrinfo", lambda *address, **_: refused(None, address))
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "cache"))
    return tried


def test_a_folder_of_weights_is_taken_as_it_is(tmp_path):
    (tmp_path / "model.safetensors").write_bytes(b"")
    assert weights_folder(str(tmp_path), download=False) == tmp_path


def test_a_folder_without_safetensors_is_refused(tmp_path):
    (tmp_path / "pytorch_model.bin").write_bytes(b"")
    with pytest.raises(UserError, match="no weights as safetensors"):
        weights_folder(str(tmp_path), download=True)


def test_what_is_not_here_is_not_fetched_unless_that_is_said(requests):
    with pytest.raises(NeedsDownload, match="agree to it") as raised:
        weights_folder(NAME, download=False)
    asked = raised.value
    assert (asked.what, asked.size, asked.licence) == (NAME, None, "")
    assert asked.where == f"https://huggingface.co/{NAME}"
    assert requests == []


def test_what_was_fetched_before_is_found_without_the_network(requests, tmp_path):
    there = tmp_path / "cache" / "models--google--vit-base-patch16-224"
    (there / "refs").mkdir(parents=True)
    (there / "refs" / "main").write_text("0" * 40)
    snapshot = there / "snapshots" / ("0" * 40)
    snapshot.mkdir(parents=True)
    with pytest.raises(NeedsDownload):
        weights_folder(NAME, download=False)
    (snapshot / "model.safetensors").write_bytes(b"")
    assert weights_folder(NAME, download=False).samefile(snapshot)
    assert requests == []


def test_only_what_runs_no_code_is_fetched(monkeypatch, tmp_path):
    asked = {}

    def snapshot(name, *, local_files_only, **named):
        if local_files_only:
            raise huggingface_hub.errors.LocalEntryNotFoundError("not here")
        asked.update(named, name=name)
        (tmp_path / "model.safetensors").write_bytes(b"")
        return str(tmp_path)

    monkeypatch.setattr(huggingface_hub, "snapshot_download", snapshot)
    assert weights_folder(NAME, download=True) == tmp_path
    assert asked == {"name": NAME, "allow_patterns": list(FILES)}
    assert all(name.endswith((".json", ".safetensors")) for name in FILES)


def test_a_hub_that_does_not_answer_is_said(requests):
    with pytest.raises(UserError, match="could not be fetched"):
        weights_folder(NAME, download=True)
    assert requests
    with pytest.raises(UserError, match="could not be fetched"):
        asked_of_hub(f"transformers:{NAME}")


def test_the_hub_tells_size_and_licence(monkeypatch):
    file = huggingface_hub.hf_api.RepoSibling
    files = [
        file(rfilename="model.safetensors", size=300_000_000),
        file(rfilename="config.json", size=1000),
        file(rfilename="pytorch_model.bin", size=300_000_000),
    ]

    def info(self, name, *, files_metadata):
        assert (name, files_metadata) == (NAME, True)
        return huggingface_hub.hf_api.ModelInfo(
            id=name, siblings=None, tags=["vision", "license:apache-2.0"], private=False
        )

    monkeypatch.setattr(huggingface_hub.HfApi, "model_info", info)
    with pytest.raises(UserError, match="no weights as safetensors"):
        asked_of_hub(f"transformers:{NAME}")

    def with_files(self, name, *, files_metadata):
        found = info(self, name, files_metadata=files_metadata)
        found.siblings = files
        return found

    monkeypatch.setattr(huggingface_hub.HfApi, "model_info", with_files)
    asked = asked_of_hub(f"transformers:{NAME}")
    assert (asked.size, asked.licence) == (300_001_000, "apache-2.0")
    assert "300 MB, licence apache-2.0" in str(asked)
    with pytest.raises(UserError, match="nothing that would be fetched"):
        asked_of_hub("efficientnet-lite0")


@pytest.mark.parametrize("name", ["vit", "../vit", "a/b/c", "org/", "a:b"])
def test_what_is_neither_a_folder_nor_a_name_of_the_hub_is_said(name, requests):
    with pytest.raises(UserError, match="neither a folder"):
        weights_folder(name, download=True)
    assert requests == []


def test_offline_lasts_as_long_as_the_block(requests):
    before = constants.HF_HUB_OFFLINE
    with offline(), pytest.raises(huggingface_hub.errors.OfflineModeIsEnabled):
        huggingface_hub.HfApi().model_info(NAME)
    assert requests == []
    assert before == constants.HF_HUB_OFFLINE
