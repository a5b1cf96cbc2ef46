"""The routes of the data page: uploads, imports, reports and what is done with a data set."""

from __future__ import annotations

import csv
import io
import json
import zipfile

import numpy as np
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from benchmarks.app_process import wait_until
from ssvae_core.api import routes
from ssvae_core.data import SOURCES, load_dataset
from ssvae_core.data.bundled_summary import READY, first_of_each_class, thumbnails
from ssvae_core.encoders import ENCODERS, EncoderKind
from ssvae_core.encoders.opening import Opening
from ssvae_core.errors import NeedsDownload
from ssvae_core.importing.queue import ImportQueue
from ssvae_core.importing.uploads import MOST_BYTES
from ssvae_core.labels.history import replay
from ssvae_core.labels.store import Operation
from ssvae_core.session.imported_labels import IMPORTED
from ssvae_core.session.trainer_client import Trainer
from ssvae_core.session.workspace import Workspace
from tests.support.small_files import encoded, picture, write


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    monkeypatch.setenv("SSVAE_WORKSPACE", str(tmp_path / "workspace"))
    monkeypatch.setenv("SSVAE_DATA_ROOTS", str(tmp_path / "pictures"))
    monkeypatch.setattr(Workspace, "warm", lambda self, name: None)  # test_warming.py has it learn
    (tmp_path / "pictures").mkdir()
    workspace = Workspace(tmp_path / "workspace")
    yield workspace
    workspace.close()


@pytest.fixture
def client(workspace):
    return TestClient(Starlette(routes=routes(workspace)), base_url="http://127.0.0.1:8501")


@pytest.fixture
def scans(tmp_path):
    """Two folders of three images, a copy of one of them, and a file that is none."""
    folder = tmp_path / "pictures" / "scans"
    for n, name in enumerate(("cat", "dog")):
        for k in range(3):
            write(folder / name / f"{k}.png", encoded(picture(10 * n + k)))
    write(folder / "dog" / "copy.png", encoded(picture(10)))
    write(folder / "cat" / "broken.png", b"no image")
    return folder


def part(path, content, at=0):
    head = json.dumps({"path": path, "at": at, "n": len(content)}).encode()
    return len(head).to_bytes(4, "big") + head + content


def send(client, upload, *parts, kind="application/octet-stream"):
    return client.post(
        f"/api/data/uploads/{upload}/parts",
        content=b"".join(parts),
        headers={"content-type": kind},
    )


def begin_upload(client, name, files):
    body = {"name": name, "files": len(files), "bytes": sum(map(len, files.values()))}
    return client.post("/api/data/uploads", json=body)


def uploaded(client, name, files):
    upload = begin_upload(client, name, files).json()["upload"]
    parts = [part(path, content) for path, content in files.items()]
    assert send(client, upload, *parts).status_code == 200
    return upload


def ended(client):
    """What the import came to."""

    def state():
        now = client.get("/api/data/imports").json()
        return now["state"] != "running" and now

    return wait_until(state, 60, "the import has ended")


def imported(client, **wish):
    answer = client.post("/api/data/imports", json=wish)
    assert answer.status_code == 200, answer.json()
    state = ended(client)
    assert state["state"] == "done", state
    return state["set"]


def sets(client):
    return client.get("/api/data").json()["sets"]


def error_of(answer):
    assert answer.status_code >= 400
    return answer.json()["error"]


# Importing by path


def test_a_folder_becomes_a_data_set_with_a_report(client, scans):
    name = imported(client, path=str(scans))
    report = client.get(f"/api/data/sets/{name}/report").json()
    assert (report["name"], report["n"], report["n_skipped"]) == ("scans", 6, 2)
    assert report["shape_in_words"] == "12 × 12, grey"
    assert report["fitted"].startswith("The model sees 12 × 12 grey: convolutions classify, MLPs ")
    assert {reason: group["n"] for reason, group in report["skipped"].items()} == {
        "broken": 1,
        "duplicate": 1,
    }
    assert [(row["class"], row["n"]) for row in report["preview"]] == [("cat", 3), ("dog", 3)]
    shown = report["preview"][1]["examples"]
    ids = ",".join(map(str, shown))
    pixels = client.get(f"/api/data/sets/{name}/images?ids={ids}")
    expected = load_dataset(name).images[shown]
    assert np.array_equal(np.frombuffer(pixels.content, np.uint8).reshape(3, 12, 12, 1), expected)


