"""Labels are answered whatever the trainer does; and who asks it waits apart from them.

The trainer is a real process, which is stopped as by SIGSTOP: nothing that goes to it arrives, and
nothing comes back. It is told more than its socket takes.
"""

from __future__ import annotations

import asyncio
import signal
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from ssvae_core.api import routes
from ssvae_core.api.threads import Lane
from ssvae_core.data import SOURCES, Dataset
from ssvae_core.errors import Unavailable
from ssvae_core.protocol.messages import Labels
from ssvae_core.session.trainer_client import Trainer
from ssvae_core.session.workspace import Workspace
from ssvae_core.worker import supervisor

WAIT = 20  # seconds until a test gives up
N = 20  # examples, as many as the plain worker knows
PLAIN_WORKER = (sys.executable, str(Path(__file__).parents[1] / "support" / "plain_worker.py"))


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    """One whose trainers are plain workers, and who ends them does not wait long."""
    patience = partial(supervisor.Patience, stop=0.3, terminate=0.1)
    monkeypatch.setattr(supervisor, "Patience", patience)
    monkeypatch.setitem(Trainer.__init__.__kwdefaults__, "command", PLAIN_WORKER)
    images = np.random.default_rng(0).integers(0, 255, (N, 4, 4, 1), np.uint8)
    data = Dataset("plain", "Plain", images, ("a", "b", "c"))
    monkeypatch.setitem(SOURCES, "plain", lambda: data)
    workspace = Workspace(tmp_path)
    yield workspace
    workspace.close()


@pytest.fixture
def client(workspace):
    """One loop for all its requests, as a server has."""
    with TestClient(
        Starlette(routes=routes(workspace)), base_url="http://127.0.0.1:8501"
    ) as client:
        yield client


@pytest.fixture
def session(workspace, client):
    """One whose trainer is stopped, with more on the way to it than its socket takes."""
    row = workspace.create("S", "plain")
    session = workspace.attend(row.id)
    version = ""
    while session.trainer.state()["state"] not in ("training", "waiting"):
        answer = client.get(f"/api/sessions/{row.id}/state?after={version}&wait=9")
        version = answer.json()["version"]
    process_of(session).send_signal(signal.SIGSTOP)
    much = np.zeros(1_000_000, np.int32)
    session.trainer._worker.send(Labels(0, 0, much, much.astype(np.int16)))
    return session


def process_of(session):
    return session.trainer._worker._process


def label(client, session, op_id):
    op = {"op_id": op_id, "kind": "label", "examples": [len(op_id) % N], "class": 1}
    return client.post(f"/api/sessions/{session.row.id}/events", json={"ops": [op]})


def test_a_label_is_answered_while_every_thread_for_questions_waits(client, session):
    path = f"/api/sessions/{session.row.id}"
    questions = ["map?view=pca"] * 20 + ["review/doubts"] * 15 + ["card?example=3"] * 10
    with ThreadPoolExecutor(len(questions)) as people:
        asked = [people.submit(client.get, f"{path}/{question}") for question in questions]
        while len(session.trainer.queries._waiting) < 31:  # one of those that ask for doubts
            threading.Event().wait(0.01)
        assert label(client, session, "x").json()["results"] == [{"op_id": "x", "seq": 1}]
        assert client.get(f"{path}/labels").status_code == 200
        assert client.get(f"{path}/state?after=older").json()["labels"]["n"] == 1
        assert not any(one.done() for one in asked)
        session.trainer.rest()  # which lets them go
        answers = [one.result(WAIT) for one in asked]
    assert {answer.status_code for answer in answers[:35]} == {503}
    assert "not running" in answers[0].json()["error"]
    assert "not running" in answers[-1].json()["trouble"]


ACTIONS = {
    "pause": lambda client, path: client.post(f"{path}/trainer", json={"command": "pause"}),
    "pretrain": lambda client, path: client.post(f"{path}/trainer", json={"command": "pretrain"}),
    "resume": lambda client, path: client.post(f"{path}/trainer", json={"command": "resume"}),
    "when": lambda client, path: client.post(f"{path}/trainer", json={"when": {"mode": "asked"}}),
    "undo": lambda client, path: client.post(
        f"{path}/events", json={"ops": [{"op_id": "u", "kind": "undo"}]}
    ),
    "another model": lambda client, path: client.post(f"{path}/choices", json={"model": "m2"}),
    "a page that opens": lambda client, path: client.get(f"{path}/state"),
    "the queue": lambda client, path: client.get(f"{path}/queue?n=3"),
}


@pytest.mark.parametrize("name", ACTIONS)
def test_nothing_that_a_page_does_waits_for_a_stopped_trainer(client, session, name):
    process = process_of(session)
    answers = [label(client, session, "x" * (k + 1)) for k in range(10)]
    done = ACTIONS[name](client, f"/api/sessions/{session.row.id}")
    answers.append(label(client, session, "last"))
    assert {answer.status_code for answer in (*answers, done)} == {200}
    if name != "another model":  # which ends it, but is not there to see that
        assert process.poll() is None


def test_another_session_opens_at_once_and_its_trainer_starts(client, session, workspace):
    other = workspace.create("T", "plain")
    process = process_of(session)
    opened = client.get(f"/api/sessions/{other.id}/state")
    assert opened.json()["trainer"]["state"] == "starting"
    assert label(client, session, "x").status_code == 200
    assert label(client, workspace.session(other.id), "y").status_code == 200
    assert process.wait(WAIT) == -signal.SIGKILL
    assert session.trainer.state()["state"] == "paused"


def test_a_label_does_not_wait_until_another_session_is_opened(client, session, workspace):
    other, opening, may_go_on = workspace.create("T", "plain"), threading.Event(), threading.Event()
    open_ = workspace._opened

    def slowly(row):
        opening.set()
        may_go_on.wait(WAIT)
        return open_(row)

    workspace._opened = slowly
    with ThreadPoolExecutor(1) as person:
        asked = person.submit(client.get, f"/api/sessions/{other.id}/labels")
        assert opening.wait(WAIT)
        assert label(client, session, "x").status_code == 200
        may_go_on.set()
        assert asked.result(WAIT).status_code == 200


def test_the_app_ends_with_a_stopped_trainer(session, workspace):
    process = process_of(session)
    workspace.close()
    assert process.wait(WAIT) == -signal.SIGKILL


def test_a_lane_takes_so_many_and_refuses_the_rest_in_words():
    async def crowd():
        lane, go_on = Lane("test", 2, "Too many."), threading.Event()
        inside = [asyncio.create_task(lane.run(go_on.wait, WAIT)) for _ in range(2)]
        await asyncio.sleep(0)
        with pytest.raises(Unavailable, match="Too many"):
            await lane.run(int)
        inside[0].cancel()  # who asked is gone; the thread is not free yet
        await asyncio.sleep(0)
        with pytest.raises(Unavailable, match="Too many"):
            await lane.run(int)
        go_on.set()
        assert await inside[1]
        while True:
            try:
                return await lane.run(int, "7")
            except Unavailable:
                await asyncio.sleep(0)

    assert asyncio.run(crowd()) == 7


def test_a_lane_without_a_refusal_lets_them_wait():
    async def crowd():
        lane = Lane("test", 1)
        return await asyncio.gather(*(lane.run(int, str(k)) for k in range(5)))

    assert asyncio.run(crowd()) == [0, 1, 2, 3, 4]
