"""What the review page shows of a session, asked of a core in the same process."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from ssvae_core.api import routes
from ssvae_core.data import SOURCES
from ssvae_core.labels.store import Operation
from ssvae_core.protocol.queries import CheckLabels
from ssvae_core.session.trainer_client import Trainer
from ssvae_core.session.views.review import Inspection
from ssvae_core.session.workspace import Workspace
from ssvae_core.trainer.open import open_core
from tests.support.small_core import ask as ask_core

FLIPPED = 40  # an example whose label is wrong


@pytest.fixture
def workspace(tmp_path, digits, monkeypatch):
    monkeypatch.setattr(Trainer, "start", lambda self: None)
    monkeypatch.setenv("SSVAE_WORKSPACE", str(tmp_path))
    monkeypatch.setenv("SSVAE_THREADS", "1")
    data = dataclasses.replace(digits, name="small")
    monkeypatch.setitem(SOURCES, "small", lambda: data)
    workspace = Workspace(tmp_path)
    yield workspace
    workspace.close()


@pytest.fixture
def session(workspace):
    """A third of the digits labelled, one of them wrongly, and what propagation says of all."""
    session = workspace.session(workspace.create("S", "small").id)
    key = session.data.answer_key
    for label in range(10):
        chosen = [e for e in range(0, 300, 3) if key[e] == label and e != FLIPPED]
        session.do(Operation(f"l{label}", "label", chosen, label), "ann")
    session.do(Operation("wrong", "label", (FLIPPED,), int(key[FLIPPED] + 1) % 10), "ben")
    teach(session)
    return session


def teach(session):
    """Let a core hear the labels, answer the session's questions, and send one snapshot."""
    opening = session._open()
    core = open_core(
        data=opening.data,
        model="m2",
        config={"latent_dim": 2, "hidden_dim": 16},
        n_classes=opening.n_classes,
        seed=0,
        device="cpu",
        starter=session._starter,
        folder=session.folder,
        generation=opening.generation,
    )
    labels = session.history.labels
    core.command("cancel")
    core.apply(session.history.seq, np.array(list(labels)), np.array(list(labels.values())), 10)

    session.trainer.queries.check_labels = lambda: ask_core(core, CheckLabels)
    session._take_snapshot(core.snapshot())


def test_a_wrong_label_leads_the_list_with_who_gave_it_and_can_be_kept(session):
    inspection = Inspection(session)
    found = inspection.doubts()
    first = found["items"][0]
    assert first["example"] == FLIPPED
    assert first["fits"] == session.data.answer_key[FLIPPED]
    assert (first["who"], first["gap"] > 0) == ("ben", True)
    assert found["checked"] == len(session.history.labels)
    session.do(Operation("keep", "keep", (FLIPPED,), first["label"]))
    assert FLIPPED not in {item["example"] for item in inspection.doubts()["items"]}


def test_the_matrix_counts_every_compared_image_once_and_cells_hold_them(session):
    inspection, key = Inspection(session), session.data.answer_key
    found = inspection.matrix()
    assert found["against"] == "truth"
    counts = np.array(found["counts"])
    unlabelled = session.labels < 0
    assert counts.sum() == found["n"] == unlabelled.sum()
    right = (session.guesses[0] == key)[unlabelled].sum()
    assert np.trace(counts) == right
    row, column = np.argwhere(counts - np.diag(counts.diagonal()))[0]
    cell = inspection.cell("truth", int(row), int(column))
    assert cell["n"] == counts[row, column]
    for item in cell["items"]:
        assert key[item["example"]] == row
        assert session.guesses[0, item["example"]] == column
    by_labels = inspection.matrix("labels")
    assert by_labels["n"] == len(session.history.labels)