def test_the_report_as_csv_names_every_skipped_file_with_its_reason(client, scans):
    name = imported(client, path=str(scans))
    answer = client.get(f"/api/data/sets/{name}/report.csv")
    assert 'filename="scans-report.csv"' in answer.headers["content-disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert {row["file"]: row["reason"] for row in rows} == {
        "cat/broken.png": "Broken file",
        "dog/copy.png": "Duplicate",
    }
    found = client.get(f"/api/data/sets/{name}/skipped?reason=broken").json()
    assert found["n"] == 1
    assert found["files"][0]["file"] == "cat/broken.png"
    assert client.get(f"/api/data/sets/{name}/skipped").json()["n"] == 2


def test_only_configured_folders_can_be_read(client, tmp_path, scans):
    outside = write(tmp_path / "secret" / "a.png", encoded(picture())).parent
    (scans.parent / "link").symlink_to(outside)
    for named in (str(outside), f"{scans}/../../secret", str(scans.parent / "link"), "/etc"):
        said = error_of(client.post("/api/data/imports", json={"path": named}))
        assert "SSVAE_DATA_ROOTS" in said
    said = error_of(client.post("/api/data/imports", json={"path": str(scans / "none")}))
    assert "There is no" in said
    assert "command line" in error_of(client.post("/api/data/imports", json={"path": "hf:mnist"}))
    assert "Name a folder" in error_of(client.post("/api/data/imports", json={"path": " "}))
    assert sets(client) == []


@pytest.mark.parametrize("again", [False, True])
def test_a_table_and_a_link_lead_only_to_files_in_the_configured_folders(
    client, tmp_path, scans, again
):
    secret = write(tmp_path / "secret" / "a.png", encoded(picture(77)))
    folder = tmp_path / "pictures" / "named"
    write(folder / "ours.png", encoded(picture(5)))
    table = folder / "table.csv"
    rows = ["ours.png,a", f"{secret},a", "../../secret/a.png,b", f"{scans / 'cat' / '0.png'},b"]
    table.write_text("\n".join(["file,label", *rows]))
    (scans / "out.png").symlink_to(secret)
    (scans / "in.png").symlink_to(folder / "ours.png")
    for where, n, refused in ((table, 2, 2), (scans, 7, 1)):
        name = imported(client, path=str(where))
        if again:
            client.post("/api/data/imports", json={"again": name, "channels": "colour"})
            name = ended(client)["set"]
        report = client.get(f"/api/data/sets/{name}/report").json()
        assert report["n"] == n
        assert report["skipped"]["no-permission"]["n"] == refused


def settled_encoder(client):
    """What opening an encoder came to."""

    def state():
        now = client.get("/api/data").json()["encoder"]
        return now["state"] != "running" and now

    return wait_until(state, 60, "the encoder is opened or refused")


def _map_state(client):
    return (client.get("/api/data/imports").json()["map"] or {}).get("state")


def choose(client, name, encoder, **more):
    return client.post(f"/api/data/sets/{name}/encoder", json={"encoder": encoder, **more})


def test_a_set_has_another_encoder_and_its_images_are_learned_anew(client, scans, monkeypatch):
    name = imported(client, path=str(scans))
    wait_until(lambda: _map_state(client) == "done", 60, "its map is made")
    warmed = []
    monkeypatch.setattr(Workspace, "warm", lambda self, name: warmed.append(name))
    shown = client.get(f"/api/data/sets/{name}/report").json()["encoder"]
    assert (shown["choice"], shown["n_features"]) == ("auto", 0)
    assert {shown["stands_for"], shown["beside"]} == {"contrastive", "efficientnet-lite0"}
    assert {shown["stands_for"], shown["beside"]} < {its["name"] for its in shown["options"]}
    assert choose(client, name, "contrastive").status_code == 200
    assert (load_dataset(name).encoder, warmed) == ("contrastive", [name])
    assert "Unknown encoder" in error_of(choose(client, name, "eyes"))
    assert "'network' must be" in error_of(choose(client, name, "auto", network="all"))
    assert "no features of its own" in error_of(choose(client, name, "features"))
    assert "needs to know which" in error_of(choose(client, name, "onnx"))


