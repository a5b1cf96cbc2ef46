"""The routes of the data page: uploads, imports, reports and what is done with a data set."""

from __future__ import annotations

import csv
import io

import numpy as np
import pytest

from benchmarks.app_process import wait_until
from ssvae_core.atlas.starter_folders import starter_of
from ssvae_core.data import load_dataset
from ssvae_core.encoders import ENCODERS, EncoderKind
from ssvae_core.encoders.opening import Opening
from ssvae_core.encoders.own_files import content_of
from ssvae_core.errors import NeedsDownload
from ssvae_core.pretraining.encoded_features import EncodedFeatures
from ssvae_core.session.workspace import Workspace
from ssvae_core.storage.paths import ENCODED
from tests.support.data_routes import ended, error_of, imported, sets
from tests.support.small_files import encoded, picture, write
from tests.support.small_onnx import onnx_file


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


def test_an_encoder_whose_file_was_replaced_is_said_and_encodes_anew_where_it_is_chosen_again(
    client, workspace, scans, tmp_path, monkeypatch
):
    def opened_apart(choice, network):
        yield Opening("opened", "key of now", 5)

    monkeypatch.setattr("ssvae_core.session.encoder_choice.opened_apart", opened_apart)
    name, path = imported(client, path=str(scans)), scans.parent / "a.onnx"
    wait_until(lambda: _map_state(client) == "done", 60, "its map is made")
    onnx_file(path, side=16)
    assert choose(client, name, "onnx:a.onnx").status_code == 200
    settled_encoder(client)
    data = load_dataset(name)
    features = np.eye(len(data), dtype=np.float32)
    of_before = EncodedFeatures(data.encoder, "key of before", features, content_of(data.encoder))
    kept = starter_of(data, workspace.root) / ENCODED
    of_before.save(kept, data.fingerprint)

    def changed():
        return client.get(f"/api/data/sets/{name}/report").json()["encoder"]["changed"]

    assert changed() == ""
    onnx_file(path, side=8)
    assert "Encode them anew" in changed()
    session = workspace.session(workspace.create("s", data=name).id)
    assert "Encode them anew" in " ".join(session.notes)
    assert choose(client, name, data.encoder).status_code == 200
    settled_encoder(client)
    assert not kept.exists()
    assert changed() == ""
    assert not workspace.session(session.row.id).notes


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
