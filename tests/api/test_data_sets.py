"""A data set that is there: what its folders mean, its sessions, its name, and more images."""

from __future__ import annotations

import numpy as np

from benchmarks.app_process import wait_until
from ssvae_core.data import SOURCES, load_dataset
from ssvae_core.data.bundled_summary import READY, first_of_each_class, thumbnails
from ssvae_core.labels.history import replay
from ssvae_core.labels.store import Operation
from ssvae_core.session.imported_labels import IMPORTED
from ssvae_core.session.trainer_client import Trainer
from tests.support.data_routes import ended, error_of, imported, sets
from tests.support.small_files import encoded, picture, write


def test_more_classes_than_a_session_holds_are_refused_as_labels(client, tmp_path):
    for k in range(251):
        path = tmp_path / "pictures" / "many" / f"patient {k}" / "1.png"
        write(path, encoded(picture(k, 4, 4)))
    answer = client.post("/api/data/imports", json={"path": "many", "role": "labels"})
    assert answer.status_code == 200
    state = ended(client)
    assert (state["state"], state["set"]) == ("failed", None)
    assert "more than 250 classes" in state["error"]
    name = imported(client, path="many")
    assert "There are 251 classes" in client.get(f"/api/data/sets/{name}/report").json()["notes"][0]
    refused = client.post(f"/api/data/sets/{name}/role", json={"role": "labels"})
    assert refused.status_code == 409
    assert "It has 251 classes" in error_of(refused)
    client.post(f"/api/data/sets/{name}/open", json={})
    assert load_dataset(name).class_names == ()


def test_the_meaning_of_the_folders_can_be_changed(client, scans):
    name = imported(client, path=str(scans))
    assert load_dataset(name).answer_key is not None
    client.post(f"/api/data/sets/{name}/role", json={"role": "ignore"})
    assert load_dataset(name).class_names == ()
    report = client.get(f"/api/data/sets/{name}/report").json()
    assert report["role"] == "ignore"
    assert [(row["class"], row["n"]) for row in report["preview"]] == [("", 6)]
    bad = client.post(f"/api/data/sets/{name}/role", json={"role": "x"})
    assert "truth, labels, ignore" in error_of(bad)


def test_labels_made_by_import_are_events_of_the_new_session(client, workspace, scans):
    name = imported(client, path=str(scans), role="labels")
    session = client.post(f"/api/data/sets/{name}/open", json={}).json()["session"]
    row = workspace.store.session(session)
    history = replay(workspace.store.events(session), row.classes)
    data = load_dataset(name)
    assert row.classes == ("cat", "dog")
    assert [history.value(k) for k in range(6)] == data.labels.tolist()
    assert {done.annotator for done in history.operations} == {IMPORTED}
    assert "scans, " in row.name


def test_opening_makes_a_session_or_goes_back_to_the_last(client, workspace, scans):
    name = imported(client, path=str(scans))

    def opened(**body):
        return client.post(f"/api/data/sets/{name}/open", json=body).json()["session"]

    first = opened(last=True)
    assert opened(last=True) == first
    assert opened() != first
    assert workspace.store.events(first) == []


def test_renamed_and_deleted(client, scans):
    name = imported(client, path=str(scans))
    client.post(f"/api/data/sets/{name}/rename", json={"name": "  Pets "})
    assert [each["name"] for each in sets(client)] == ["Pets"]
    assert "needs a name" in error_of(
        client.post(f"/api/data/sets/{name}/rename", json={"name": " "})
    )
    client.post(f"/api/data/sets/{name}/delete", json={})
    assert sets(client) == []
    assert "imported" in error_of(client.get(f"/api/data/sets/{name}/report"))
    assert client.post("/api/data/sets/../delete", json={}).status_code == 404


def test_images_added_later_come_after_the_old_ones(client, scans):
    first = imported(client, path=str(scans))
    old = load_dataset(first).images
    write(scans.parent / "new" / "cat" / "9.png", encoded(picture(99)))
    second = imported(client, path="new", to=first)
    wait_until(lambda: [each["id"] for each in sets(client)] == [second], 60, "the old one is gone")
    data = load_dataset(second)
    assert len(data) == 7
    assert np.array_equal(data.images[:6], old)
    assert not client.get(f"/api/data/sets/{second}/report").json()["can_read_again"]


def test_a_session_goes_on_with_the_images_that_are_added_and_keeps_its_labels(
    client, workspace, tmp_path, monkeypatch
):
    monkeypatch.setattr(Trainer, "start", lambda self: None)
    for k in range(40):
        write(tmp_path / "pictures" / "old" / f"{k}.png", encoded(picture(k)))
    write(tmp_path / "pictures" / "new" / "9.png", encoded(picture(99)))
    first = imported(client, path="old")
    row = workspace.store.session(
        client.post(f"/api/data/sets/{first}/open", json={}).json()["session"]
    )
    session = workspace.session(row.id)
    session.do(Operation("a", "class-add", text="cat"))
    session.do(Operation("b", "label", (3,), session.class_made_by("a")))
    before = session.xy.copy()
    second = imported(client, path="new", to=first)
    wait_until(lambda: [each["id"] for each in sets(client)] == [second], 60, "it has moved")
    session = workspace.session(row.id)
    assert len(session.data) == 41
    assert session.history.labels == {3: session.class_made_by("a")}
    assert np.array_equal(session.xy[:40], before)
    assert sets(client)[0]["sessions"] == [{"id": row.id, "name": row.name}]


def test_the_bundled_data_sets_are_offered_as_they_are(client):
    shown = client.get("/api/data").json()["ready"]
    assert [each["id"] for each in shown] == list(SOURCES)
    for name, ready in READY.items():
        data = load_dataset(name)
        assert (ready.n, ready.shape, ready.n_classes) == (
            len(data),
            data.shape,
            len(data.class_names),
        )
        assert np.array_equal(thumbnails(name), first_of_each_class(data))
        answer = client.get(f"/api/data/ready/{name}/thumbnails")
        assert answer.content == thumbnails(name).tobytes()


def test_a_bundled_data_set_opens(client, workspace):
    session = client.post("/api/data/sets/mnist/open", json={}).json()["session"]
    row = workspace.store.session(session)
    assert (row.data, row.n_examples) == ("mnist", 60_000)
    assert row.name.startswith("Digits, ")
