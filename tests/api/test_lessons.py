"""The routes of the learn page, without a browser."""

import base64

import numpy as np
import pytest

from ssvae_core.api.lessons import _plain
from ssvae_core.data import library
from ssvae_core.lessons import LESSONS, shipped

FIRST = LESSONS["collapse"]
AT = {"value": FIRST.knob.kept, "free": FIRST.free_knob.kept}


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setenv("SSVAE_LESSON_SHARE", "0.02")


@pytest.fixture
def shells(client, workspace, scans):
    """The id of an imported set of images, whose classes are known."""
    client.post("/api/data/imports", json={"path": str(scans), "name": "shells", "role": "truth"})
    return ended(client, "/api/data/imports")["set"]


def ended(client, address):
    for _ in range(20_000):
        state = client.get(address).json()
        if state["state"] != "running":
            return state
    raise AssertionError(state)


def test_the_catalogue_says_all_that_a_page_shows(client):
    answer = client.get("/api/lessons").json()
    assert [lesson["name"] for lesson in answer["lessons"]] == list(LESSONS)
    assert [each["id"] for each in answer["data"]] == ["shapes"]
    assert answer["run"] is None
    for said, lesson in zip(answer["lessons"], LESSONS.values(), strict=True):
        assert said["formula"].startswith("<math")
        assert said["knob"]["values"] == list(lesson.knob.values)
        assert "claims" not in said


@pytest.mark.parametrize("name", LESSONS)
def test_what_ships_is_there_at_every_lesson_with_its_arrays(client, name):
    lesson = LESSONS[name]
    at = {"value": lesson.asked, "free": lesson.free_knob.kept}
    said = client.get(f"/api/lessons/{name}/state", params=at).json()
    outcome = shipped(lesson, lesson.asked, lesson.free_knob.kept)
    assert said["words"] == outcome.words
    assert said["seed"] == 0
    assert [figure["kind"] for figure in said["figures"]] == [
        figure["kind"] for figure in outcome.figures
    ]


def test_an_array_is_its_bytes_and_what_is_no_number_is_null():
    array = np.arange(6, dtype=np.float32).reshape(2, 3)
    said = _plain({"a": array, "b": (float("nan"), 1.5), "c": "text"})
    assert said["b"] == [None, 1.5]
    assert said["a"]["shape"] == (2, 3)
    back = np.frombuffer(base64.b64decode(said["a"]["base64"]), said["a"]["dtype"])
    np.testing.assert_array_equal(back, array.ravel())


def test_a_place_or_lesson_that_is_not_there_is_a_404(client):
    for address in (
        "/api/lessons/nothing/state",
        "/api/lessons/nothing/run",
        f"/api/lessons/{FIRST.name}/state?value=12345",
        f"/api/lessons/{FIRST.name}/run?value=12345",
        f"/api/lessons/{FIRST.name}/run?data=nowhere",
    ):
        answer = client.get(address)
        assert (answer.status_code, answer.json()["error"][-1]) == (404, "."), address


@pytest.mark.parametrize("seed", ["-1", "2.5", "1000000", "nan"])
def test_a_seed_that_is_none_is_a_400(client, seed):
    assert client.get(f"/api/lessons/{FIRST.name}/run?seed={seed}").status_code == 400


def test_a_run_says_how_far_it_is_and_is_kept(client, workspace):
    wish = {"lesson": FIRST.name, **AT, "seed": 2}
    before = client.get(f"/api/lessons/{FIRST.name}/run", params={**AT, "seed": 2})
    assert before.json() is None
    begun = client.post("/api/lessons/runs", json=wish).json()
    assert (begun["lesson"], begun["state"]) == (FIRST.name, "running")
    assert client.post("/api/lessons/runs", json=wish).status_code == 409  # one at a time
    state = ended(client, "/api/lessons/runs")
    assert (state["state"], state["error"], state["share"]) == ("done", "", 1.0)
    said = client.get(f"/api/lessons/{FIRST.name}/run", params={**AT, "seed": 2}).json()
    assert said["seed"] == 2
    assert said["figures"]
    other = client.get(f"/api/lessons/{FIRST.name}/run", params={**AT, "seed": 3})
    assert other.json() is None


def test_a_run_can_be_cancelled_and_leaves_nothing(client, workspace, monkeypatch):
    monkeypatch.setenv("SSVAE_LESSON_SHARE", "1")
    client.post("/api/lessons/runs", json={"lesson": FIRST.name, **AT})
    client.post("/api/lessons/runs/cancel", json={})
    assert ended(client, "/api/lessons/runs")["state"] == "cancelled"
    assert client.get(f"/api/lessons/{FIRST.name}/run", params=AT).json() is None


def test_a_run_that_is_damaged_is_a_sentence_and_can_be_made_anew(client, workspace):
    client.post("/api/lessons/runs", json={"lesson": FIRST.name, **AT})
    ended(client, "/api/lessons/runs")
    (kept,) = (workspace.root / "lessons").rglob("*.json")
    kept.write_text("{")
    answer = client.get(f"/api/lessons/{FIRST.name}/run", params=AT)
    assert answer.status_code == 409
    assert "cannot be read" in answer.json()["error"]
    client.post("/api/lessons/runs", json={"lesson": FIRST.name, **AT})
    assert ended(client, "/api/lessons/runs")["state"] == "done"
    assert client.get(f"/api/lessons/{FIRST.name}/run", params=AT).status_code == 200


def test_images_of_ones_own_are_listed_and_refused_where_a_lesson_cannot_use_them(
    client, shells, monkeypatch
):
    _, own = client.get("/api/lessons").json()["data"]
    assert (own["id"], own["title"], own["has_classes"]) == (shells, "shells", True)
    assert own["class_names"] == ["cat", "dog"]
    for needs, status in (("digits", 409), ("classes", 200)):
        changed = {**LESSONS, FIRST.name: FIRST.__class__(**{**vars(FIRST), "needs": needs})}
        monkeypatch.setattr("ssvae_core.api.lessons.LESSONS", changed)
        answer = client.post("/api/lessons/runs", json={"lesson": FIRST.name, **AT, "data": shells})
        assert answer.status_code == status
    client.post("/api/lessons/runs/cancel", json={})
    ended(client, "/api/lessons/runs")


def test_a_set_whose_classes_are_not_known_cannot_be_told_apart(
    client, workspace, shells, monkeypatch
):
    library.set_role(shells, "ignore", workspace.root / "data")
    changed = {**LESSONS, FIRST.name: FIRST.__class__(**{**vars(FIRST), "needs": "classes"})}
    monkeypatch.setattr("ssvae_core.api.lessons.LESSONS", changed)
    answer = client.post("/api/lessons/runs", json={"lesson": FIRST.name, **AT, "data": shells})
    assert answer.status_code == 409
