"""The routes of groups that are proposed, and of what is alike."""

import time

import numpy as np
import pytest

from ssvae_core.data import SOURCES, Dataset
from ssvae_core.protocol.queries_of_spaces import SpaceValues
from ssvae_core.session.model_queries import ModelQueries

PLACES = np.repeat([[0.0, 0.0], [9.0, 0.0], [0.0, 9.0]], 8, 0)
VALUES = (PLACES + np.random.default_rng(0).normal(0, 0.3, (24, 2))).astype(np.float32)


@pytest.fixture
def base(client, workspace, monkeypatch):
    """The address of a session on three heaps of points."""
    data = Dataset("heaps", "Heaps", VALUES, ("a", "b"))
    monkeypatch.setitem(SOURCES, "heaps", lambda: data)
    found = SpaceValues(1, "pixels", {"pixels": "Values"}, VALUES.astype(np.float16))
    monkeypatch.setattr(ModelQueries, "read_features", lambda self, space="": found)
    return f"/api/sessions/{workspace.create('S', 'heaps').id}"


def proposed(client, base, n):
    assert client.post(f"{base}/groups", json={"do": "propose", "n": n}).status_code == 200
    until = time.monotonic() + 20
    while (found := client.get(f"{base}/groups").json())["working"]:
        assert time.monotonic() < until
        time.sleep(0.01)
    return found


def test_a_group_is_named_as_one_act_and_undone_as_one(client, base):
    assert client.get(f"{base}/groups").json()["groups"] == []
    assert client.get(f"{base}/groups/members").status_code == 409
    found = proposed(client, base, 3)
    assert [group["size"] for group in found["groups"]] == [8, 8, 8]
    data = client.get(f"{base}/groups/members").content
    of, seen = np.frombuffer(data[:48], "<u2"), np.frombuffer(data[48:], np.uint8)
    assert not seen.any()
    members = np.flatnonzero(of == 1).tolist()
    ops = [
        {"op_id": "1", "kind": "label", "examples": members[:1], "class": 1},
        {"op_id": "2", "kind": "group", "examples": members, "class": 0},
    ]
    client.post(f"{base}/events", json={"ops": ops})
    labels = np.frombuffer(client.get(f"{base}/labels").content, np.uint8)
    assert labels[members].tolist() == [1, *[0] * 7]
    state = client.get(f"{base}/state").json()
    assert state["undo"] == "8 images as a, named as a group"
    client.post(f"{base}/events", json={"ops": [{"op_id": "3", "kind": "undo"}]})
    labels = np.frombuffer(client.get(f"{base}/labels").content, np.uint8)
    assert labels[members].tolist() == [1, *[255] * 7]


def test_groups_are_split_and_joined(client, base):
    proposed(client, base, 1)
    found = client.post(f"{base}/groups", json={"do": "split", "group": 0}).json()["groups"]
    assert [group["half_of"] for group in found] == [0, 0]
    half = found[0]["id"]
    found = client.post(f"{base}/groups", json={"do": "join", "group": half}).json()["groups"]
    assert [group["id"] for group in found] == [0]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"do": "dance"}, "Choose one of: propose, cancel, split, join"),
        ({"do": "propose", "n": "many"}, "whole numbers"),
        ({"do": "propose", "n": 25}, "From 1 to 24 groups"),
        ({"do": "propose", "space": 7}, "'space' a name"),
        ({"do": "split", "group": 5}, "no group 5"),
    ],
)
def test_what_cannot_be_done_is_refused_in_words(client, base, body, said):
    answer = client.post(f"{base}/groups", json=body)
    assert answer.status_code in (400, 404)
    assert said in answer.json()["error"]


def test_what_is_alike_is_told_by_space(client, base):
    assert client.get(f"{base}/spaces").json() == {
        "spaces": [{"name": "pixels", "title": "Values"}]
    }
    found = client.get(f"{base}/alike?example=3&n=7&by=pixels").json()["examples"]
    assert set(found) == set(range(8)) - {3}
    assert client.get(f"{base}/alike?example=99&by=pixels").status_code == 404
