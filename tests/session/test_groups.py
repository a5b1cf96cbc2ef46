"""Groups that a session proposes are kept, split and joined; what they were named stays."""

import time

import numpy as np
import pytest

from ssvae_core.data import SOURCES, Dataset
from ssvae_core.errors import Conflict, NotFound, Unavailable, UserError
from ssvae_core.labels.store import Operation
from ssvae_core.protocol.queries_of_spaces import SpaceValues
from ssvae_core.session.groups import ProposedGroups
from ssvae_core.session.model_queries import ModelQueries
from ssvae_core.storage.paths import GROUPS

KINDS = np.repeat([0, 1, 2, 3], [40, 30, 20, 10])
PLACES = np.array([[0, 0], [9, 0], [0, 9], [9, 9.0]])
VALUES = (PLACES[KINDS] + np.random.default_rng(0).normal(0, 0.4, (100, 2))).astype(np.float32)


@pytest.fixture
def session(workspace, monkeypatch):
    """A session on four heaps of points, and a trainer that tells where they lie."""
    data = Dataset("heaps", "Heaps", VALUES, ("a", "b"), KINDS % 2)
    monkeypatch.setitem(SOURCES, "heaps", lambda: data)
    asked = []

    def read_features(self, space=""):
        asked.append(space)
        if space not in ("", "pixels"):
            raise UserError(f"There is no space '{space}' yet.")
        return SpaceValues(1, "pixels", {"pixels": "Values"}, VALUES.astype(np.float16))

    monkeypatch.setattr(ModelQueries, "read_features", read_features)
    session = workspace.session(workspace.create("S", "heaps").id)
    session.asked = asked
    return session


def proposed(session, n=4, **on):
    groups = ProposedGroups(session)
    groups.propose(n, **on)
    return ended(groups)


def ended(groups):
    until = time.monotonic() + 20
    while groups.listed()["working"]:
        assert time.monotonic() < until
        time.sleep(0.01)
    return groups


def members(groups, number):
    data, _ = groups.member_bytes()
    of = np.frombuffer(data[: 2 * len(KINDS)], "<u2")
    return np.flatnonzero(of == number)


def test_each_heap_is_a_group_shown_from_its_medoid_to_its_most_distant_member(session):
    groups = proposed(session)
    found = groups.listed()
    assert [group["size"] for group in found["groups"]] == [40, 30, 20, 10]
    assert (found["space"], found["title"], found["error"]) == ("pixels", "Values", "")
    for kind, group in enumerate(found["groups"]):
        inside = np.flatnonzero(kind == KINDS)
        off = np.linalg.norm(VALUES[inside] - VALUES[inside].mean(0), axis=1)
        assert group["shown"][0] == inside[off.argmin()]
        assert group["shown"][-1] == inside[off.argmax()]
        assert set(group["shown"]) <= set(inside.tolist())


def test_members_are_told_with_what_was_seen_by_eye(session):
    groups = proposed(session)
    session.do(Operation("1", "label", [3], 0))
    session.do(Operation("2", "group", members(groups, 0).tolist(), 1))
    data, _ = groups.member_bytes()
    assert np.flatnonzero(np.frombuffer(data[200:], np.uint8)).tolist() == [3]
    assert session.labels[KINDS == 0].tolist() == [1, 1, 1, 0, *[1] * 36]


def test_what_was_named_stays_when_groups_are_proposed_anew(session):
    groups = proposed(session)
    session.do(Operation("1", "group", members(groups, 1).tolist(), 0))
    before = session.labels.copy()
    groups.propose(9)
    assert len(ended(groups).listed()["groups"]) == 9
    assert np.array_equal(session.labels, before)
    session.do(Operation("2", "undo"))
    assert (session.labels == -1).all()


def test_a_mixed_group_splits_in_two_and_is_joined_again(session):
    groups = proposed(session, 2)
    before = members(groups, 0)
    groups.split(0)
    first, second, *_ = groups.listed()["groups"]
    assert first["half_of"] == second["half_of"] == 0
    halves = [set(KINDS[members(groups, one["id"])]) for one in (first, second)]
    assert len(halves[0]) == len(halves[1]) == 1
    assert not halves[0] & halves[1]
    groups.join(first["id"])
    assert members(groups, 0).tolist() == before.tolist()
    assert [group["id"] for group in groups.listed()["groups"]] == [0, 1]


def test_halves_that_were_split_again_are_joined_in_their_order(session):
    groups = proposed(session, 1)
    groups.split(0)
    one, other = (group["id"] for group in groups.listed()["groups"])
    groups.split(one)
    with pytest.raises(Conflict, match="split again"):
        groups.join(other)
    groups.join(groups.listed()["groups"][0]["id"])
    groups.join(other)
    assert len(groups.listed()["groups"]) == 1


def test_they_are_there_again_when_the_session_is_opened_again(session):
    groups = proposed(session)
    groups.split(0)
    before = groups.listed()["groups"], groups.member_bytes()[0]
    session.asked.clear()
    again = ProposedGroups(session)
    assert (again.listed()["groups"], again.member_bytes()[0]) == before
    assert not session.asked
    again.join(before[0][0]["id"])
    assert len(again.listed()["groups"]) == 4


def test_damaged_groups_and_those_of_other_examples_are_left_out(session):
    proposed(session)
    file = session.folder / GROUPS / "arrays.safetensors"
    whole = file.read_bytes()
    for damage in (b"", whole[:-5], b"x" * len(whole)):
        file.write_bytes(damage)
        assert ProposedGroups(session).listed()["groups"] == []
    file.write_bytes(whole)
    assert ProposedGroups(session).listed()["groups"]
    (session.folder / GROUPS / "manifest.json").write_text("[]")
    assert ProposedGroups(session).listed()["groups"] == []


def test_a_cancelled_search_leaves_what_was_there(session, monkeypatch):
    groups = proposed(session)
    kept = groups.listed()["groups"]
    monkeypatch.setattr(
        "ssvae_core.session.groups.proposing",
        lambda *on: (groups.cancel() or share for share in (0.1, 0.2)),
    )
    groups.propose(7)
    assert ended(groups).listed()["groups"] == kept


def test_what_cannot_be_is_refused_with_what_to_do(session):
    groups = ProposedGroups(session)
    with pytest.raises(Conflict, match="Propose some first"):
        groups.member_bytes()
    for n in (0, 101):
        with pytest.raises(UserError, match="From 1 to 100"):
            groups.propose(n)
    groups = proposed(session)
    with pytest.raises(NotFound):
        groups.split(99)
    with pytest.raises(Conflict, match="nothing to join"):
        groups.join(0)


def test_why_there_are_none_is_told(session, monkeypatch):
    assert "no space 'dreams'" in proposed(session, space="dreams").listed()["error"]

    def away(self, space=""):
        raise Unavailable("The trainer is not running just now.")

    monkeypatch.setattr(ModelQueries, "read_features", away)
    assert "not running" in proposed(session).listed()["error"]
