"""What tests of the routes share."""

import pytest

from ssvae_core.session.trainer_client import Trainer
from ssvae_core.session.workspace import Workspace


@pytest.fixture
def lab(tmp_path, monkeypatch):
    """An empty workspace."""
    monkeypatch.setattr(Trainer, "start", lambda self: None)  # no trainer: 5 s a test
    lab = Workspace(tmp_path)
    yield lab
    lab.close()
