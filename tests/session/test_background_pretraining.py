"""What is learned of imported images before anybody has opened a session on them."""

from __future__ import annotations

import time

import numpy as np
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from ssvae_core.api import routes
from ssvae_core.atlas import starter_folders as starters
from ssvae_core.protocol.messages import Status
from ssvae_core.session.background_pretraining import BackgroundPretraining
from ssvae_core.storage.paths import BACKGROUND_PRETRAINING, UNFINISHED_M1
from ssvae_core.worker.supervisor import LocalWorker
from tests.support.small_files import encoded, write
from tests.support.small_workspace import empty_workspace

SECONDS = 300.0  # the network encodes first, which others on the machine may hold up
N = 60


def until(condition, seconds=SECONDS):
    end = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < end, "it did not come to that"
        time.sleep(0.05)
    return found


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    yield from empty_workspace(tmp_path / "workspace", tmp_path, monkeypatch)


@pytest.fixture
def client(workspace):
    return TestClient(Starlette(routes=routes(workspace)), base_url="http://127.0.0.1:8501")


@pytest.fixture
def imported(client, workspace, tmp_path, digits):
    """An import of the small digits that has just ended; the set's id."""
    for k, image in enumerate(digits.images[:N]):
        write(tmp_path / "scans" / f"{k:03d}.png", encoded(image[..., 0]))
    assert client.post("/api/data/imports", json={"path": "scans"}).status_code == 200
    return until(lambda: client.get("/api/data/imports").json()["set"])


def learning(client):
    return client.get("/api/data").json()["learning"]


def test_when_an_import_ends_its_images_are_learned_and_the_map_is_there(client, imported):
    until(lambda: "pass" in (learning(client) or {}).get("message", ""))
    until(lambda: learning(client)["map_version"] > 0)
    assert learning(client)["set"] == imported
    places = np.frombuffer(client.get("/api/data/learning/places").content, np.float32)
    assert places.shape == (2 * N,)
    assert places.min() >= 0
    assert places.max() <= 1


def test_when_all_is_learned_the_worker_ends_and_leaves_the_m1_alone(tmp_path, monkeypatch):
    ends = []
    monkeypatch.setattr(LocalWorker, "start", lambda self: None)
    monkeypatch.setattr(LocalWorker, "stop", lambda self: ends.append(self))
    (tmp_path / BACKGROUND_PRETRAINING).mkdir()
    background = BackgroundPretraining("scans", "scans", N, tmp_path, is_busy=lambda: False)
    for state in ("starting", "pretraining", "pretraining"):
        background._take(Status(1, state, message="M1 learns", seconds_left=4.0))
        assert background.is_learning
    assert background.to_json()["seconds_left"] == 4.0
    background._take(Status(1, "waiting"))
    until(lambda: ends and not (tmp_path / BACKGROUND_PRETRAINING).exists())
    assert background.state == "done"


def test_it_can_be_stopped_and_a_session_goes_on_where_it_stood(client, workspace, imported):
    until(lambda: "pass" in (learning(client) or {}).get("message", ""))
    assert client.post("/api/data/learning/stop", json={}).status_code == 200
    assert learning(client)["state"] == "stopped"
    kept = starters.starter_of(workspace.dataset(imported), workspace.root) / UNFINISHED_M1
    assert kept.is_dir()
    assert client.post("/api/data/learning/go-on", json={}).status_code == 200
    assert learning(client)["state"] == "learning"
    session = workspace.attend(
        client.post(f"/api/data/sets/{imported}/open", json={}).json()["session"]
    )
    assert learning(client)["state"] == "stopped"  # the session's trainer has the processor
    assert kept.is_dir()
    assert session.trainer.is_training


def test_it_gives_way_to_whoever_trains_elsewhere(client, workspace, imported):
    workspace.cool()
    starter = starters.starter_of(workspace.dataset(imported), workspace.root)
    background = BackgroundPretraining(
        imported, str(workspace.root), N, starter, is_busy=lambda: True
    )
    until(lambda: background.state == "waiting")
    assert not (starter / starters.M1).exists()


def test_where_there_is_an_m1_nothing_is_learned(workspace):
    workspace.warm("mnist")
    assert workspace.background is None


def test_a_page_of_another_site_cannot_stop_it(client, workspace, imported):
    until(lambda: learning(client))
    assert client.post("/api/data/learning/stop", content=b"x=1").status_code == 400
    assert learning(client)["state"] in ("learning", "done")
