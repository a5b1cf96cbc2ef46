"""What tests of the routes share."""

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from ssvae_core.api import routes
from ssvae_core.session.trainer_client import Trainer
from ssvae_core.session.workspace import Workspace
from tests.support.small_files import encoded, picture, write
from tests.support.small_workspace import empty_workspace


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    """An empty workspace in which nothing learns; it may read what lies in pictures/."""
    monkeypatch.setattr(Trainer, "start", lambda self: None)  # no trainer: 5 s a test
    monkeypatch.setattr(Workspace, "warm", lambda self, name: None)
    (tmp_path / "pictures").mkdir()
    yield from empty_workspace(tmp_path / "workspace", tmp_path / "pictures", monkeypatch)


@pytest.fixture
def client(workspace):
    """Who asks its routes, on this machine."""
    return TestClient(Starlette(routes=routes(workspace)), base_url="http://127.0.0.1:8501")


@pytest.fixture
def scans(tmp_path):
    """Two folders of three images, a copy of one of them, and a file that is none."""
    folder = tmp_path / "pictures" / "scans"
    for n, name in enumerate(("cat", "dog")):
        for k in range(3):
            write(folder / name / f"{k}.png", encoded(picture(10 * n + k)))
    write(folder / "dog" / "copy.png", encoded(picture(10)))
    write(folder / "cat" / "broken.png", b"no image")
    return folder
