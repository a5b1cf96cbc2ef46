"""What is wrong with a request is said by its status and by a sentence, on every route."""

from __future__ import annotations

import errno
import json
import uuid
from pathlib import Path

import pytest
from sqlalchemy import exc
from starlette.applications import Starlette
from starlette.testclient import TestClient

from ssvae_core import errors
from ssvae_core.api import routes
from ssvae_core.api.body import MOST_BYTES
from ssvae_core.api.http import STATUS, status_of
from ssvae_core.importing import uploads
from ssvae_core.importing.queue import ImportQueue
from ssvae_core.labels.store import LabelStore, NotSaved
from ssvae_core.session.trainer_client import Trainer
from ssvae_core.session.workspace import Workspace
from tests.support.small_files import encoded, picture, write

PARTS = "/api/data/uploads/{upload}/parts"  # the one route that takes bytes

# A body that each route takes, where the things that its address names are there.
BODIES = {
    "/api/sessions/{session}/events": {"ops": []},
    "/api/sessions/{session}/trainer": {"command": "pause"},
    "/api/sessions/{session}/choices": {"model": "m2"},
    "/api/sessions/{session}/explore/decode": {"space": "code", "z": [[0.0]], "classes": [0]},
    "/api/sessions/{session}/compare": {"do": "cancel"},
    "/api/sessions/{session}/groups": {"do": "cancel"},
    "/api/sessions/{session}/explore/place": {"pixels": "AAAA", "shape": [2, 2, 1]},
    "/api/sessions/{session}/explore/nearest": {"images": "AAAA"},
    "/api/sessions/{session}/columns/parallel": {"examples": [0], "class": None},
    "/api/sessions/{session}/exports": {"format": "csv"},
    "/api/sessions/{session}/exports/cancel": {},
    "/api/data/uploads": {"name": "scans", "files": 1, "bytes": 10},
    "/api/data/imports": {"path": "scans"},
    "/api/data/imports/cancel": {},
    "/api/data/joining": {"set": "digits", "of": "shapes"},
    "/api/data/sets/{set}/rename": {"name": "Other"},
    "/api/data/sets/{set}/role": {"role": "truth"},
    "/api/data/sets/{set}/delete": {},
    "/api/data/sets/{set}/open": {},
    "/api/data/sets/{set}/encoder": {"encoder": "auto"},
    "/api/data/encoder/cancel": {},
    "/api/data/learning/stop": {},
    "/api/data/learning/go-on": {},
    "/api/lessons/runs": {"lesson": "nothing"},
    "/api/lessons/runs/cancel": {},
}


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    """The folder that paths to import may lie in."""
    return tmp_path_factory.mktemp("pictures")


@pytest.fixture(scope="module")
def workspace(tmp_path_factory, pictures):
    root = tmp_path_factory.mktemp("workspace")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SSVAE_WORKSPACE", str(root))
        patch.setenv("SSVAE_DATA_ROOTS", str(pictures))
        patch.setattr(Workspace, "warm", lambda self, name: None)
        patch.setattr(Trainer, "start", lambda self: None)
        workspace = Workspace(root)
        yield workspace
        workspace.close()


@pytest.fixture(scope="module")
def client(workspace):
    app = Starlette(routes=routes(workspace))
    return TestClient(app, base_url="http://127.0.0.1:8501")


@pytest.fixture(scope="module")
def addresses(client):
    """(method, path) of every route."""
    found = client.app.routes
    return [(method, route.path) for route in found for method in route.methods - {"HEAD"}]


@pytest.fixture(scope="module")
def session(workspace):
    return workspace.create("S", "digits")


@pytest.fixture(scope="module")
def base(session):
    return f"/api/sessions/{session.id}"


def send(client, method, path, address):
    """A request that is well-formed for the route."""
    if method == "GET":
        return client.get(address)
    if path == PARTS:
        kind = {"content-type": "application/octet-stream"}
        return client.post(address, content=b"", headers=kind)
    return client.post(address, json=BODIES[path])


def said(answer):
    """Its status; the sentence is looked at here."""
    sentence = answer.json()["error"]
    assert len(sentence.split()) > 2
    assert sentence.endswith(".")
    return answer.status_code


def test_every_kind_of_error_has_a_status_and_others_that_of_the_kind_above():
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type)]
    assert set(STATUS) == set(kinds)
    assert status_of(NotSaved("The label is NOT saved.")) == 503
    assert status_of(type("Other", (errors.UserError,), {})("Other.")) == 400


def test_every_route_refuses_a_session_data_set_or_upload_that_is_not_there(client, addresses):
    received = ("GET", "/api/data/uploads/{upload}")  # nothing is there yet: that is an answer
    of_something = [each for each in addresses if "{" in each[1] and each != received]
    assert len(of_something) > 30
    found = {}
    for method, path in of_something:
        address = path.format(
            session="nowhere",
            set="nothing",
            upload="0" * 16,
            fingerprint="ffff",
            name="now-1-1",
            export="x-nowhere-csv",
            moment="x",
            image="0" * 16,
        )
        found[method, path] = said(send(client, method, path, f"{address}?ids=0&example=0"))
    assert found == dict.fromkeys(found, 404)


