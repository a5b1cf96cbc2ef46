"""Every route, with odd addresses, queries, headers and bodies: a sentence, and never a bug."""

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from ssvae_core.api import Protection, routes
from ssvae_core.importing.queue import ImportQueue
from ssvae_core.session.trainer_client import Trainer
from ssvae_core.session.workspace import Workspace
from tests.support.odd import FUZZ, ODD_TEXTS, ODD_VALUES, as_json, changed, damaged, texts, values

OPERATION = {"op_id": "1", "kind": "label", "examples": [1], "class": 1, "map_version": 1}
BODIES = {
    "events": {"ops": [OPERATION, {"op_id": "2", "kind": "class-add", "name": "x"}]},
    "trainer": {"command": "pause", "when": {"mode": "labels", "labels": 5, "seconds": 1.5}},
    "choices": {"model": "m2", "networks": "auto", "likelihood": "auto", "batch": 64},
    "exports": {"format": "csv", "what": "all", "min_confidence": 0.5, "with_junk": True},
    "decode": {"space": "code", "z": [[0.5, 1.0]], "classes": [0]},
    "uploads": {"name": "scans", "files": 1, "bytes": 10},
    "imports": {"path": "x", "name": "n", "side": 28, "channels": "auto", "role": "truth"},
    "rename": {"name": "Other"},
    "role": {"role": "truth"},
    "open": {"last": True},
    "place": {"name": "x.png", "pixels": "AAAA", "shape": [3, 1, 1]},
    "nearest": {"images": "AAAA"},
    "parallel": {"examples": [1, 2], "class": 0},
    "groups": {"do": "propose", "n": 3, "space": "pixels", "group": 1},
}
QUERY = [
    *("after", "wait", "view", "strategy", "n", "without", "mix", "class", "example", "ids", "row"),
    *("column", "against", "what", "min_confidence", "junk", "reason"),
]
HEADERS = ["host", "origin", "content-type", "content-length", "cookie", "range", "sec-fetch-site"]


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """(client, the routes as (method, path), a session's id)."""
    root = tmp_path_factory.mktemp("workspace")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SSVAE_WORKSPACE", str(root))
        patch.setenv("SSVAE_DATA_ROOTS", str(root / "data"))
        for name in ("warm", "prepare"):
            patch.setattr(Workspace, name, lambda self, name: iter(()))
        patch.setattr(Trainer, "start", lambda self: None)
        patch.setattr(ImportQueue, "begin", lambda self, wish: None)
        workspace = Workspace(root)
        found = routes(workspace)
        app = Starlette(routes=found, middleware=[Middleware(Protection, policy="default-src *")])
        pairs = [(method, each.path) for each in found for method in sorted(each.methods)]
        session = workspace.create("S", "digits").id
        with TestClient(app, base_url="http://127.0.0.1:8501") as client:
            yield client, pairs, session
        workspace.close()


def assert_sensible(answer):
    """No bug; what is refused is refused in a sentence."""
    assert answer.status_code < 500 or answer.status_code == 503, answer.text
    assert "Traceback" not in answer.text[:4000]
    is_ours = answer.headers.get("content-type") == "application/json"
    if answer.status_code >= 400 and is_ours and answer.request.method != "HEAD":
        assert answer.json()["error"].strip().endswith(".")
    else:
        assert answer.status_code not in (400, 409, 413, 503) or not answer.content


def filled(data, path, session):
    """The address: the names in it, its session aside, are odd."""
    while "{" in path:
        before, _, rest = path.partition("{")
        name, _, after = rest.partition("}")
        chosen = data.draw(texts | st.just(session))
        if name == "session" and data.draw(st.integers(0, 3)):
            chosen = session
        path = before + quote(chosen.encode("utf-8", "surrogatepass") or b".", safe="") + after
    return path


