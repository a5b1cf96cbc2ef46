"""What tests of the routes share."""

import pytest

from ssvae_core.session.trainer_client import Trainer
from ssvae_core.session.workspace import Workspace


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    """An empty workspace."""
    monkeypatch.setattr(Trainer, "start", lambda self: None)  # no trainer: 5 s a test
    workspace = Workspace(tmp_path)
    yield workspace
    workspace.close()