@pytest.mark.parametrize(
    "path",
    [
        "{base}/card?example=9999",
        "{base}/neighbours?example=-1",
        "{base}/redraw?example=9999",
        "{base}/samples/at3-3",
        "{base}/samples/at3-3/nearest",
        "{base}/exports/x/zip",
        "{base}/exports/x/page",
        "/api/data/uploads/short",
        "/api/data/ready/scans/thumbnails",
        "/api/data/sets/digits/report",  # a bundled one was never imported
    ],
)
def test_what_is_not_in_a_session_or_data_set_is_a_404(client, base, path):
    assert said(client.get(path.format(base=base))) == 404


def test_a_path_that_is_not_there_is_a_404_and_one_that_may_not_be_read_a_400(client, tmp_path):
    assert said(client.post("/api/data/imports", json={"path": "nowhere"})) == 404
    assert said(client.post("/api/data/imports", json={"path": str(tmp_path)})) == 400
    assert said(client.post("/api/data/imports", json={"again": "nowhere"})) == 404


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b"{", "application/json", 400),
        (b"[]", "application/json", 400),
        (b"{}", "text/plain", 400),
        (b"{}", "", 400),
        (b" " * (MOST_BYTES + 1), "application/json", 413),
    ],
    ids=["no JSON", "no object", "text", "no type", "large"],
)
def test_every_post_refuses_a_body_that_it_cannot_read(
    client, addresses, session, content, kind, status
):
    found = {}
    for method, path in addresses:
        if method == "POST" and path != PARTS:
            address = path.format(session=session.id, set="digits")
            answer = client.post(address, content=content, headers={"content-type": kind})
            found[path] = said(answer)
    assert found == dict.fromkeys(BODIES, status)


OTHER_SENDERS = (
    *({"origin": "http://localhost:3000"}, {"origin": "null"}, {"origin": "http://["}),
    *({"host": "evil.example"}, {"host": "["}, {"host": "127.0.0.1.evil.example:8501"}),
    {"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors"},
)


@pytest.mark.parametrize("headers", OTHER_SENDERS, ids=str)
def test_every_route_refuses_other_senders(client, addresses, session, headers):
    found = {}
    for method, path in addresses:
        names = dict.fromkeys(
            ("set", "upload", "fingerprint", "name", "export", "moment", "image"), "x"
        )
        address = path.format(session=session.id, **names)
        content = b"{}" if method == "POST" else None
        kind = {"content-type": "application/json"}
        found[method, path] = said(
            client.request(method, address, content=content, headers=kind | headers)
        )
    assert found == dict.fromkeys(found, 400)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"content-type": "application/json"}, 400),
        ({"content-length": "x"}, 400),
        ({"content-length": "1"}, 413),  # and more comes
        ({"content-length": "9"}, 400),  # and less comes
        ({"content-length": "999999999"}, 413),
    ],
    ids=str,
)
def test_the_parts_of_an_upload_are_looked_at_as_every_body(client, headers, status):
    kind = {"content-type": "application/octet-stream"}
    address = PARTS.format(upload="0" * 16)
    assert said(client.post(address, content=b"parts", headers=kind | headers)) == status


ODD = (None, True, -1, 2.5, 10**30, "\0", "x" * 5000, "x", "", [], [[]], {}, {"mode": []}, [{}])


@pytest.mark.parametrize("path", BODIES)
def test_no_value_in_a_body_is_taken_for_a_bug_of_the_app(client, session, path, monkeypatch):
    monkeypatch.setattr(ImportQueue, "begin", lambda self, wish: None)
    names = [*BODIES[path], *("when", "what", "min_confidence", "networks", "batch", "side")]
    names += ["channels", "role", "to", "again", "upload", "last"]
    for name in names:
        for value in ODD:
            body = {**BODIES[path], name: value}
            address = path.format(session=session.id, set="nothing")
            answer = client.post(address, json=body)
            assert answer.status_code < 500 or answer.status_code == 503, (body, answer.text)
            if answer.status_code >= 400:
                said(answer)


@pytest.mark.parametrize("value", ODD, ids=lambda value: repr(value)[:12])
@pytest.mark.parametrize(
    "name", ["op_id", "kind", "examples", "class", "map_version", "name", "into", "order", "colour"]
)
def test_an_operation_with_an_odd_value_is_done_or_refused_in_words(client, base, name, value):
    for kind in ("label", "class-add", "class-merge", "class-order", "class-colour", "undo"):
        op = {"op_id": str(uuid.uuid4()), "kind": kind, "examples": [1], "class": 1, "name": "n"}
        answer = client.post(f"{base}/events", json={"ops": [{**op, name: value}]})
        if answer.status_code != 200:
            assert said(answer) == 400
            continue
        (result,) = answer.json()["results"]
        assert "seq" in result or result["error"].endswith(".")


