"""Joining two data sets by the routes: a look before, both stay, and a session goes on."""

from __future__ import annotations

from base64 import b64decode

import numpy as np
import pytest

from benchmarks.app_process import wait_until
from ssvae_core.data import load_dataset
from ssvae_core.labels.history import replay
from ssvae_core.labels.store import Operation
from tests.support.data_routes import ended, error_of, imported, sets
from tests.support.small_files import encoded, picture, write


@pytest.fixture
def larger(client, tmp_path):
    """Eight images of 16 x 16 pixels, in the folders of two classes."""
    for k in range(8):
        write(
            tmp_path / "pictures" / "larger" / "ab"[k % 2] / f"{k}.png", encoded(picture(k, 16, 16))
        )
    return imported(client, path="larger")


@pytest.fixture
def others(client, tmp_path):
    for k in range(6):
        path = tmp_path / "pictures" / "others" / "ba"[k % 2] / f"{k}.png"
        write(path, encoded(picture(50 + k, 12, 12)))
    return imported(client, path="others")


def join(client, **wish):
    answer = client.post("/api/data/joining", json=wish)
    assert answer.status_code == 200, answer.json()
    state = ended(client)
    assert state["state"] == "done", state
    return state["set"]


def test_it_is_shown_before_it_is_done(client, larger, others):
    found = client.get(f"/api/data/joining?set={others}&of={larger}").json()
    assert (found["title"], found["sessions"]) == ("larger and others", [])
    assert "12 x 12 pixels" in found["words"]
    shapes = {name: each["shape"] for name, each in found["pictures"].items()}
    assert shapes == {"before": [12, 12, 1], "after": [16, 16, 1], "other": [16, 16, 1]}
    before = np.frombuffer(b64decode(found["pictures"]["before"]["pixels"]), np.uint8)
    assert np.array_equal(before.reshape(6, 12, 12, 1), load_dataset(others).images)
    assert {each["id"] for each in sets(client)} == {larger, others}


def test_both_become_one_and_stay(client, larger, others):
    new = join(client, set=others, of=larger)
    data = load_dataset(new)
    assert data.domain_counts() == [("larger", 8), ("others", 6)]
    assert data.class_names == ("a", "b")
    assert data.answer_key[8:].tolist() == [0, 0, 0, 1, 1, 1]
    assert {larger, others, new} == {each["id"] for each in sets(client)}
    listed = next(each for each in sets(client) if each["id"] == new)
    assert listed["domain_names"] == ["larger", "others"]
    report = client.get(f"/api/data/sets/{new}/report").json()
    assert report["can_read_again"] is False
    assert "joins two data sets" in report["why_not_again"]


def test_a_session_on_the_first_goes_on_with_its_labels(client, workspace, larger, others):
    session = client.post(f"/api/data/sets/{larger}/open", json={}).json()["session"]
    workspace.session(session).do(Operation("one", "label", (3,), 1))
    shown = client.get(f"/api/data/joining?set={others}&of={larger}").json()
    assert [each["id"] for each in shown["sessions"]] == [session]
    new = join(client, set=others, of=larger, session=session)
    wait_until(lambda: workspace.store.session(session).data == new, 60, "it goes on")
    row = workspace.store.session(session)
    assert row.n_examples == 14
    assert replay(workspace.store.events(session), row.classes).labels == {3: 1}
    found = client.get(f"/api/sessions/{session}/state").json()["data"]
    assert found["domains"] == [{"name": "larger", "n": 8}, {"name": "others", "n": 6}]
    assert larger in {each["id"] for each in sets(client)}


def test_what_cannot_be_is_said(client, larger, others):
    same = client.post("/api/data/joining", json={"set": larger, "of": larger})
    assert (same.status_code, "are the same images" in error_of(same)) == (409, True)
    nobody = client.post("/api/data/joining", json={"set": "none", "of": larger})
    assert (nobody.status_code, "none" in error_of(nobody)) == (404, True)
    wish = {"set": others, "of": larger, "session": "nowhere"}
    no_session = client.post("/api/data/joining", json=wish)
    assert (no_session.status_code, "No session 'nowhere'" in error_of(no_session)) == (404, True)
    wrong = client.post("/api/data/joining", json={**wish, "as_they_are": "yes"})
    assert (wrong.status_code, "true or false" in error_of(wrong)) == (400, True)
    assert error_of(client.get("/api/data/joining?set=mnist&of=none"))
