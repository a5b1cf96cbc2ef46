"""The process itself: what it says while it works."""

import json

import pytest

from ssvae_core.lessons import child


def test_it_says_how_far_it_is_but_not_at_every_step(capsys):
    speaker = child.Speaker()
    for step in range(1000):
        speaker(step / 1000, "training")
    lines = capsys.readouterr().err.splitlines()
    assert 1 <= len(lines) < 10
    assert json.loads(lines[0]) == {"message": "training", "share": 0.0}


@pytest.mark.parametrize("said", ["0", "2", "-1", "nan", "much"])
def test_a_share_that_is_none_is_a_sentence(said, monkeypatch, capsys, tmp_path):
    monkeypatch.setattr(child.os, "nice", lambda by: None)  # the tests go on as before
    monkeypatch.setenv(child.SHARE, said)
    options = ["--value", "1", "--free", "8", "--seed", "0", "--data", "", "--out"]
    assert child.main(["collapse", *options, str(tmp_path / "x")]) == 2
    assert f"got '{said}'" in capsys.readouterr().err