def test_a_set_gets_features_from_a_file_in_the_configured_folders(client, scans, tmp_path):
    name = imported(client, path=str(scans))
    for folder in (scans.parent, tmp_path):
        np.save(folder / "f.npy", np.eye(6, dtype=np.float32))
    said = error_of(choose(client, name, f"features:{tmp_path / 'f.npy'}"))
    assert "SSVAE_DATA_ROOTS" in said
    assert choose(client, name, "features:f.npy").status_code == 200  # of the first root
    data = load_dataset(name)
    assert (data.encoder, data.features.tolist()) == ("features", np.eye(6).tolist())
    assert client.get(f"/api/data/sets/{name}/report").json()["encoder"]["n_features"] == 6
    choose(client, name, "auto")
    assert choose(client, name, "features").status_code == 200  # they are kept
    np.save(scans.parent / "f.npy", np.eye(5, dtype=np.float32))
    said = error_of(choose(client, name, "features:f.npy"))
    assert "5 rows of features, and there are 6 images" in said


def test_weights_that_are_not_here_are_named_and_fetched_only_where_the_wish_says_so(
    client, scans, monkeypatch
):
    asked = []

    def opened(choice, network):
        asked.append((choice, network))
        yield Opening("opening the encoder")
        if network != "download":
            size, licence = (1_500_000, "MIT") if network == "ask" else (None, "")
            raise NeedsDownload("Not here.", "tiny", size, "https://example.org/tiny", licence)
        yield Opening("opened", "tiny-1", 8)

    monkeypatch.setattr("ssvae_core.session.encoder_choice.opened_apart", opened)
    monkeypatch.setitem(ENCODERS, "tiny", EncoderKind("Tiny", "small", "NAME", lambda name: None))
    name = imported(client, path=str(scans))
    assert choose(client, name, "tiny:net").status_code == 200
    assert settled_encoder(client)["download"]["size"] is None  # nobody was asked
    choose(client, name, "tiny:net", network="ask")
    state = settled_encoder(client)
    assert state["download"] == {
        "what": "tiny",
        "size": 1_500_000,
        "where": "https://example.org/tiny",
        "licence": "MIT",
    }
    assert (state["state"], state["error"]) == ("failed", "")
    assert load_dataset(name).encoder == "auto"
    client.post("/api/data/encoder/cancel", json={})
    assert client.get("/api/data").json()["encoder"] is None
    choose(client, name, "tiny:net", network="download")
    assert settled_encoder(client)["state"] == "done"
    assert load_dataset(name).encoder == "tiny:net"
    assert asked == [("tiny:net", network) for network in ("none", "ask", "download")]
    for path in ("/etc/passwd", "local-dir:/etc", "~root", "../x"):
        assert "SSVAE_DATA_ROOTS" in error_of(choose(client, name, f"tiny:{path}")), path


def test_an_open_session_goes_on_with_the_new_encoder_and_its_labels(client, workspace, scans):
    name = imported(client, path=str(scans))
    row = workspace.create("s", data=name)
    before = workspace.session(row.id)
    choose(client, name, "contrastive")
    assert workspace.session(row.id) is not before
    assert workspace.session(row.id).data.encoder == "contrastive"


def test_a_path_from_the_first_root_needs_not_be_whole(client, scans):
    assert imported(client, path="scans").startswith("scans-")


def test_what_cannot_be_imported_says_why(client, tmp_path):
    write(tmp_path / "pictures" / "words" / "a.txt", b"no image")
    client.post("/api/data/imports", json={"path": "words"})
    state = ended(client)
    assert state["state"] == "failed"
    assert "Nothing could be taken" in state["error"]
    assert sets(client) == []


def test_a_second_import_waits_for_the_first_and_a_cancelled_one_leaves_nothing(
    client, workspace, tmp_path, monkeypatch
):
    for k in range(40):
        write(tmp_path / "pictures" / "many" / f"{k}.png", encoded(picture(k)))
    monkeypatch.setattr("ssvae_core.importing.run.EVENT_SECONDS", 0.0)
    assert client.post("/api/data/imports", json={"path": "many"}).json()["state"] == "running"
    assert "many" in error_of(client.post("/api/data/imports", json={"path": "many"}))
    client.post("/api/data/imports/cancel", json={})
    state = ended(client)
    assert state["state"] == "cancelled"
    assert state["set"] is None
    assert sets(client) == []
    assert list((workspace.root / "data").glob("*")) == []


# Choices after the fact


def test_another_side_or_channels_are_read_again_in_its_place(client, scans):
    first = imported(client, path=str(scans))
    second = imported(client, again=first, side=8, channels="colour")
    assert [each["id"] for each in sets(client)] == [second]
    assert load_dataset(second).shape == (8, 8, 3)
    assert sets(client)[0]["name"] == "scans"


