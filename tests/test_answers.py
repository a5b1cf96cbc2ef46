"""What the running app answers, whichever part of it does: headers, origins, and no bug."""

import http.client
import json

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from benchmarks.app_process import App

HEADERS = {
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
}


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    app = App(tmp_path_factory.mktemp("workspace"))
    yield app
    app.stop()


def ask(app, method, path, body=None, **headers):
    """Status, headers and body of a request that is sent as it stands."""
    connection = http.client.HTTPConnection("127.0.0.1", app.port, timeout=30)
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, path, body, sent)
    answer = connection.getresponse()
    found = answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read()
    connection.close()
    return found


def assert_protected(headers):
    policy = headers["content-security-policy"]
    assert "frame-ancestors 'self'" in policy
    assert "default-src 'self'" in policy
    assert "unsafe-eval" not in policy
    assert "unsafe-inline" not in policy.split("script-src")[1].split(";")[0]
    assert {name: headers[name] for name in HEADERS} == HEADERS


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 200),
        ("HEAD", "/", 200),
        ("GET", "/review?session=nowhere", 200),
        ("GET", "/no/such/page", 200),  # Streamlit's page says so
        ("GET", "/web/label.js", 200),
        ("GET", "/web/none.js", 404),
        ("GET", "/static/none.js", 200),
        ("GET", "/media/none.png", 404),
        ("GET", "/component/x/y", 404),
        ("GET", "/_stcore/health", 200),
        ("GET", "/_stcore/host-config", 200),
        ("GET", "/auth/login", 302),
        ("GET", "/auth/logout", 302),
        ("GET", "//evil.example/x", 400),
        ("GET", "/api/sessions/%00/state", 400),
        ("GET", "/api/data/sets/..%2f..%2fx/report", 400),
        ("GET", "/api/data", 200),
        ("GET", "/api/sessions/nowhere/state", 404),
        ("POST", "/api/data", 405),
        ("OPTIONS", "/api/data/imports", 405),
        ("POST", "/api/data/imports/cancel", 400),
        ("POST", "/_stcore/agent/interact", None),
    ],
)
def test_every_answer_has_the_headers(app, method, path, status):
    found, headers, _ = ask(app, method, path)
    assert found == status or status is None
    assert found < 500
    assert_protected(headers)


@pytest.mark.parametrize("path", ["/", "/api/data", "/web/label.js", "/_stcore/health", "/none"])
@pytest.mark.parametrize(
    "wrong",
    [
        {"host": "evil.example"},
        {"host": "["},
        {"host": ""},
        {"origin": "http://localhost:3000"},
        {"origin": "["},
        {"origin": "null"},
        {"sec-fetch-site": "same-site", "sec-fetch-mode": "no-cors"},
    ],
    ids=str,
)
def test_every_path_refuses_other_senders_in_words(app, path, wrong):
    status, headers, body = ask(app, "GET", path, **wrong)
    assert status == 400
    assert json.loads(body)["error"].endswith(".")
    assert_protected(headers)


def stream(app, path="/_stcore/stream", **options):
    return connect(f"ws://127.0.0.1:{app.port}{path}", **options)


def test_the_websocket_is_opened_to_this_app_under_its_names(app):
    for name in ("127.0.0.1", "localhost", "[::1]"):
        with stream(app, origin=f"http://{name}:{app.port}") as socket:
            assert_protected({k.lower(): v for k, v in socket.response.headers.raw_items()})
    with stream(app):  # a program, and no page
        pass


@pytest.mark.parametrize(
    "origin",
    [
        *("http://localhost:3000", "http://127.0.0.1", "http://localhost", "http://0.0.0.0:3000"),
        *("http://evil.example", "null", "http://[", "https://evil.example"),
    ],
)
def test_the_websocket_is_refused_to_every_other_page(app, origin):
    with pytest.raises(InvalidStatus) as refused, stream(app, origin=origin):
        pass
    answer = refused.value.response
    assert answer.status_code == 400
    assert json.loads(bytes(answer.body))["error"].startswith(f"A page of {origin}")
    assert_protected({k.lower(): v for k, v in answer.headers.raw_items()})


def test_a_websocket_that_is_not_there_is_an_answer_with_the_headers(app):
    with pytest.raises(InvalidStatus) as refused, stream(app, "/nowhere"):
        pass
    assert refused.value.response.status_code == 403
    assert_protected({k.lower(): v for k, v in refused.value.response.headers.raw_items()})


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/api/sessions/%ff%1b%5b31m/state", None, 404),
        ("/api/sessions/x/state?after=%00", None, 400),
        ("/api/sessions/x/state?wait=1e400", None, 400),
        ("/api/sessions/x/state?wait=nan", None, 400),
        ("/api/data/imports", '{"path": "~nosuchuser/x"}', 400),
        ("/api/data/imports", '{"path": "~nosuchuser"}', 400),
        ("/api/data/imports", r'{"path": "a\u0000b"}', 400),
        ("/api/data/imports", r'{"path": "\ud800"}', 400),
        ("/api/data/imports", "[" * 100_000, 400),
        ("/api/data/uploads", '{"files": true, "bytes": true}', 400),
        ("/api/data/uploads", '{"files": 1, "bytes": 1e400}', 400),
        ("/api/data/uploads", '{"files": 1, "bytes": NaN}', 400),
    ],
)
def test_what_cannot_be_is_a_sentence(app, path, body, status):
    method, headers = ("POST", {"content-type": "application/json"}) if body else ("GET", {})
    found, _, answer = ask(app, method, path, body, **headers)
    assert found == status
    assert json.loads(answer)["error"].endswith(".")


def test_escape_codes_do_not_reach_the_log(app):
    ask(app, "GET", "/_stcore/stream%1b%5b31m%0aforged")
    with pytest.raises(InvalidStatus), stream(app, "/%1b%5b31m%0aforged", origin="http://["):
        pass
    log = (app.root / "app.log").read_bytes()
    assert b"\x1b" not in log
    assert b"\nforged" not in log
