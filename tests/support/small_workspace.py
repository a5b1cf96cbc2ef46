"""Workspaces of their own: an empty one, and one with a small data set."""

import dataclasses

from ssvae_core.data import SOURCES
from ssvae_core.session.workspace import Workspace


def empty_workspace(root, pictures, monkeypatch):
    """A workspace that imports from the folder `pictures`; closed when it is asked for again."""
    monkeypatch.setenv("SSVAE_WORKSPACE", str(root))
    monkeypatch.setenv("SSVAE_DATA_ROOTS", str(pictures))
    monkeypatch.setenv("SSVAE_THREADS", "1")
    workspace = Workspace(root)
    yield workspace
    workspace.close()


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
