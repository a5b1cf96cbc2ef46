"""`doctor`: its words, its JSON and its exit code."""

import json

from ssvae_core.cli import main
from tests.support.small_store import new_store, overwrite


def test_it_says_what_there_is_and_ends_with_0(capsys):
    assert main(["doctor", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert answer["ok"]
    assert {"device", "disk", "labels", "packages", "port", "workspace"} <= {
        check["name"] for check in answer["checks"]
    }
    assert main(["doctor"]) == 0
    assert "It can be used." in capsys.readouterr().out


def test_what_is_wrong_comes_with_what_to_do_and_ends_with_2(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("SSVAE_WORKSPACE", str(tmp_path))
    monkeypatch.setenv("SSVAE_DEVICE", "abacus")
    new_store(tmp_path / "labels.db")
    overwrite(tmp_path / "labels.db", 0, b"x" * 100)
    assert main(["doctor"]) == 2
    said = capsys.readouterr().out
    assert "2 things to mend" in said
    assert "Unknown device 'abacus'. Choose one of: auto, cuda, mps, cpu." in said
    assert "python -m ssvae_core restore" in said
