"""A workspace whose trainers the tests step themselves."""

import pytest

from ssvae_core.session.trainer_client import Trainer
from ssvae_core.session.workspace import Workspace


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    """An empty one."""
    monkeypatch.setattr(Trainer, "start", lambda self: None)  # the tests step a core themselves
    monkeypatch.setenv("SSVAE_WORKSPACE", str(tmp_path))
    monkeypatch.setenv("SSVAE_THREADS", "1")
    workspace = Workspace(tmp_path)
    yield workspace
    workspace.close()
