"""The HTTP routes, on real sessions; their trainers are off, which saves 5 s a test."""

from __future__ import annotations

import uuid
from types import SimpleNamespace

import numpy as np
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from ssvae_core.api import routes
from ssvae_core.api.labelling import MOST_IMAGES
from ssvae_core.atlas.atlas import N_NEIGHBOURS, Atlas
from ssvae_core.data import ASSETS, load_dataset
from ssvae_core.protocol.messages import Status
from ssvae_core.session.session import Session
from ssvae_core.session.views.labelling import BACK_AFTER

N = 60_000


@pytest.fixture
def session(workspace):
    return workspace.create("Digits")


def op(kind="label", op_id=None, **fields):
    return {"op_id": op_id or str(uuid.uuid4()), "kind": kind, **fields}


def do(client, session, *ops):
    return client.post(f"/api/sessions/{session.id}/events", json={"ops": list(ops)})


def state(client, session):
    return client.get(f"/api/sessions/{session.id}/state").json()


def test_a_new_session_has_no_labels_and_a_map(client, session):
    shown = state(client, session)
    nothing = dict.fromkeys(("seq", "n", "held", "unsure", "junk", "skipped"), 0)
    assert shown["labels"] == {**nothing, "saved_at": None}
    assert shown["data"]["n"] == N
    assert shown["data"]["shape"] == [28, 28, 1]
    assert shown["snapshot"] is shown["accuracy"] is shown["undo"] is shown["redo"] is None
    assert [c["key"] for c in shown["classes"]] == list("0123456789")
    answer = client.get(f"/api/sessions/{session.id}/map")
    xy = np.frombuffer(answer.content, "<f4").reshape(N, 2)
    assert answer.headers["X-Version"] == str(shown["map"]["version"])
    assert xy.min() >= 0
    assert xy.max() <= 1


def test_a_label_is_in_the_next_state_and_in_the_bytes(client, session):
    answer = do(client, session, op(examples=[5, 7], **{"class": 3}))
    assert answer.status_code == 200
    assert answer.json()["seq"] == 2
    shown = state(client, session)
    assert shown["labels"]["n"] == 2
    assert shown["labels"]["saved_at"] == pytest.approx(answer.json()["saved_at"])
    assert shown["classes"][3]["count"] == 2
    assert shown["undo"] == "2 images as 3"
    labels = np.frombuffer(client.get(f"/api/sessions/{session.id}/labels").content, np.uint8)
    assert np.flatnonzero(labels != 255).tolist() == [5, 7]
    assert labels[5] == 3


def test_undo_and_redo_are_operations_like_any_other(client, session):
    do(client, session, op(examples=[5], **{"class": 3}))
    assert state(client, session)["redo"] is None
    do(client, session, op("undo"))
    shown = state(client, session)
    assert shown["labels"]["n"] == 0
    assert shown["redo"] == "image 5 as 3"
    do(client, session, op("redo"))
    assert state(client, session)["labels"]["n"] == 1


def test_the_same_operation_sent_twice_counts_once(client, session):
    twice = op(examples=[5], **{"class": 3})
    first, second = do(client, session, twice), do(client, session, twice)
    assert first.json()["results"] == second.json()["results"]
    assert state(client, session)["labels"]["seq"] == 1


def test_one_refused_operation_does_not_hold_up_the_others(client, session):
    answer = do(
        client,
        session,
        op("undo", "a"),
        op(op_id="b", examples=[N], **{"class": 3}),
        op(op_id="c", examples=[1], **{"class": 10}),
        op(op_id="d", examples=[1], **{"class": 9}),
    ).json()
    by_id = {result["op_id"]: result for result in answer["results"]}
    assert "nothing to undo" in by_id["a"]["error"]
    assert f"no image {N}" in by_id["b"]["error"]
    assert "There is no class 10" in by_id["c"]["error"]
    assert by_id["d"]["seq"] == 1


