"""The program that makes the starter which ships."""

import pytest

from ssvae_core.data import SOURCES
from ssvae_core.pretraining import make_starter


def test_make_starter_says_how_it_is_called(monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["make_starter", "--help"])
    with pytest.raises(SystemExit, match="0"):
        make_starter.main()
    assert f"{{{','.join(SOURCES)}}}" in capsys.readouterr().out.replace("\n", "").replace(" ", "")