@examples(FUZZ, max_examples=6)
@given(data=st.data())
def test_any_address_and_query_is_answered(server, data):
    client, pairs, session = server
    for method, path in pairs:
        query = data.draw(st.dictionaries(st.sampled_from(QUERY), texts, min_size=1, max_size=2))
        named = (f"{k}={quote(v.encode('utf-8', 'surrogatepass'))}" for k, v in query.items())
        address = f"{filled(data, path, session)}?{'&'.join(named)}"
        assert_sensible(client.request(method, address, content=b"{}" * (method == "POST")))


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("header", HEADERS)
def test_any_header_is_answered(server, method, header):
    client, _, session = server
    address = f"/api/sessions/{session}/{'labels' if method == 'GET' else 'events'}"
    for text in [
        *ODD_TEXTS,
        "http://[",
        "http://127.0.0.1:x",
        "//",
        "127.0.0.1:99999999999",
        "::1",
    ]:
        raw = text.encode("utf-8", "surrogatepass")
        if not set(raw) & set(b"\0\r\n"):  # which end a header, and are no part of one
            headers = [(b"content-type", b"application/json"), (header.encode(), raw)]
            content = b"{}" if method == "POST" else None
            assert_sensible(client.request(method, address, headers=headers, content=content))


def each_value_odd(body):
    """The body with each of its values in turn, also inner ones, in each odd one's place."""
    for key, value in body.items():
        for odd in ODD_VALUES:
            yield {**body, key: odd}
        if isinstance(value, dict):
            for inner in each_value_odd(value):
                yield {**body, key: inner}
        elif isinstance(value, list) and isinstance(value[0], dict):
            for inner in each_value_odd(value[0]):
                yield {**body, key: [inner]}


@pytest.mark.parametrize("name", BODIES)
def test_any_value_of_a_body_is_done_or_refused(server, name):
    client, pairs, session = server
    (path,) = {path for method, path in pairs if method == "POST" and path.endswith(f"/{name}")}
    address = path.format(session=session, set="nothing")
    headers = {"content-type": "application/json"}
    for body in each_value_odd(BODIES[name]):
        assert_sensible(client.post(address, content=as_json(body), headers=headers))


@examples(FUZZ, max_examples=6)
@given(data=st.data())
def test_any_body_is_done_or_refused(server, data):
    client, pairs, session = server
    for path in sorted({path for method, path in pairs if method == "POST"}):
        whole = BODIES.get(path.rsplit("/", 1)[-1], {})
        address = path.format(session=session, set="nothing", upload="0" * 16)
        for body in (data.draw(changed(whole)), data.draw(changed(whole)), data.draw(values)):
            kind = "application/octet-stream" if path.endswith("parts") else "application/json"
            headers = {"content-type": kind}
            assert_sensible(client.post(address, content=as_json(body), headers=headers))


@examples(FUZZ, max_examples=60)
@given(data=st.data())
def test_any_bytes_are_refused(server, data):
    client, pairs, session = server
    path = data.draw(st.sampled_from([path for method, path in pairs if method == "POST"]))
    content = data.draw(st.binary(max_size=30) | damaged(as_json(BODIES["events"])))
    address = path.format(session=session, set="nothing", upload="0" * 16)
    headers = {"content-type": "application/json"}
    assert_sensible(client.post(address, content=content, headers=headers))


@pytest.mark.parametrize("depth", [33, 900, 100_000])
@pytest.mark.parametrize("ends", [("[", "]"), ('{"ops":', "}"), ('{"ops": [', "]}")])
def test_any_depth_is_refused(server, ends, depth):
    client, pairs, session = server
    content = (ends[0] * depth + "1" + ends[1] * depth).encode()
    for path in sorted({path for method, path in pairs if method == "POST"}):
        address = path.format(session=session, set="nothing", upload="0" * 16)
        headers = {"content-type": "application/json"}
        answer = client.post(address, content=content, headers=headers)
        if answer.status_code == 200:  # the good ones of a batch are stored: each is answered
            assert [set(each) for each in answer.json()["results"]] == [{"op_id", "error"}]
        else:
            assert answer.status_code == 400


@examples(FUZZ, max_examples=100)
@given(data=st.data())
def test_any_part_of_an_upload_is_taken_or_refused(server, data):
    client, _, _ = server
    begun = client.post("/api/data/uploads", json={"name": "x", "files": 1, "bytes": 10})
    head = data.draw(changed({"path": "a/b.png", "at": 0, "n": 3}))
    content = as_json(head)
    length = data.draw(st.just(len(content)) | st.integers(0, 2**32 - 1))
    answer = client.post(
        f"/api/data/uploads/{begun.json()['upload']}/parts",
        content=length.to_bytes(4, "big") + content + data.draw(st.binary(max_size=6)),
        headers={"content-type": "application/octet-stream"},
    )
    assert_sensible(answer)