def test_what_a_person_chose_stays_when_only_the_side_is_changed(client, scans):
    first = imported(client, path=str(scans), channels="colour", role="labels")
    client.post(f"/api/data/sets/{first}/rename", json={"name": "Pets"})
    second = imported(client, again=first, side=8)
    assert load_dataset(second).shape == (8, 8, 3)
    assert load_dataset(second).labels.tolist() == [0, 0, 0, 1, 1, 1]
    third = imported(client, again=second, role="truth")
    assert load_dataset(third).answer_key is not None
    assert [(each["id"], each["name"]) for each in sets(client)] == [(third, "Pets")]


def test_what_was_dropped_is_read_again_until_other_files_are(client, scans):
    files = {f"pets/{name}/{k}.png": encoded(picture(k)) for k, name in enumerate(("cat", "dog"))}
    first = imported(client, upload=uploaded(client, "pets", files), name="pets")
    second = imported(client, again=first, side=8)
    assert load_dataset(second).class_names == ("cat", "dog")
    uploaded(client, "x", {"x.png": encoded(picture(9))})
    report = client.get(f"/api/data/sets/{second}/report").json()
    assert "What pets was read from is gone" in report["why_not_again"]
    assert "is gone" in error_of(client.post("/api/data/imports", json={"again": second}))
    assert [each["id"] for each in sets(client)] == [second]


def test_a_contradiction_is_told_apart_from_a_duplicate(client, scans):
    write(scans / "cat" / "copy.png", encoded(picture(10)))  # which is a dog
    name = imported(client, path=str(scans))
    report = client.get(f"/api/data/sets/{name}/report").json()
    assert next(iter(report["skipped"])) == "contradiction"
    assert report["sentences"][0].startswith(
        "2 files have the pixels of a file of another class, such as cat/copy.png (cat) and "
        "dog/0.png (dog):"
    )
    found = client.get(f"/api/data/sets/{name}/skipped?reason=contradiction").json()
    assert found["files"][0]["file"] == "dog/0.png"
    assert [(row["class"], row["n"]) for row in report["preview"]] == [
        ("cat", 3),
        ("dog", 2),
        ("", 1),
    ]


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


def test_how_a_table_was_read_is_shown_and_changed(client, tmp_path):
    rows = [f"{k}.5,{k * k},{'ab'[k % 2]}" for k in range(6)]
    write(tmp_path / "pictures" / "x.csv", "\n".join(rows).encode())
    first = imported(client, path="x.csv")
    report = client.get(f"/api/data/sets/{first}/report").json()
    assert report["n"] == 6
    header = {each["name"]: each for each in report["reading"]}["header"]
    assert (header["value"], header["is_chosen"]) == ("", False)
    assert header["options"] == [["first-row", "The first row"], ["", "None"]]
    second = imported(client, again=first, reading={"header": "first-row"})
    report = client.get(f"/api/data/sets/{second}/report").json()
    assert (report["n"], report["reading"][1]["is_chosen"]) == (5, True)
    assert [each["id"] for each in sets(client)] == [second]


@pytest.mark.parametrize("reading", [{"header": "third"}, {"bogus": "x"}, {"label": "z"}])
def test_a_table_that_cannot_be_read_so_stays_as_it_was(client, tmp_path, reading):
    write(tmp_path / "pictures" / "x.csv", b"a,b,label\n1,2,x\n3,4,y\n")
    first = imported(client, path="x.csv")
    client.post("/api/data/imports", json={"again": first, "reading": reading})
    state = ended(client)
    assert state["state"] == "failed"
    assert f"'{next(iter(reading))}'" in state["error"]
    assert [each["id"] for each in sets(client)] == [first]


@pytest.mark.parametrize("reading", ["header", ["header"], {"header": 1}, {"header": None}])
def test_a_reading_that_is_none_is_refused(client, scans, reading):
    answer = client.post("/api/data/imports", json={"path": str(scans), "reading": reading})
    assert "'reading' must be {name: value}" in error_of(answer)


def test_a_data_set_with_a_session_stays_when_it_is_read_again(client, workspace, scans):
    first = imported(client, path=str(scans))
    workspace.store.create_session(
        "A", data=first, model="m1m2", n_examples=6, classes=("cat", "dog")
    )
    second = imported(client, again=first, side=8)
    assert {each["id"] for each in sets(client)} == {first, second}
    said = {each["id"]: [row["name"] for row in each["sessions"]] for each in sets(client)}
    assert said == {first: ["A"], second: []}


