"""Who may send a request, and what every answer carries, on an app of a page and a websocket."""

import pytest
from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient, WebSocketDenialResponse

from ssvae_core.api.address import public_address
from ssvae_core.api.protection import Protection, check_sender
from ssvae_core.errors import UserError

HERE = "127.0.0.1:8501"
POLICY = "default-src 'self'; frame-ancestors 'self'"


def takes(**headers):
    """Whether a request with these headers is taken."""
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    try:
        check_sender(Headers(sent))
    except UserError:
        return False
    return True


@pytest.mark.parametrize("host", [HERE, "localhost:8501", "[::1]:8501", "LOCALHOST", "127.0.0.1"])
def test_a_name_of_this_machine_is_answered(host):
    assert takes(host=host)


@pytest.mark.parametrize(
    "host",
    [
        *("", "evil.example", "127.0.0.1.evil.example", "localhost.evil.example:8501", "[", "]"),
        *("[::1", "localhost:[", "a@127.0.0.1", "127.0.0.1:8501/x", "127.0.0.1:x", "::1"),
        *("127.0.0.1:123456", "127.0.0.1:\xb2", "127.0.0.1 evil.example", "127.1", "[::2]"),
    ],
)
def test_every_other_name_is_refused_in_words(host):
    assert not takes(host=host)


@pytest.mark.parametrize(
    "origin",
    [
        "http://127.0.0.1:8501",
        "http://localhost:8501",
        "http://[::1]:8501",
        "HTTP://LocalHost:8501",
    ],
)
def test_a_page_of_this_server_is_answered_under_each_of_its_names(origin):
    assert takes(host=HERE, origin=origin)


@pytest.mark.parametrize(
    "origin",
    [
        *("http://localhost:3000", "http://localhost", "http://127.0.0.1:85010", "null", "", "["),
        *(
            "http://[",
            "http://evil.example",
            "http://evil.example:8501",
            "file://",
            "127.0.0.1:8501",
        ),
        *("http://127.0.0.1:8501.evil.example", "http://127.0.0.1:8501@evil.example:8501"),
        *("http://localhost:8501/", "ws://127.0.0.1:8501", "chrome-extension://abc:8501"),
    ],
)
def test_a_page_of_another_port_or_site_is_refused(origin):
    assert not takes(host=HERE, origin=origin)


def test_a_port_that_is_not_written_is_that_of_the_scheme():
    assert takes(host="localhost", origin="http://localhost:80")
    assert takes(host="localhost:443", origin="https://localhost")
    assert not takes(host="localhost", origin="https://localhost:80")


def test_without_an_origin_the_browser_says_whether_another_site_asks():
    for site in ("cross-site", "same-site"):
        assert not takes(host=HERE, sec_fetch_site=site, sec_fetch_mode="no-cors")
        assert takes(host=HERE, sec_fetch_site=site, sec_fetch_mode="navigate")  # a link
    for site in ("same-origin", "none"):
        assert takes(host=HERE, sec_fetch_site=site, sec_fetch_mode="no-cors")
    assert takes(host=HERE)  # curl


@pytest.fixture
def client():
    def page(request):
        return PlainTextResponse("page")

    def own(request):
        return PlainTextResponse("report", headers={"Content-Security-Policy": "sandbox"})

    def broken(request):
        raise RuntimeError("a bug")

    async def talk(websocket):
        await websocket.accept()
        await websocket.send_text("hello")
        await websocket.close()

    app = Starlette(
        routes=[
            *(Route(f"/{each.__name__}", each) for each in (page, own, broken)),
            WebSocketRoute("/talk", talk),
        ],
        middleware=[Middleware(Protection, policy=POLICY)],
    )
    return TestClient(app, base_url=f"http://{HERE}", raise_server_exceptions=False)


def assert_protected(headers):
    assert "frame-ancestors 'self'" in headers["content-security-policy"]
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/page", 200), ("POST", "/page", 405), ("GET", "/none", 404), ("GET", "/broken", 500)],
)
def test_every_answer_has_the_headers(client, method, path, status):
    answer = client.request(method, path)
    assert answer.status_code == status
    assert_protected(answer.headers)


def test_a_bug_of_any_route_is_a_sentence_without_its_traceback(client):
    assert client.get("/broken").json()["error"].startswith("Something went wrong in the app")


def test_a_refused_request_has_them_too_and_does_not_reach_the_app(client):
    answer = client.get("/broken", headers={"origin": "http://localhost:3000"})
    assert (answer.status_code, "localhost:3000" in answer.json()["error"]) == (400, True)
    assert_protected(answer.headers)


def test_an_answer_may_have_a_policy_of_its_own(client):
    answer = client.get("/own")
    assert answer.headers["content-security-policy"] == "sandbox"
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_websocket_of_this_server_is_opened(client):
    for origin in (f"http://{HERE}", "http://localhost:8501"):
        with client.websocket_connect("/talk", headers={"host": HERE, "origin": origin}) as socket:
            assert socket.receive_text() == "hello"


@pytest.mark.parametrize(
    ("path", "origin", "status"),
    [
        ("/talk", "http://localhost:3000", 400),
        ("/talk", "http://[", 400),
        ("/talk", "null", 400),
        ("/nowhere", f"http://{HERE}", 403),
    ],
)
def test_a_refused_websocket_is_an_answer_with_the_headers(client, path, origin, status):
    with (
        pytest.raises(WebSocketDenialResponse) as refused,
        client.websocket_connect(path, headers={"host": HERE, "origin": origin}),
    ):
        pass
    assert refused.value.status_code == status
    assert refused.value.json()["error"].endswith(".")
    assert_protected(refused.value.headers)


def test_a_public_address_is_answered_for_its_own_pages_and_this_machine_stays():
    public = public_address("https://lab.example.org/lab")

    def taken(host, **headers):
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        try:
            check_sender(Headers({"host": host, **sent}), public)
        except UserError:
            return False
        return True

    name = "lab.example.org"
    assert taken(name, origin=f"https://{name}")
    assert taken(name)
    assert taken(HERE, origin=f"http://{HERE}")
    assert not taken(name, origin=f"http://{name}")
    assert not taken(name, origin="https://evil.example")
    assert not taken(name, origin=f"http://{HERE}")
    assert not taken(name, sec_fetch_site="cross-site")
    assert not taken(HERE, origin=f"https://{name}")
    assert not taken("evil.example", origin="https://evil.example")
