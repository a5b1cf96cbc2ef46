"""Where a person's things are kept."""

from pathlib import Path

from ssvae_core.storage.paths import DATA, data_root, default_workspace


def test_the_workspace_is_the_named_one_or_in_the_persons_data_folder(monkeypatch, tmp_path):
    monkeypatch.setenv("SSVAE_WORKSPACE", str(tmp_path))
    assert default_workspace() == tmp_path
    monkeypatch.setenv("SSVAE_WORKSPACE", "")
    assert default_workspace().name == "ssvae-lab"
    assert default_workspace().is_absolute()


def test_data_sets_are_in_the_workspace(monkeypatch, tmp_path):
    monkeypatch.setenv("SSVAE_WORKSPACE", str(tmp_path))
    assert data_root() == tmp_path / DATA
    assert data_root(Path("elsewhere")) == Path("elsewhere") / DATA