def test_images_come_in_the_order_asked_for(client, session):
    fingerprint = state(client, session)["data"]["fingerprint"]
    answer = client.get(f"/api/data/{fingerprint}/images?ids=9,2")
    images = np.frombuffer(answer.content, np.uint8).reshape(2, 28, 28, 1)
    np.testing.assert_array_equal(images, load_dataset("mnist").images[[9, 2]])
    assert "immutable" in answer.headers["Cache-Control"]


@pytest.mark.parametrize("ids", ["", "-1", str(N), "x", ",".join(["1"] * (MOST_IMAGES + 1))])
def test_images_that_are_not_there_are_refused_in_words(client, session, ids):
    fingerprint = state(client, session)["data"]["fingerprint"]
    answer = client.get(f"/api/data/{fingerprint}/images?ids={ids}")
    assert answer.status_code == 400
    assert answer.json()["error"].endswith(".")


def test_the_queue_asks_about_images_without_a_label(client, session):
    ask = f"/api/sessions/{session.id}/queue?strategy=auto&n=12"
    first = client.get(ask).json()["items"]
    assert len({item["example"] for item in first}) == 12
    assert all(item["why"].endswith(".") for item in first)
    gone = [item["example"] for item in first[:3]]
    do(client, session, op(examples=gone[:2], **{"class": 0}))
    second = client.get(f"{ask}&without={gone[2]}").json()["items"]
    assert not {item["example"] for item in second} & set(gone)


def test_every_strategy_is_offered_and_an_unknown_one_is_refused(client, session):
    queue = f"/api/sessions/{session.id}/queue?strategy="
    for strategy in client.get(queue + "auto").json()["strategies"]:
        about = "&class=3" if strategy["needs_class"] else ""
        assert client.get(queue + strategy["name"] + about).status_code == 200
        assert strategy["about"].endswith(".")
    refused = client.get(queue + "least-sure")
    assert "needs a class to ask about" in refused.json()["error"]
    answer = client.get(queue + "entrpy")
    assert answer.status_code == 400
    assert answer.json()["error"].startswith("Unknown strategy 'entrpy'. Choose one of: auto,")


def test_a_request_for_the_state_is_held_until_something_changes(client, session):
    version = state(client, session)["version"]
    held = client.get(f"/api/sessions/{session.id}/state?after={version}&wait=0.1").json()
    assert held["version"] == version
    do(client, session, op(examples=[1], **{"class": 1}))
    changed = client.get(f"/api/sessions/{session.id}/state?after={version}&wait=20").json()
    assert changed["version"] != version


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "http://127.0.0.1:9999"},
        {"Origin": "null"},
        {"Host": "evil.example"},  # DNS rebinding
    ],
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_pages_of_other_sites_are_refused(client, session, headers, method):
    path = "state" if method == "get" else "events"
    send = {"json": {"ops": [op(examples=[1], **{"class": 1})]}} if method == "post" else {}
    answer = getattr(client, method)(f"/api/sessions/{session.id}/{path}", headers=headers, **send)
    assert answer.status_code == 400
    assert state(client, session)["labels"]["n"] == 0


@pytest.mark.parametrize(
    ("body", "content_type", "says"),
    [
        (b"{}", "text/plain", "content type application/json"),
        (b"{", "application/json", "not JSON"),
        (b"[]", "application/json", "Expected a JSON object, got list"),
        (b"{}", "application/json", "Expected a list 'ops', got NoneType"),
        (b'{"ops": {"0": {}}}', "application/json", "Expected a list 'ops', got dict"),
    ],
)
def test_a_malformed_post_is_refused_in_words(client, session, body, content_type, says):
    answer = client.post(
        f"/api/sessions/{session.id}/events", content=body, headers={"content-type": content_type}
    )
    assert answer.status_code == 400
    assert says in answer.json()["error"]


