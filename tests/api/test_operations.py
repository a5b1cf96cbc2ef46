"""What comes as an operation: each is read by itself, and answered by itself."""

from __future__ import annotations

import json
import threading

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from ssvae_core.api import routes
from ssvae_core.api.operations import read_operation
from ssvae_core.errors import UserError
from ssvae_core.labels.store import LabelStore, NotSaved, Operation
from ssvae_core.session.session import Session

GOOD = {"op_id": "good", "kind": "label", "examples": [1], "class": 3}
WRONG = [
    '{"kind": "label", "examples": 3, "class": 1}',
    '{"kind": "label", "examples": "12", "class": 1}',
    '{"kind": "label", "examples": {"0": 1}, "class": 1}',
    '{"kind": "label", "examples": [NaN], "class": 1}',
    '{"kind": "label", "examples": [1e400], "class": 1}',
    '{"kind": "label", "examples": [[1]], "class": 1}',
    '{"kind": "label", "examples": [null], "class": 1}',
    '{"kind": "label", "examples": [true], "class": 1}',
    '{"kind": "label", "examples": [1.0], "class": 1}',
    '{"kind": "label", "examples": [1], "class": NaN}',
    '{"kind": "label", "examples": [1], "class": "1"}',
    '{"kind": "label", "examples": [1], "class": true}',
    '{"kind": "label", "examples": [1], "class": 1e2}',
    '{"kind": "label", "examples": [1], "class": 1, "map_version": "1"}',
    '{"kind": "label", "examples": [1], "class": 1, "map_version": NaN}',
    '{"kind": "label", "examples": [1], "class": 1, "map_version": true}',
    '{"kind": ["label"], "examples": [1], "class": 1}',
    '{"kind": {}, "examples": [1], "class": 1}',
    '{"kind": "label\\ud800", "examples": [1], "class": 1}',
    '{"kind": "stop"}',
    '{"kind": "class-add", "name": 5}',
    '{"kind": "class-add", "name": []}',
    '{"kind": "class-add", "name": "\\u200b"}',
    '{"kind": "class-add"}',
    '{"kind": "class-colour", "class": 1, "colour": 3}',
    '{"kind": "class-merge", "class": 1, "into": "2"}',
    '{"kind": "class-merge", "class": 1, "into": 2.5}',
    '{"kind": "class-order", "order": "[1, 2]"}',
    '{"kind": "class-order", "order": [[[[1]]]]}',
    '{"kind": "class-order", "order": [1, 99]}',
    '{"kind": "class-order", "order": [NaN]}',
    "{}",
]


@pytest.fixture
def session(workspace):
    return workspace.create("Digits")


@pytest.fixture
def client(workspace):
    return TestClient(
        Starlette(routes=routes(workspace)),
        base_url="http://127.0.0.1:8501",
        raise_server_exceptions=False,
    )


def post(client, session, ops):
    return client.post(
        f"/api/sessions/{session.id}/events",
        content=f'{{"ops": [{", ".join(ops)}]}}',
        headers={"content-type": "application/json"},
    )


def test_of_a_batch_of_all_that_is_wrong_the_good_ones_are_stored(client, session):
    wrong = [f'{{"op_id": "{k}", {op[1:]}'.replace(", }", "}") for k, op in enumerate(WRONG)]
    first, last = (
        json.dumps(GOOD | {"op_id": name, "examples": [k]}) for k, name in enumerate("ab")
    )
    answer = post(client, session, [first, *wrong, last])
    assert answer.status_code == 200
    by_id = {result["op_id"]: result for result in answer.json()["results"]}
    assert by_id["a"]["seq"] == 1
    assert by_id["b"]["seq"] == 2
    for k, op in enumerate(WRONG):
        assert by_id[str(k)]["error"].endswith("."), op
    assert len(by_id) == len(WRONG) + 2