def test_an_audit_asks_about_open_images_keeps_its_answers_from_training_and_estimates(session):
    inspection, key = Inspection(session), session.data.answer_key
    asked = inspection.audit(30)
    assert asked["audit"] is None
    examples = asked["next"]
    assert inspection.audit(30)["next"] == examples  # a reload asks about the same
    assert not set(examples) & set(session.history.labels)
    for number, example in enumerate(examples):
        session.do(Operation(f"a{number}", "audit", (example,), int(key[example])))
    assert not set(examples) & set(session.history.labels)
    audit = inspection.audit(20)["audit"]
    right = sum(session.guesses[0, e] == key[e] for e in examples)
    assert (audit["right"], audit["of"]) == (right, 30)
    assert audit["exported"]["low"] < audit["exported"]["share"] < audit["exported"]["high"] < 1
    assert audit["exported"]["n"] == 300
    truth = (session.guesses[0] == key)[session.labels < 0].mean()
    assert audit["guesses"]["low"] < truth < audit["guesses"]["high"]
    assert inspection.matrix("audit")["n"] == 30


def test_people_who_disagree_are_counted_and_a_settled_image_leaves_the_list(session):
    inspection = Inspection(session)
    example = next(iter(session.history.labels))
    said = session.history.labels[example]
    other = (said + 1) % 10
    session.do(Operation("o1", "label", (example,), other), "ben")
    agreed = [e for e in list(session.history.labels)[1:9] if e != FLIPPED]
    for number, e in enumerate(agreed):
        session.do(Operation(f"s{number}", "label", (e,), session.history.labels[e]), "ben")
    found = inspection.disagreements()
    assert [item["example"] for item in found["items"]] == [example]
    assert {vote["who"]: vote["class"] for vote in found["items"][0]["votes"]} == {
        "ann": said,
        "ben": other,
    }
    assert found["agreement"]["people"] == 2
    assert "Cohen's kappa" in found["agreement"]["words"]
    session.do(Operation("settle", "settle", (example,), said), "eve")
    assert inspection.disagreements()["items"] == []
    assert session.history.labels[example] == said


def test_skipped_images_of_a_kind_are_offered_as_a_class(workspace, digits):
    session = workspace.session(workspace.create("S", "small").id)
    key = digits.answer_key
    for label in range(9):
        chosen = np.flatnonzero(key == label)[:6].tolist()
        session.do(Operation(f"l{label}", "label", chosen, label))
    inspection = Inspection(session)
    assert inspection.groups() == {"items": [], "ready": True}
    nines = np.flatnonzero(key == 9)[:5].tolist()
    session.do(Operation("skip", "skip", nines))
    offered = inspection.groups()["items"][0]
    assert set(offered["examples"]) & set(nines)
    assert (key[offered["examples"]] == 9).mean() > 0.5
    assert offered["why"]


def test_the_routes_answer_with_json_and_errors_with_a_sentence(workspace, session):
    client = TestClient(Starlette(routes=routes(workspace)), base_url="http://127.0.0.1:8501")
    base = f"/api/sessions/{session.row.id}/review"
    for name in ("audit", "matrix", "doubts", "disagreements", "groups", "cell?row=1&column=1"):
        assert client.get(f"{base}/{name}").status_code == 200, name
    refused = client.get(f"{base}/matrix?against=nothing")
    assert refused.status_code == 400
    assert "Choose one of: truth, audit, labels" in refused.json()["error"]


def test_a_session_that_was_opened_anew_is_the_one_that_is_looked_at(workspace, session):
    """As it is when the encoder of its data set changes."""
    client = TestClient(Starlette(routes=routes(workspace)), base_url="http://127.0.0.1:8501")
    address = f"/api/sessions/{session.row.id}/review/disagreements"
    labelled = int(np.flatnonzero(session.labels >= 0)[0])
    known = client.get(address).json()
    workspace.warm = lambda name: None
    workspace.begin_anew("small")
    now = workspace.session(session.row.id)
    assert now is not session
    now.do(Operation("other", "label", (labelled,), int(now.labels[labelled] + 1) % 10), "zoe")
    assert client.get(address).json() != known