def test_an_unknown_session_is_a_sentence(client):
    answer = client.get("/api/sessions/nowhere/state")
    assert answer.status_code == 404
    assert "There is no session 'nowhere'" in answer.json()["error"]


def test_without_a_trainer_a_redrawing_is_refused_and_labels_are_not(client, session):
    answer = client.get(f"/api/sessions/{session.id}/redraw?example=3")
    assert answer.status_code == 503
    assert answer.json()["error"].endswith(".")
    assert do(client, session, op(examples=[1], **{"class": 1})).status_code == 200


def test_a_bug_gives_one_sentence_and_the_traceback_goes_to_the_log(
    client, session, monkeypatch, caplog
):
    monkeypatch.setattr(Session, "label_bytes", lambda self: 1 / 0)
    answer = client.get(f"/api/sessions/{session.id}/labels")
    assert answer.status_code == 500
    assert answer.json() == {
        "error": "Something went wrong in the app; its log says what. Try again."
    }
    assert "ZeroDivisionError" in caplog.text


def test_an_unknown_command_is_refused(client, session):
    answer = client.post(f"/api/sessions/{session.id}/trainer", json={"command": "explode"})
    assert answer.status_code == 400
    assert "Unknown command 'explode'" in answer.json()["error"]


def test_epochs_are_how_often_the_steps_have_gone_through_all_images(client, workspace, session):
    assert state(client, session)["trainer"]["epochs"] == 0
    opened = workspace.session(session.id)
    opened.trainer._status = Status(1, "training", step=500)
    opened.choose(model="m2", batch=96)  # 32 labelled, 64 unlabelled a step
    assert state(client, session)["trainer"]["epochs"] == 500 * 64 / len(opened.data)


def test_when_the_model_trains_is_chosen_and_nonsense_is_refused_in_words(client, session):
    def choose(**when):
        return client.post(f"/api/sessions/{session.id}/trainer", json={"when": when})

    assert state(client, session)["trainer"]["when"]["mode"] == "always"
    assert choose(mode="labels", labels=25).status_code == 200
    assert state(client, session)["trainer"]["when"] == {
        "mode": "labels", "labels": 25, "seconds": 5.0,
    }  # fmt: skip
    for wrong, says in [
        ({"mode": "sometimes"}, "Unknown way to train: 'sometimes'"),
        ({"mode": "labels", "labels": 0}, "not after 0"),
        ({"mode": "quiet", "seconds": "x"}, "must be numbers"),
    ]:
        answer = choose(**wrong)
        assert answer.status_code in (400, 404)
        assert says in answer.json()["error"]
    assert state(client, session)["trainer"]["when"]["labels"] == 25


def refused(client, session, operation):
    [result] = do(client, session, operation).json()["results"]
    return result.get("error", "")


def test_classes_are_added_renamed_recoloured_ordered_merged_and_deleted(client, session):
    do(
        client,
        session,
        op("class-add", name="seven with a bar"),
        op(examples=[1, 2], **{"class": 10}),
        op("class-rename", **{"class": 10}, name="bar"),
        op("class-colour", **{"class": 10}, colour="#102030"),
        op("class-order", order=[10, 3]),
    )
    [first, second, *_] = state(client, session)["classes"]
    assert first == {
        "id": 10, "name": "bar", "key": "0", "glyph": "B", "colour": "#102030", "count": 2,
    }  # fmt: skip
    assert (second["id"], second["key"]) == (3, "1")
    do(client, session, op("class-merge", **{"class": 10}, into=7))
    shown = state(client, session)
    assert [known["count"] for known in shown["classes"] if known["id"] == 7] == [2]
    assert 10 not in [known["id"] for known in shown["classes"]]
    assert shown["undo"] == "bar merged into 7"
    do(client, session, op("class-delete", **{"class": 7}))
    assert state(client, session)["labels"]["n"] == 0
    do(client, session, op("undo"), op("undo"))
    assert [c["count"] for c in state(client, session)["classes"] if c["id"] == 10] == [2]


