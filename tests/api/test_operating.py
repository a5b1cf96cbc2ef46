"""/health and /metrics, and who may read them."""

import collections
import shutil

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from ssvae_core.api import named_by_cookie, routes
from ssvae_core.api.operating import TOKEN
from ssvae_core.labels.store import Operation
from ssvae_core.session.workspace import Workspace

SECRET = "a token of sixteen letters or more"


@pytest.fixture
def workspace(tmp_path):
    workspace = Workspace(tmp_path)
    yield workspace
    workspace.close()


def asking(workspace, who=named_by_cookie):
    app = Starlette(routes=routes(workspace, who))
    return TestClient(app, base_url="http://127.0.0.1:8501")


def test_health_is_ok_and_says_nothing_else(workspace):
    answer = asking(workspace, lambda request: None).get("/health")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_health_fails_in_words_on_a_full_disk_and_without_a_label_store(workspace, monkeypatch):
    usage = collections.namedtuple("Usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage(1e12, 1e12, 1e6))
    answer = asking(workspace).get("/health")
    assert answer.status_code == 503
    assert answer.json()["error"] == "The disk is full. Free some space."
    monkeypatch.undo()
    workspace.store.close()
    (workspace.root / "labels.db").write_text("labels " * 4000)
    answer = asking(workspace).get("/health")
    assert answer.status_code == 503
    assert "label store" in answer.json()["error"]


def test_metrics_count_labels_and_requests_by_the_pattern_of_their_route(workspace):
    row = workspace.create("S", "digits")
    workspace.session(row.id).do(Operation("a", "label", (1, 2, 3), 4))
    client = asking(workspace)
    assert client.get(f"/api/sessions/{row.id}/labels").status_code == 200
    assert client.get("/api/sessions/nowhere/labels").status_code == 404
    answer = client.get("/metrics")
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    lines = answer.text.splitlines()
    assert f'ssvae_labels_total{{session="{row.id}"}} 3.0' in lines
    assert f'ssvae_steps_per_second{{session="{row.id}"}} 0.0' in lines
    asked = 'method="GET",route="/api/sessions/{session}/labels"'
    assert f'ssvae_requests_total{{{asked},status="200"}} 1.0' in lines
    assert f'ssvae_requests_total{{{asked},status="404"}} 1.0' in lines
    assert f"ssvae_request_seconds_count{{{asked}}} 2.0" in lines
    assert row.id not in answer.text.partition("ssvae_requests_total")[2]


@pytest.mark.parametrize(
    ("token", "header", "status"),
    [
        (SECRET, f"Bearer {SECRET}", 200),
        (SECRET, "Bearer another", 401),
        (SECRET, "", 401),
        ("short", "Bearer short", 401),
        ("", "Bearer ", 401),
    ],
)
def test_with_a_login_figures_are_for_who_brings_the_token(
    workspace, monkeypatch, token, header, status
):
    monkeypatch.setenv(TOKEN, token)
    client = asking(workspace, lambda request: None)
    assert client.get("/metrics", headers={"authorization": header}).status_code == status
    row = workspace.create("S", "digits")
    other = client.get(f"/api/sessions/{row.id}/labels", headers={"authorization": header})
    assert other.status_code == 401
