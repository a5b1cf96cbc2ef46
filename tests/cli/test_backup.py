"""`backup FILE` and `restore FILE`, as one types them."""

import json

import pytest

from ssvae_core.cli import main
from tests.support.small_store import n_labels, new_store


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    monkeypatch.setenv("SSVAE_WORKSPACE", str(tmp_path / "lab"))
    new_store(tmp_path / "lab" / "labels.db")
    return tmp_path / "lab"


def test_there_and_back(workspace, tmp_path, monkeypatch, capsys):
    file = str(tmp_path / "monday.zip")
    assert main(["backup", file]) == 0
    assert "30 labels in 1 session, 1 files" in capsys.readouterr().out
    assert main(["backup", file]) == 2
    assert "not overwritten" in capsys.readouterr().err
    assert main(["backup", file, "--check", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["labels"] == 30
    assert main(["restore", file]) == 2
    assert "--replace" in capsys.readouterr().err
    assert main(["restore", file, "--replace", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["before"].startswith(f"{workspace}.before-")
    monkeypatch.setenv("SSVAE_WORKSPACE", str(tmp_path / "elsewhere"))
    assert main(["restore", file]) == 0
    assert n_labels(tmp_path / "elsewhere" / "labels.db") == 30


def test_what_does_not_go_together_is_said(workspace, tmp_path, monkeypatch, capsys):
    assert main(["restore", "--replace"]) == 2
    assert "restore FILE" in capsys.readouterr().err
    assert main(["restore", "x.zip", "--list"]) == 2
    monkeypatch.setenv("SSVAE_WORKSPACE", str(tmp_path / "nowhere"))
    assert main(["backup", str(tmp_path / "x.zip")]) == 2
    assert "There is no workspace" in capsys.readouterr().err