def test_the_answer_to_a_new_class_names_its_id_also_when_it_is_sent_again(client, session):
    adding = op("class-add", op_id="once", name="ten")
    answers = [do(client, session, adding).json()["results"][0] for _ in range(2)]
    assert [answer["class"] for answer in answers] == [10, 10]
    [other] = do(client, session, op("class-add", name="eleven")).json()["results"]
    assert other["class"] == 11
    [label] = do(client, session, op(examples=[1], **{"class": 11})).json()["results"]
    assert "class" not in label


def test_a_class_taken_back_keeps_its_name_in_the_history(client, session):
    do(client, session, op("class-add", name="comet"), op(examples=[1], **{"class": 10}))
    do(client, session, op("undo"), op("undo"))
    shown = state(client, session)
    assert len(shown["classes"]) == 10
    history = client.get(f"/api/sessions/{session.id}/history").json()["operations"]
    assert [done["words"] for done in history] == ["image 1 as comet", "new class comet"]


def test_the_history_says_how_many_steps_lead_to_an_operation(client, session):
    for example in range(4):
        do(client, session, op(op_id=f"{example}", examples=[example], **{"class": 1}))
    do(client, session, op("undo"), op("undo"))

    def steps():
        found = client.get(f"/api/sessions/{session.id}/history").json()
        return {o["op_id"]: o["steps"] for o in found["operations"]}, found["to_the_beginning"]

    assert steps() == ({"0": 1, "1": 0, "2": -1, "3": -2}, 2)
    do(client, session, op("redo"), op("redo"))
    assert steps() == ({"0": 3, "1": 2, "2": 1, "3": 0}, 4)
    do(client, session, op("undo"), op(op_id="4", examples=[9], **{"class": 1}))
    assert steps() == ({"0": 3, "1": 2, "2": 1, "3": None, "4": 0}, 4)  # 3 is gone for good


def test_a_class_that_is_gone_or_has_the_name_of_another_is_refused_in_words(client, session):
    do(client, session, op("class-delete", **{"class": 4}))
    assert "no class 4 to give" in refused(client, session, op(examples=[1], **{"class": 4}))
    assert "any more" in refused(client, session, op("class-rename", **{"class": 4}, name="x"))
    assert "a class '7' already" in refused(client, session, op("class-add", name="7"))
    assert refused(client, session, op("class-add", name="4")) == ""


def test_an_operation_sent_again_is_not_refused_for_what_it_did_itself(client, session):
    adding = op("class-add", op_id="once", name="ten")
    assert refused(client, session, adding) == ""
    assert refused(client, session, adding) == ""
    assert len(state(client, session)["classes"]) == 11


def test_states_are_bytes_of_their_own_and_are_not_asked_about(client, session):
    asked = [
        item["example"]
        for item in client.get(f"/api/sessions/{session.id}/queue?n=4").json()["items"]
    ]
    kinds = ("unsure", "junk", "skip", "audit")
    do(
        client,
        session,
        *(op(kind, examples=[e], **{"class": 5}) for kind, e in zip(kinds, asked, strict=True)),
    )
    labels = np.frombuffer(client.get(f"/api/sessions/{session.id}/labels").content, np.uint8)
    assert labels[asked].tolist() == [254, 253, 252, 5]
    shown = state(client, session)["labels"]
    assert {name: shown[name] for name in ("n", "held", "unsure", "junk", "skipped")} == {
        "n": 1, "held": 1, "unsure": 1, "junk": 1, "skipped": 1,
    }  # fmt: skip
    typical = f"/api/sessions/{session.id}/queue?n=100&strategy=typical"
    again = client.get(typical).json()["items"]
    assert not set(asked) & {item["example"] for item in again}
    for example in range(BACK_AFTER):
        do(client, session, op(examples=[example], **{"class": 1}))
    again = client.get(typical).json()["items"]
    assert asked[2] in {item["example"] for item in again}  # the skipped one comes back
    assert not {asked[0], asked[1], asked[3]} & {item["example"] for item in again}


