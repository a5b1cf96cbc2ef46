"""The compare page's routes: models are added, trained in a process, judged, and put into use."""

from __future__ import annotations

import numpy as np
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from ssvae_core.api import routes
from ssvae_core.comparison.plan import folder_of
from ssvae_core.comparison.replay import replayed
from ssvae_core.comparison.training import Ground, MemberProgress, train_planned
from ssvae_core.labels.store import Operation
from ssvae_core.session.trainer_client import Trainer
from tests.support.small_comparison import labelled_session, until

TINY = {"hidden_dim": 16, "latent_dim": 3}
BUDGET = 1.5


@pytest.fixture
def session(workspace, digits):
    return labelled_session(workspace, digits, audit=30)


@pytest.fixture
def here(workspace, monkeypatch):
    """What trains does so in this process, which takes a second less."""

    def trained(root, session_id):
        session = workspace.session(session_id)
        yield MemberProgress("", "starting", 0.0, None)
        folder, ground = folder_of(session.folder), Ground.of(session, root)
        yield from train_planned(folder, ground, len(session.data))

    monkeypatch.setattr("ssvae_core.comparison.comparison.trained_apart", trained)


@pytest.fixture
def base(session):
    return f"/api/sessions/{session.row.id}/compare"


def begin(client, base, *models, **more):
    """Add these models; the answer."""
    wanted = [{"model": name, "config": config} for name, config in models]
    answer = client.post(base, json={"do": "add", "models": wanted, "budget": BUDGET, **more})
    assert answer.status_code == 200, answer.text
    return answer.json()


def ended(client, base):
    """The state once the job has ended."""

    def state():
        found = client.get(base).json()
        return found if found["job"] and found["job"]["state"] != "running" else None

    return until(state)


def by_model(state):
    return {each["model"]: each for each in state["members"]}


def test_before_there_is_a_model_it_says_what_to_begin_with(client, base, session):
    found = client.get(base).json()
    assert found["members"] == []
    assert found["ladder"] == []
    assert found["job"] is None
    assert found["can_begin"] == ""
    assert found["labels"]["n"] == 40
    assert {each["name"] for each in found["labels"]["people"]} >= {"Ann", "Ben"}
    assert found["trio"][0] == {"model": session.row.model, "config": {}}
    assert len({each["model"] for each in found["trio"]}) == 3
    assert {"guided", "m1", "aae", "sdgm"} <= {each["name"] for each in found["models"]}
    menu = next(each for each in found["models"] if each["name"] == "m1")
    assert set(menu["options"]) == {"networks", "likelihood", "batch", "autoencoder", "encoder"}
    seen_by = menu["options"]["encoder"]
    assert seen_by["value"] == "contrastive"  # the data set's
    values = {option["value"]: option.get("argument", "") for option in seen_by["options"]}
    assert values["efficientnet-lite0"] == ""
    assert values["onnx"] == "FILE"
    width = next(knob for knob in menu["knobs"] if knob["name"] == "width")
    assert width["low"] <= width["default"] <= width["high"]
    assert width["help"]