@pytest.mark.parametrize(
    "path",
    [
        "{base}/state?wait=long",
        "{base}/state?wait=nan",
        "{base}/queue?n=inf",
        "{base}/queue?without=1,x",
        "{base}/queue?strategy=entrpy",
        "{base}/queue?strategy=least-sure",
        "{base}/queue?mix=2",
        "{base}/card?example=x",
        "{base}/neighbours?example=0&n=x",
        "{base}/history?n=x",
        "{base}/redraw?example=nan",
        "{base}/review/audit?n=x",
        "{base}/review/matrix?against=nobody",
        "{base}/review/cell?row=x",
        "{base}/exports/count?what=nothing",
        "{base}/exports/count?min_confidence=2",
        "/api/data/sets/digits/images",
        "/api/data/sets/digits/images?ids=99999",
        "/api/data/sets/digits/images?ids=x",
    ],
)
def test_a_query_that_cannot_be_is_a_400(client, base, path):
    assert said(client.get(path.format(base=base))) == 400


def test_what_cannot_be_yet_is_a_409(client, base):
    assert said(client.get(f"{base}/guesses")) == 409
    assert said(client.post(f"{base}/exports", json={"format": "model"})) == 409


@pytest.mark.parametrize(
    "path", ["redraw?example=1", "map?view=pca", "review/doubts", "review/matrix?against=labels"]
)
def test_what_a_trainer_that_is_away_would_answer_is_a_503(client, base, path):
    assert said(client.get(f"{base}/{path}")) == 503


def test_a_command_to_a_trainer_that_is_away_is_a_503_and_an_unknown_one_a_400(client, base):
    assert said(client.post(f"{base}/trainer", json={"command": "pause"})) == 503
    assert said(client.post(f"{base}/trainer", json={"command": "explode"})) == 400


def test_one_thing_at_a_time_is_a_409(client, monkeypatch):
    monkeypatch.setattr(ImportQueue, "is_running", True)
    begin = {"name": "scans", "files": 1, "bytes": 10}
    assert said(client.post("/api/data/uploads", json=begin)) == 409


@pytest.fixture
def imported(client, pictures, tmp_path):
    """A data set whose source is gone."""
    folder = pictures / "scans"
    files = [write(folder / "cat" / f"{k}.png", encoded(picture(k))) for k in range(3)]
    client.post("/api/data/imports", json={"path": "scans"})
    for _ in range(1000):
        state = client.get("/api/data/imports").json()
        if state["state"] != "running":
            break
    assert len(files) == 3
    folder.rename(tmp_path / "gone")
    return state["set"]


def test_a_data_set_whose_source_is_gone_is_not_read_again_and_a_damaged_one_not_opened(
    client, imported, workspace
):
    assert said(client.post("/api/data/imports", json={"again": imported})) == 409
    (workspace.root / "data" / imported / "manifest.json").write_text("{")
    assert said(client.post(f"/api/data/sets/{imported}/open", json={})) == 409
    assert said(client.get(f"/api/data/sets/{imported}/report")) == 409


def test_a_data_set_that_is_not_there_stops_nothing_that_is_learned(client, workspace, monkeypatch):
    monkeypatch.setattr(workspace, "cool", lambda: pytest.fail("it was stopped"))
    assert said(client.post("/api/data/sets/nothing/delete", json={})) == 404


def test_too_much_is_a_413_and_nothing_at_all_a_400(client):
    def begin(files, size):
        return said(
            client.post("/api/data/uploads", json={"name": "x", "files": files, "bytes": size})
        )

    assert begin(uploads.MOST_FILES + 1, 10) == 413
    assert begin(1, uploads.MOST_BYTES + 1) == 413
    assert begin(0, 10) == 400


def test_a_disk_without_room_is_a_507(client, monkeypatch):
    begin = {"name": "x", "files": 1, "bytes": 10}

    def full(*arguments, **options):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "mkdir", full)
        assert said(client.post("/api/data/uploads", json=begin)) == 507
    upload = client.post("/api/data/uploads", json=begin).json()["upload"]
    monkeypatch.setattr(uploads.os, "open", full)
    head = json.dumps({"path": "a", "at": 0, "n": 0}).encode()
    answer = client.post(
        PARTS.format(upload=upload),
        content=len(head).to_bytes(4, "big") + head,
        headers={"content-type": "application/octet-stream"},
    )
    assert said(answer) == 507


def test_a_label_that_is_not_saved_is_a_503_so_that_it_is_sent_again(client, base, monkeypatch):
    def busy(*arguments, **options):
        raise NotSaved("The label is NOT saved: another program keeps the database busy.")

    monkeypatch.setattr(LabelStore, "append", busy)
    op = {"op_id": "1", "kind": "label", "examples": [1], "class": 1}
    assert said(client.post(f"{base}/events", json={"ops": [op]})) == 503


def test_a_store_that_cannot_be_read_is_a_503(client, workspace, monkeypatch):
    def locked(self):
        raise exc.OperationalError("SELECT", {}, Exception("database is locked"))

    monkeypatch.setattr(type(workspace.store._database._engine), "connect", locked)
    assert said(client.get("/api/data")) == 503


def test_a_route_that_is_none_and_a_method_that_is_none_are_told_apart(client, base):
    assert client.get("/api/nothing").status_code == 404
    assert client.get(f"{base}/events").status_code == 405