def test_everybody_has_a_name_their_own_undo_and_their_place_in_the_history(workspace, session):
    ann, ben = (
        TestClient(
            Starlette(routes=routes(workspace)),
            base_url="http://127.0.0.1:8501",
            cookies={"ssvae_person": name},
        )
        for name in ("Ann%20B%C3%B6", "ben")
    )
    do(ann, session, op(examples=[1], **{"class": 3}))
    do(ben, session, op(examples=[2, 4], **{"class": 5}))
    assert state(ann, session)["undo"] == "image 1 as 3"
    assert state(ben, session)["undo"] == "2 images as 5"
    assert state(ben, session)["people"] == [{"name": "ben", "n": 2}, {"name": "Ann Bö", "n": 1}]
    do(ann, session, op("undo"))
    history = ben.get(f"/api/sessions/{session.id}/history").json()
    assert [(o["who"], o["words"], o["standing"], o["yours"]) for o in history["operations"]] == [
        ("ben", "2 images as 5", True, True),
        ("Ann Bö", "image 1 as 3", False, False),
    ]


def test_a_selection_made_on_an_older_map_is_refused_and_never_misapplied(client, session):
    version = state(client, session)["map"]["version"]
    assert refused(client, session, op(examples=[1], map_version=version, **{"class": 1})) == ""
    old = op(examples=[2], map_version=version - 1, **{"class": 1})
    assert "The map has moved" in refused(client, session, old)
    assert state(client, session)["labels"]["n"] == 1


def test_neighbours_are_the_atlas_nearest_first(client, session):
    path = f"/api/sessions/{session.id}/neighbours"
    found = client.get(f"{path}?example=7&n=25").json()["examples"]
    atlas = Atlas.load(ASSETS / "starter" / "mnist" / "atlas")
    assert set(found[:10]) == set(atlas.neighbours[7, :N_NEIGHBOURS].tolist())
    assert found[:7] == atlas.neighbours[7, :7].tolist()  # later ones tie
    assert len(set(found) - {7}) == 25
    assert client.get(f"{path}?example={N}").status_code == 404


def test_a_card_says_what_is_known_while_the_trainer_is_away(client, session):
    card = client.get(f"/api/sessions/{session.id}/card?example=7").json()
    assert card["example"] == 7
    assert card["guesses"] == card["redrawn"] == card["bounds"] == card["nearest"] == []
    assert card["trouble"].endswith(".")
    assert client.get(f"/api/sessions/{session.id}/card?example={N}").status_code == 404


def test_who_named_an_image_is_who_gave_what_stands(client, session, monkeypatch):
    path = f"/api/sessions/{session.id}/annotators"
    assert client.get(path).json() == {"seq": 0, "people": [], "examples": [], "of": []}
    for who, examples, label in (("Ana", [5, 7], 3), ("Bo", [7], 4), ("", [9], 1)):
        client.cookies.set("ssvae_person", who)
        do(client, session, op(examples=examples, **{"class": label}))
    found = client.get(path).json()
    names = {i: found["people"][k] for i, k in zip(found["examples"], found["of"], strict=True)}
    assert names == {5: "Ana", 7: "Bo", 9: ""}


def test_the_oddest_is_255_and_what_nobody_asked_about_is_0(client, session, workspace):
    path = f"/api/sessions/{session.id}/odd"
    assert not any(client.get(path).content)
    anomaly = np.full(N, np.nan, np.float16)
    anomaly[[3, 8, 6]] = -1.0, 2.0, 0.5
    workspace.session(session.id).snapshot = SimpleNamespace(anomaly=anomaly, generation=1, rev=1)
    ranks = np.frombuffer(client.get(path).content, np.uint8)
    assert {i: int(ranks[i]) for i in np.flatnonzero(ranks)} == {3: 1, 6: 128, 8: 255}
