"""A logout ends what a copied cookie would still open."""

import json
import os

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect
from streamlit.auth_util import set_cookie_with_chunks
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value

from pages.components import login, logout
from pages.components.logout import GOOD_FOR, EndedLogins, EndLogins
from ssvae_core.errors import UserError

SECRET, COOKIE = "a secret of sixteen letters or more", "_streamlit_user"


@pytest.fixture(autouse=True)
def secret(monkeypatch):
    for module in (login, logout):
        monkeypatch.setattr(module, "get_cookie_secret", lambda: SECRET)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "ended.json"


def client(path, cookies):
    """A browser with these cookies, before an app that says who is there."""

    def name(request):
        return PlainTextResponse(login.logged_in(request) or "nobody")

    async def listen(websocket):
        await websocket.accept()
        await websocket.send_text("hello")
        try:
            await websocket.receive_text()
        except WebSocketDisconnect:
            await websocket.close(1008)

    app = Starlette(
        routes=[
            *(Route(at, name) for at in ("/", "/auth/logout")),
            WebSocketRoute("/listen", listen),
        ],
        middleware=[Middleware(EndLogins, ended=EndedLogins(path))],
    )
    return TestClient(app, cookies=cookies)


def cookies(name, secret=SECRET, size=0, **more):
    """What Streamlit leaves in a browser after a login."""
    found = {}

    def signed(key, value):
        return create_signed_value(secret, key, value)

    def keep(key, value):
        found[key] = signed(key, value).decode()

    claims = {"is_logged_in": True, "name": name, "groups": os.urandom(size).hex(), **more}
    set_cookie_with_chunks(keep, signed, COOKIE, claims, cookie_attr_size=60)
    return found


def test_a_copied_cookie_ends_with_the_logout_and_others_stay(path):
    ana, ben = client(path, cookies("Ana")), client(path, cookies("Ben"))
    assert (ana.get("/").text, ben.get("/").text) == ("Ana", "Ben")
    assert ana.get("/auth/logout").text == "Ana"  # Streamlit needs it to leave the provider
    assert (ana.get("/").text, ben.get("/").text) == ("nobody", "Ben")


def test_it_stays_ended_when_the_app_is_started_again(path):
    copied = cookies("Ana")
    client(path, copied).get("/auth/logout")
    assert client(path, copied).get("/").text == "nobody"
    assert client(path, cookies("Ana", at=2)).get("/").text == "Ana"  # who logs in again


def test_another_spelling_of_its_signature_does_not_open_it(path):
    copied = cookies("Ana")
    client(path, copied).get("/auth/logout")
    value = copied[COOKIE]
    spellings = [value + "=", value + "==", value[:-1] + "!" + value[-1], value + "!"]
    last = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    spellings += [value[:-1] + letter for letter in last]
    for each in spellings:
        assert client(path, {COOKIE: each}).get("/").text == "nobody"


def test_a_login_in_several_cookies_ends_with_each_of_them(path):
    ana, eve = cookies("Ana", size=3000), cookies("Eve", size=3000)
    assert len(ana) == len(eve) > 2
    assert client(path, ana).get("/").text == "Ana"
    client(path, ana).get("/auth/logout")
    mixed = ana | {COOKIE: eve[COOKIE]}  # Ana's parts behind the head of another login
    assert client(path, ana).get("/").text == "nobody"
    assert client(path, mixed).get("/").text == "nobody"
    assert client(path, eve).get("/").text == "Eve"


def test_what_the_login_did_not_sign_is_not_remembered(path):
    for sent in (cookies("Ana", secret="guessed by somebody"), {COOKIE: "x"}, {"other": "y"}, {}):
        client(path, sent).get("/auth/logout")
    assert not path.exists() or json.loads(path.read_text()) == {}


def test_what_no_signature_is_good_for_any_more_is_forgotten(path):
    path.write_text('{"old": 1.0}')
    client(path, cookies("Ana")).get("/auth/logout")
    (until,) = json.loads(path.read_text()).values()
    assert until > GOOD_FOR


@pytest.mark.parametrize("text", ["{", "[]", '{"a": "x"}', "\x80", ""])
def test_a_list_that_cannot_be_read_is_a_sentence(path, text):
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(UserError, match="another cookie_secret"):
        EndedLogins(path)


def test_a_disk_without_room_ends_it_all_the_same(path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    ana = client(path, cookies("Ana"))
    monkeypatch.setattr(logout, "write_whole", full)
    ana.get("/auth/logout")
    assert ana.get("/").text == "nobody"


def test_an_open_connection_ends_with_its_login(path):
    ana = client(path, cookies("Ana"))
    with ana, ana.websocket_connect("/listen") as socket:
        assert socket.receive_text() == "hello"
        ana.get("/auth/logout")
        with pytest.raises(WebSocketDisconnect):
            socket.receive_text()
