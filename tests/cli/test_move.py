"""`move`: to PostgreSQL and back, and what the other commands then find."""

import json
import zipfile

import pytest

from ssvae_core.cli import main
from ssvae_core.labels.place import VARIABLE
from ssvae_core.session.workspace import Workspace
from ssvae_core.storage.lock import WorkspaceLock
from tests.support.small_store import n_labels, new_store


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    monkeypatch.setenv("SSVAE_WORKSPACE", str(tmp_path / "lab"))
    new_store(tmp_path / "lab" / "labels.db", sessions=2)
    return tmp_path / "lab"


def test_there_and_back_with_a_copy_and_a_look_in_between(
    workspace, postgres, tmp_path, monkeypatch, capsys
):
    url = postgres.new_database()
    assert main(["move", "--to", url, "--json"]) == 0
    said = capsys.readouterr().out
    assert (json.loads(said)["sessions"], json.loads(said)["events"]) == (2, 60)
    assert "secret" not in said
    assert main(["export", "--session", "S0", "--format", "csv", "--out", "x"]) == 2
    assert "were moved to postgresql://lab@127.0.0.1" in capsys.readouterr().err
    monkeypatch.setenv(VARIABLE, url)
    opened = Workspace(workspace, for_app=True)
    assert len(opened.sessions()) == 2
    opened.close()
    assert main(["doctor"]) == 0
    assert "60 labels in 2 sessions in postgresql://lab@127.0.0.1" in capsys.readouterr().out
    assert main(["backup", str(tmp_path / "copy.zip")]) == 0
    assert "60 labels in 2 sessions" in capsys.readouterr().out
    assert "labels.db" in zipfile.ZipFile(tmp_path / "copy.zip").namelist()
    (workspace / "labels.db").write_bytes(b"old")
    assert main(["move", "--to", "file"]) == 0
    assert "Start the app without SSVAE_DATABASE_URL" in capsys.readouterr().out
    assert n_labels(workspace / "labels.db") == 60
    monkeypatch.delenv(VARIABLE)
    Workspace(workspace, for_app=True).close()


def test_what_cannot_be_is_said_and_leaves_all_as_it_was(workspace, postgres, monkeypatch, capsys):
    url = postgres.new_database()
    lock = WorkspaceLock(workspace)
    assert main(["move", "--to", url]) == 2
    assert "in use" in capsys.readouterr().err
    lock.release()
    assert main(["move", "--to", "file"]) == 2
    assert "From a file they go to a database" in capsys.readouterr().err
    assert main(["move", "--to", "mysql://h/x"]) == 2
    assert main(["move", "--to", url]) == 0
    (workspace / "labels_moved.json").unlink()
    assert main(["move", "--to", url]) == 2
    assert "not overwritten" in capsys.readouterr().err
    monkeypatch.setenv(VARIABLE, "nonsense")
    assert main(["move", "--to", "file"]) == 2
    assert not list(workspace.glob(".writing-*"))
