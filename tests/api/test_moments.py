"""The time machine over HTTP: what is listed, and what each moment gives."""

from __future__ import annotations

import numpy as np
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from ssvae_core.api import routes
from ssvae_core.data import SOURCES
from ssvae_core.labels.store import Operation
from ssvae_core.protocol.messages import Snapshot
from ssvae_core.session.trainer_client import Trainer
from ssvae_core.session.workspace import Workspace


@pytest.fixture
def workspace(tmp_path, digits, monkeypatch):
    monkeypatch.setattr(Trainer, "start", lambda self: None)
    monkeypatch.setattr(Workspace, "warm", lambda self, name: None)
    monkeypatch.setattr("ssvae_core.atlas.starter_folders.ASSETS", tmp_path)
    monkeypatch.setitem(SOURCES, "small", lambda: digits)
    workspace = Workspace(tmp_path / "workspace")
    yield workspace
    workspace.close()


@pytest.fixture
def session(workspace):
    return workspace.session(workspace.create("Digits", "small", model="m2").id)


@pytest.fixture
def ask(workspace, session):
    client = TestClient(Starlette(routes=routes(workspace)), base_url="http://127.0.0.1:8501")
    return lambda path="": client.get(f"/api/sessions/{session.row.id}/moments{path}")


def say(session, probabilities, columns=9):
    """A snapshot arrives that says this of every example, (N, K)."""
    n_labels = len(session.history.labels)
    shape = (probabilities.shape[1], columns, *session.data.shape)
    session._take_snapshot(
        Snapshot(
            **{"generation": 1, "rev": n_labels + 1, "step": 0, "map_version": 0, "moved": None},
            terms={},
            label_seq=session.history.seq,
            n_labels=n_labels,
            predicted_by="propagation",
            samples=np.full(shape, n_labels, np.uint8),
            probabilities=probabilities.astype(np.float16),
        )
    )


def certain(classes, k=10):
    return np.eye(k, dtype=np.float32)[classes]


def test_each_moment_has_guesses_drawings_a_map_and_a_confusion(session, ask):
    key = session.data.answer_key
    wrong = (key + 1) % 10
    session.do(Operation("a", "label", (0,), int(key[0])))
    say(session, certain(wrong))
    session.do(Operation("b", "label", (1,), int(key[1])))
    say(session, certain(key))
    listed = ask().json()
    assert [about["n_labels"] for about in listed["moments"]] == [1, 2]
    assert listed["hidden"] == 0
    assert (listed["now"]["n_labels"], listed["now"]["id"]) == (2, "now")
    assert listed["now"]["map"] == listed["moments"][0]["map"]
    first, second = (about["id"] for about in listed["moments"])
    n = len(session.data)
    planes = np.frombuffer(ask(f"/{first}/guesses").content, np.uint8).reshape(3, n)
    assert np.array_equal(planes[0], wrong)
    assert planes[2, 0] == key[0]
    assert (planes[2, 1:] == 255).all()
    drawn = np.frombuffer(ask(f"/{second}/drawings").content, np.uint8)
    assert drawn.size == 10 * 4 * 64
    assert (drawn == 2).all()
    places = np.frombuffer(ask(f"/{first}/map").content, "<f4").reshape(n, 2)
    np.testing.assert_allclose(places, session.xy, atol=1e-4)
    before, now = (ask(f"/{name}/confusion").json() for name in (first, second))
    assert (before["right"], before["n"], before["against"]) == (0, n - 1, "truth")
    assert (now["right"], now["n"]) == (n - 2, n - 2)
    assert np.trace(now["counts"]) == n - 2
    since = ask(f"/{first}/confusion?against=labels").json()
    assert (since["right"], since["n"], since["title"]) == (0, 1, "the labels of today")


def test_classes_count_as_they_do_now(session, ask):
    session.do(Operation("a", "label", (0,), 3))
    guesses = np.full(len(session.data), 3)
    guesses[5:] = 4
    say(session, certain(guesses))
    session.do(Operation("m", "class-merge", label=3, text="7"))
    session.do(Operation("d", "class-delete", label=4))
    name = ask().json()["moments"][0]["id"]
    planes = np.frombuffer(ask(f"/{name}/guesses").content, np.uint8).reshape(3, -1)
    assert set(planes[0, :5]) == {7}
    assert set(planes[0, 5:]) == {255}
    assert planes[2, 0] == 7


def test_without_moments_there_is_an_empty_list_and_an_unknown_one_is_a_sentence(ask):
    assert ask().json()["moments"] == []
    assert ask().json()["now"] is None
    for what in ("guesses", "drawings", "map", "confusion"):
        refused = ask(f"/x/{what}")
        assert refused.status_code == 404
        assert refused.json()["error"] == "This moment is not kept any longer. Choose another."


def test_what_is_shown_now_is_a_moment_too(session, ask):
    assert ask("/now/guesses").status_code == 409
    assert ask("/now/drawings").status_code == 404
    key = session.data.answer_key
    session.do(Operation("a", "label", (0,), int(key[0])))
    say(session, certain(key))
    planes = np.frombuffer(ask("/now/guesses").content, np.uint8).reshape(3, -1)
    assert np.array_equal(planes[0], key)
    assert (planes[1] == 255).all()
    assert planes[2, 0] == key[0]
    assert len(ask("/now/drawings").content) == 10 * 4 * 64
    assert np.array_equal(np.frombuffer(ask("/now/map").content, "<f4"), session.xy.ravel())
    found = ask("/now/confusion").json()
    assert found["right"] == found["n"] == len(key) - 1
