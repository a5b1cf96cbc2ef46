"""A workspace of its own, with one small data set."""

import dataclasses

from ssvae_core.data import SOURCES


def small_workspace(digits, monkeypatch, tmp_path):
    """Its folder; it is the workspace of every command, and nothing that ships is found."""
    workspace = tmp_path / "workspace"
    (workspace / "sessions").mkdir(parents=True)
    monkeypatch.setenv("SSVAE_THREADS", "1")
    monkeypatch.setenv("SSVAE_WORKSPACE", str(workspace))
    monkeypatch.setattr("ssvae_core.atlas.starter_folders.ASSETS", tmp_path)
    data = dataclasses.replace(digits, name="small")
    monkeypatch.setitem(SOURCES, "small", lambda: data)
    return workspace