def test_two_models_learn_the_labels_in_their_order_and_all_of_it_is_kept(
    client, base, session, here
):
    session.choose(anew=True, model="m2", **TINY)
    found = begin(client, base, ("m1", {}))
    assert [each["model"] for each in found["members"]] == ["m2", "m1"]
    assert found["job"]["state"] == "running"
    state = ended(client, base)
    assert state["job"] == state["job"] | {"state": "done", "share": 1.0, "member": None}
    assert state["ladder"] == [10, 20, 40]
    assert (state["by"], state["judged"]["n"]) == ("truth", 230)
    m2, m1 = state["members"]
    assert (m2["in_use"], m1["in_use"]) == (True, False)
    for member in (m2, m1):
        assert (member["state"], member["reached"]) == ("done", [10, 20, 40])
        assert member["config"] == (TINY if member is m2 else {})
        for result in member["results"].values():
            error = result["error"]
            assert 0 <= error["low"] <= error["share"] <= error["high"] <= 1
            assert error["n"] == 230
        assert member["results"]["40"]["draws"]["rows"] == 4
    assert m2["results"]["40"]["bound"]["counts"] == "the image"
    assert m1["results"]["40"]["bound"]["counts"].startswith("z1")
    assert m2["results"]["40"]["pair"] is None
    assert m1["results"]["40"]["pair"]["words"].endswith(".")
    assert m1["results"]["40"]["error"]["share"] < 0.5
    assert "batch" in m1["differs"]
    assert m2["seconds"] > 0

    guesses = client.get(f"{base}/guesses?member={m1['id']}&labels=40")
    planes = np.frombuffer(guesses.content, np.uint8).reshape(2, 300)
    labelled = replayed(session.history)
    assert (planes[0, labelled.examples] == labelled.classes).all()
    key = session.answer_key()
    rest = session.labels < 0
    wrong = float((planes[0] != key)[rest].mean())
    assert wrong == pytest.approx(m1["results"]["40"]["error"]["share"])
    together = client.get(f"{base}/guesses?member={m2['id']}&labels=40&of=together")
    assert len(together.content) == 600
    draws = client.get(f"{base}/draws?member={m2['id']}&labels=20").content
    n_classes = len(m2["results"]["20"]["draws"]["classes"])
    assert len(draws) == 4 * n_classes * 64

    matrix = client.get(f"{base}/confusion?labels=40").json()
    assert (matrix["n"], matrix["rows"]) == (230, "true class")
    counts = np.array(matrix["members"][m1["id"]])
    assert counts.sum() == 230
    assert 1 - np.trace(counts) / 230 == pytest.approx(wrong)
    apart = client.get(f"{base}/disagreements?labels=40&n=5").json()
    assert 0 < len(apart["items"]) <= 5
    for item in apart["items"]:
        assert len(set(item["guesses"].values())) == item["n_classes"] == 2
        assert session.labels[item["example"]] < 0

    by_audit = client.get(f"{base}?by=audit").json()
    assert (by_audit["by"], by_audit["judged"]["n"]) == ("audit", 30)
    assert by_audit["members"][1]["results"]["40"]["error"]["n"] == 30
    assert client.get(f"{base}?by=nobody").status_code == 400
    kept = sum(path.stat().st_size for path in (session.folder / "comparison").rglob("at-*/*"))
    assert kept < 2 * 3_000_000


def test_what_was_learned_is_there_in_the_next_life_of_the_app(
    client, base, session, workspace, here
):
    session.choose(anew=True, model="m2", **TINY)
    begin(client, base, ("m1", {}))
    before = ended(client, base)
    other = TestClient(Starlette(routes=routes(workspace)), base_url="http://127.0.0.1:8501")
    after = other.get(base).json()
    assert after["job"] is None
    assert after["members"] == before["members"]
    assert after["ladder"] == before["ladder"]


def test_it_can_be_cancelled_and_goes_on_with_what_is_missing(client, base, session, here):
    session.choose(model="m1")
    begin(client, base, ("m2", TINY), budget=8)
    until(lambda: client.get(base).json()["members"][1]["reached"])
    state = client.post(base, json={"do": "cancel"}).json()
    assert state["job"]["state"] == "cancelled"
    m1, m2 = state["members"]
    assert (m1["state"], m2["state"]) == ("done", "cancelled")
    assert m2["message"].endswith(".")
    assert m2["reached"]
    client.post(base, json={"do": "train", "budget": BUDGET})
    assert [each["state"] for each in ended(client, base)["members"]] == ["done", "done"]


def test_one_that_learns_and_one_that_waits_are_cancelled_and_the_others_go_on(
    client, base, session, here
):
    session.choose(model="m1")
    begin(client, base, ("m2", TINY), ("cvae", TINY), ("m2", {"latent_dim": 2}), budget=60)
    first, second, last = client.get(base).json()["members"][1:]
    until(lambda: client.get(base).json()["job"]["member"] == first["id"])
    client.post(base, json={"do": "cancel", "member": second["id"]})  # it waits
    state = client.post(base, json={"do": "cancel", "member": first["id"]}).json()
    assert state["job"]["state"] == "running"
    until(lambda: client.get(base).json()["job"]["member"] == last["id"])
    states = {each["id"]: each["state"] for each in client.get(base).json()["members"]}
    assert (states[first["id"]], states[second["id"]]) == ("cancelled", "cancelled")
    assert states[last["id"]] == "training"
    client.post(base, json={"do": "cancel", "member": last["id"]})
    assert {each["state"] for each in ended(client, base)["members"]} == {"done", "cancelled"}
    client.post(base, json={"do": "train", "budget": 0.3})
    assert {each["state"] for each in ended(client, base)["members"]} == {"done"}


def test_a_model_that_cannot_be_made_so_says_why_and_holds_up_no_other(client, base, session):
    """In the process that the app has for it."""
    session.choose(model="m1")
    begin(client, base, ("m2", {"latent_dim": -4}), ("cvae", {"depth": 3}), ("m2", TINY))
    members = ended(client, base)["members"]
    assert [each["state"] for each in members] == ["done", "failed", "failed", "done"]
    first, second = members[1:3]
    assert "latent_dim" in first["message"]
    assert "depth" in second["message"]