def test_what_was_read_from_a_source_that_is_gone_cannot_be_read_again(client, scans):
    name = imported(client, path=str(scans))
    assert client.get(f"/api/data/sets/{name}/report").json()["can_read_again"]
    scans.rename(scans.parent / "elsewhere")
    assert not client.get(f"/api/data/sets/{name}/report").json()["can_read_again"]
    assert "is gone" in error_of(client.post("/api/data/imports", json={"again": name}))


@pytest.mark.parametrize("choice", [{"side": 5}, {"channels": "infrared"}, {"role": "god"}])
def test_a_choice_that_there_is_not_is_refused(client, scans, choice):
    answer = client.post("/api/data/imports", json={"path": str(scans), **choice})
    assert answer.status_code == 400
    assert next(iter(choice)) in error_of(answer)


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


# Uploads


def test_dropped_files_are_sent_in_parts_and_imported(client, workspace):
    files = {f"mine/{k % 2}/{k}.png": encoded(picture(k)) for k in range(6)}
    upload = uploaded(client, "mine", files)
    name = imported(client, upload=upload, name="mine")
    data = load_dataset(name)
    assert sorted(data.file_names) == [f"{k % 2}/{k}.png" for k in (0, 2, 4, 1, 3, 5)]
    assert data.class_names == ("0", "1")


def test_a_zip_is_sent_in_pieces_and_goes_on_where_it_stopped(client):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for k in range(4):
            archive.writestr(f"{k}.png", encoded(picture(k)))
    content = file.getvalue()
    begun = begin_upload(client, "my.zip", {"my.zip": content}).json()
    assert begun["received"] == {}
    send(client, begun["upload"], part("my.zip", content[:500]))
    again = begin_upload(client, "my.zip", {"my.zip": content}).json()
    assert again == {"upload": begun["upload"], "received": {"my.zip": 500}}
    send(client, begun["upload"], part("my.zip", content[300:], at=300))  # a piece sent twice
    name = imported(client, upload=begun["upload"], name="my")
    assert len(load_dataset(name)) == 4


def test_one_image_alone_is_a_data_set_too(client):
    upload = uploaded(client, "a.png", {"a.png": encoded(picture())})
    assert len(load_dataset(imported(client, upload=upload, name="a"))) == 1


@pytest.mark.parametrize("path", ["../a.png", "a/../../b.png", "", "/", "a\0b", "x" * 300])
def test_a_part_never_leaves_the_folder_of_its_upload(client, workspace, path):
    upload = begin_upload(client, "x", {"a": b"12345"}).json()["upload"]
    assert error_of(send(client, upload, part(path, b"12345")))
    assert [p for p in (workspace.root / "uploads").rglob("*") if p.is_file()] == []


def test_an_absolute_path_becomes_one_below_the_upload(client, workspace):
    upload = begin_upload(client, "x", {"a": b"12345"}).json()["upload"]
    send(client, upload, part("/etc\\passwd", b"12345"))
    assert client.get(f"/api/data/uploads/{upload}").json() == {"etc/passwd": 5}


def test_damaged_bodies_are_refused_in_words(client):
    upload = begin_upload(client, "x", {"a": b"12345"}).json()["upload"]
    whole = part("a", b"12345")
    assert "cut short" in error_of(send(client, upload, whole[:-1]))
    assert "damaged" in error_of(send(client, upload, b"\0\0\0\5hello"))
    assert "0 bytes so far" in error_of(send(client, upload, part("b", b"1", at=7)))
    assert "content type" in error_of(send(client, upload, whole, kind="text/plain"))
    assert "gone" in error_of(send(client, "0" * 16, whole))


def test_what_is_too_large_is_refused_before_a_byte_is_sent(client):
    body = {"name": "x", "files": 2, "bytes": MOST_BYTES + 1}
    assert "by their path" in error_of(client.post("/api/data/uploads", json=body))
    body = {"name": "x", "files": 0, "bytes": 0}
    assert "1 to" in error_of(client.post("/api/data/uploads", json=body))


def test_another_upload_and_a_new_start_remove_what_was_left(client, workspace):
    first = uploaded(client, "a", {"a": b"1"})
    second = uploaded(client, "b", {"b": b"1"})
    assert first != second
    assert [path.name for path in (workspace.root / "uploads").iterdir()] == [second]
    ImportQueue(workspace.root, lambda new, old: iter(()))
    assert list((workspace.root / "uploads").iterdir()) == []


# Ready to try


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