@pytest.mark.parametrize(
    "strange", ["3", "null", "[]", '"op"', "NaN", "{}", '{"op_id": 7}', '{"op_id": "\\ud800"}']
)
def test_what_is_no_operation_or_has_no_id_is_answered_without_one(client, session, strange):
    answer = post(client, session, [strange, json.dumps(GOOD)])
    nothing, good = answer.json()["results"]
    assert nothing["op_id"] is None
    assert nothing["error"].endswith(".")
    assert good == {"op_id": "good", "seq": 1}


def test_where_the_disk_gives_out_within_a_batch_what_is_stored_is_answered(
    client, session, monkeypatch
):
    append = LabelStore.append

    def until_full(self, session_id, op, *rest):
        if op.op_id == "third":
            raise NotSaved("The label is NOT saved: the disk is full.")
        return append(self, session_id, op, *rest)

    monkeypatch.setattr(LabelStore, "append", until_full)
    ops = [json.dumps(GOOD | {"op_id": name}) for name in ("first", "second", "third", "fourth")]
    answer = post(client, session, ops)
    assert [result["op_id"] for result in answer.json()["results"]] == ["first", "second"]
    answer = post(client, session, ops[2:])
    assert (answer.status_code, "disk is full" in answer.json()["error"]) == (503, True)


def test_a_bug_in_one_operation_leaves_it_unanswered_and_the_others_stored(
    client, session, monkeypatch
):
    do = Session.do

    def broken(self, op, *rest):
        return 1 / 0 if op.op_id == "bug" else do(self, op, *rest)

    monkeypatch.setattr(Session, "do", broken)
    bug = json.dumps(GOOD | {"op_id": "bug"})
    answer = post(client, session, [bug, json.dumps(GOOD)])
    assert answer.json()["results"] == [{"op_id": "good", "seq": 1}]
    assert post(client, session, [bug]).status_code == 500


def test_an_id_that_was_used_for_something_else_is_refused_and_not_acknowledged(client, session):
    post(client, session, [json.dumps(GOOD)])
    other = json.dumps(GOOD | {"class": 4})
    [result] = post(client, session, [other]).json()["results"]
    assert "Something else was stored under the id 'good'" in result["error"]


def test_a_class_that_three_requests_add_at_once_is_there_once(client, session):
    for round_ in range(5):
        begin, results = threading.Barrier(3), []

        def add(k, round_=round_, begin=begin, results=results):
            op = {"op_id": f"{round_}-{k}", "kind": "class-add", "name": f"newt {round_}"}
            begin.wait()
            results.extend(post(client, session, [json.dumps(op)]).json()["results"])

        threads = [threading.Thread(target=add, args=(k,)) for k in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sum("error" in result for result in results) == 2
    names = [c["name"] for c in client.get(f"/api/sessions/{session.id}/state").json()["classes"]]
    assert sorted(names)[-5:] == [f"newt {k}" for k in range(5)]
    assert len(names) == len(set(names)) == 15


def test_two_classes_merged_into_each_other_by_two_requests_are_one(client, session):
    for round_ in range(5):
        begin = threading.Barrier(2)
        one, other = 2 * round_, 2 * round_ + 1

        def merge(label, into, begin=begin):
            op = {"op_id": f"{label}", "kind": "class-merge", "class": label, "into": into}
            begin.wait()
            post(client, session, [json.dumps(op)])

        threads = [
            threading.Thread(target=merge, args=pair) for pair in ((one, other), (other, one))
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(client.get(f"/api/sessions/{session.id}/state").json()["classes"]) == 5


def test_fields_mean_what_they_say():
    assert read_operation({"op_id": "a", "kind": "class-merge", "class": 1, "into": 2}) == (
        Operation("a", "class-merge", (), 1, "2"),
        None,
    )
    order = {"op_id": "a", "kind": "class-order", "order": [2, 1], "class": None}
    assert read_operation(order)[0].text == "[2, 1]"
    given = {"op_id": "a", "kind": "label", "examples": [1], "class": 2, "map_version": 4}
    assert read_operation(given) == (Operation("a", "label", (1,), 2), 4)
    with pytest.raises(UserError, match="'name' must be a text, got int"):
        read_operation({"op_id": "a", "kind": "class-rename", "class": 1, "name": 7})