def test_while_models_learn_the_sessions_own_rests_and_then_goes_on(
    client, base, session, here, monkeypatch
):
    said = []
    monkeypatch.setattr(Trainer, "command", lambda self, name: said.append(name))
    session.choose(model="m1")
    begin(client, base, ("m2", TINY), budget=600)
    until(lambda: said)
    assert said == ["pause"]
    assert "spread" in session.trainer.rests_for
    client.post(base, json={"do": "cancel"})
    assert said == ["pause", "resume"]
    assert session.trainer.rests_for == ""


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 400),
        ({"do": "explode"}, 400),
        ({"do": "add", "models": []}, 400),
        ({"do": "add", "models": [{"model": "m9"}]}, 400),
        ({"do": "add", "models": [{"model": "m2", "config": {"networks": "spiders"}}]}, 400),
        ({"do": "add", "models": [{"model": "m2", "config": {"encoder": "eyes"}}]}, 400),
        ({"do": "add", "models": [{"model": "m2", "config": {"encoder": "features:x"}}]}, 400),
        ({"do": "add", "models": [{"model": "m2", "config": {"encoder": "onnx:/etc/x"}}]}, 400),
        ({"do": "add", "models": [{"model": "m2"}], "budget": 0}, 400),
        ({"do": "add", "models": [{"model": "m2"}], "who": "Nobody"}, 409),
        ({"do": "train"}, 409),
        ({"do": "use", "member": "m2-abc"}, 404),
        ({"do": "remove", "member": "m2-abc"}, 404),
        ({"do": "order", "members": ["x"]}, 400),
    ],
    ids=str,
)
def test_a_wish_that_cannot_be_is_refused_in_a_sentence(client, base, body, status):
    answer = client.post(base, json=body)
    assert answer.status_code == status
    assert answer.json()["error"].endswith(".")


def test_without_labels_of_two_classes_it_says_what_to_do(client, workspace):
    row = workspace.create("S", "digits")
    base = f"/api/sessions/{row.id}/compare"
    assert "two classes" in client.get(base).json()["can_begin"]
    answer = client.post(base, json={"do": "add", "models": [{"model": "m2"}]})
    assert answer.status_code == 409


def test_more_models_than_can_be_compared_are_refused(client, base):
    models = [{"model": name} for name in ("m1", "m2", "cvae", "aae", "adgm", "sdgm")]
    answer = client.post(base, json={"do": "add", "models": models})  # and the one in use
    assert answer.status_code == 409
    assert client.get(base).json()["members"] == []


def test_newer_labels_are_told_and_learned_when_all_is_trained_again(client, base, session, here):
    session.choose(model="m1")
    begin(client, base, ("m1", {"width": 2.0}), who="Ann")
    assert ended(client, base)["labels"] == {"who": "Ann", "n": 30, "newer": 0} | {
        "people": client.get(base).json()["labels"]["people"]
    }
    free = int(np.flatnonzero(session.labels < 0)[0])
    session.do(Operation("later", "label", (free,), 3), "Ann")
    session.do(Operation("other", "label", (free + 1,), 3), "Ben")
    assert client.get(base).json()["labels"]["newer"] == 1
    client.post(base, json={"do": "train"})
    state = ended(client, base)
    assert (state["labels"]["n"], state["ladder"]) == (31, [10, 20, 31])
    client.post(base, json={"do": "train", "who": ""})
    assert ended(client, base)["labels"]["n"] == 42


def test_a_member_is_put_into_use_moved_and_removed_over_http(client, base, session, here):
    session.choose(model="m1")
    begin(client, base, ("m2", TINY))
    m1, m2 = ended(client, base)["members"]
    state = client.post(base, json={"do": "use", "member": m2["id"]}).json()
    assert [each["in_use"] for each in state["members"]] == [False, True]
    assert session.row.model == "m2"
    assert client.post(base, json={"do": "remove", "member": m2["id"]}).status_code == 409
    order = [m2["id"], m1["id"]]
    state = client.post(base, json={"do": "order", "members": order}).json()
    assert [each["id"] for each in state["members"]] == order
    state = client.post(base, json={"do": "remove", "member": m1["id"]}).json()
    assert [each["id"] for each in state["members"]] == [m2["id"]]
    again = client.post(base, json={"do": "add", "models": [{"model": "m2", "config": TINY}]})
    assert again.status_code == 409


def test_where_nothing_is_known_there_is_no_error_and_it_says_what_to_do(client, workspace, digits):
    session = labelled_session(workspace, digits, truth=False)
    found = client.get(f"/api/sessions/{session.row.id}/compare").json()
    assert (found["by"], found["judged"]["n"]) == ("none", 0)
    assert "Review" in found["judged"]["words"]
