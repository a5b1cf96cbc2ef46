"""A login, where one is configured: what the pages call who is there, and whom /api believes."""

import json
import os

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.testclient import TestClient
from streamlit.auth_util import set_cookie_with_chunks
from streamlit.testing.v1 import AppTest
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value

from pages.components import login
from pages.components.login import logged_in, name_of
from ssvae_core.api import routes
from ssvae_core.session.workspace import Workspace

SECRET, COOKIE = "a secret of sixteen letters or more", "_streamlit_user"
STATE = "/api/sessions/{}/state"


@pytest.mark.parametrize(
    ("user", "name"),
    [
        ({}, ""),
        ({"is_logged_in": False, "name": "Ana"}, ""),
        ({"is_logged_in": True, "name": " Ana  Ruiz ", "email": "a@b.c"}, "Ana Ruiz"),
        ({"is_logged_in": True, "name": None, "email": "a@b.c"}, "a@b.c"),
        ({"is_logged_in": True, "sub": "4711"}, "4711"),
    ],
)
def test_a_name_comes_from_the_login_only_after_it(user, name):
    assert name_of(user) == name


@pytest.fixture
def workspace(tmp_path):
    workspace = Workspace(tmp_path)
    yield workspace
    workspace.close()


@pytest.fixture
def client(workspace, monkeypatch):
    monkeypatch.setattr(login, "get_cookie_secret", lambda: SECRET)
    with TestClient(
        Starlette(routes=routes(workspace, logged_in)), base_url="http://127.0.0.1:8501"
    ) as client:
        yield client


@pytest.fixture
def path(workspace, monkeypatch):
    monkeypatch.setattr(Workspace, "attend", Workspace.session)  # without a trainer
    return f"/api/sessions/{workspace.create('S', 'digits').id}"


def log_in(client, secret=SECRET, **user):
    """The cookies that Streamlit leaves after a login."""

    def signed(name, value):
        return create_signed_value(secret, name, value)

    def keep(name, value):
        client.cookies.set(name, signed(name, value).decode())

    claims = {"is_logged_in": True, "origin": "http://127.0.0.1:8501", **user}
    set_cookie_with_chunks(keep, signed, COOKIE, claims, cookie_attr_size=60)


def label(client, path, op_id):
    op = {"op_id": op_id, "kind": "label", "examples": [3], "class": 1}
    return client.post(f"{path}/events", json={"ops": [op]})


def test_without_a_login_every_route_is_closed_and_says_what_to_do(client, path, workspace):
    for route in routes(workspace, logged_in):
        values = {"session": path.split("/")[-1], "name": "now", "fingerprint": "x"}
        at = route.path.format(
            **dict.fromkeys(("upload", "set", "export", "part", "moment", "image"), "x"), **values
        )
        for method in route.methods if route.path != "/health" else ():
            answer = client.request(method, at, json={} if method == "POST" else None)
            assert answer.status_code == 401, (method, at)
            assert method == "HEAD" or answer.json()["error"].startswith("You are not logged in.")


def test_a_name_in_a_plain_cookie_is_not_believed(client, path):
    client.cookies.set("ssvae_person", "Ana")
    assert label(client, path, "a").status_code == 401
    log_in(client, name="Ben")
    label(client, path, "b")
    people = client.get(f"{path}/state").json()["people"]
    assert people == [{"name": "Ben", "n": 1}]


@pytest.mark.parametrize(
    "forged", ["other secret", "other text", "not signed", "no login", "empty"]
)
def test_a_cookie_that_the_login_did_not_sign_is_not_believed(client, path, forged):
    log_in(client, name="Ana")
    assert client.get(f"{path}/labels").status_code == 200
    signed = client.cookies[COOKIE]
    client.cookies.clear()
    if forged == "other secret":
        log_in(client, secret="guessed by somebody", name="Ana")
    elif forged == "no login":
        log_in(client, name="Ana", is_logged_in=False)
    elif forged == "empty":
        log_in(client)
    else:
        plain = json.dumps({"is_logged_in": True, "name": "Ana"})
        client.cookies.set(COOKIE, f"x{signed}" if forged == "other text" else plain)
    assert client.get(f"{path}/labels").status_code == 401


def test_a_login_with_much_to_say_is_read_from_all_its_cookies(client, path):
    log_in(client, name="Ana", groups=[os.urandom(30).hex() for _ in range(100)])
    assert len(client.cookies) > 1
    assert client.get(f"{path}/labels").status_code == 200
    del client.cookies[f"{COOKIE}_1"]
    assert client.get(f"{path}/labels").status_code == 401


GONE: dict[str, bool] = {}  # what Streamlit says of who is there, should the secrets vanish


@pytest.mark.parametrize("user", [{"is_logged_in": False}, GONE, {"is_logged_in": None}])
@pytest.mark.parametrize("has_package", [True, False])
def test_a_page_offers_the_login_or_says_what_it_lacks_and_shows_nothing_else(
    monkeypatch, has_package, user
):
    def page():
        import streamlit as st

        from pages.components.login import require_login

        require_login()
        st.write("All sessions")

    monkeypatch.setattr(login, "is_authlib_installed", lambda: has_package)
    monkeypatch.setattr(login.st, "user", user)
    monkeypatch.setattr(login._Login, "is_required", True)
    app = AppTest.from_function(page).run()
    assert not app.exception
    assert [button.label for button in app.button] == (["Log in"] if has_package else [])
    assert len(app.error) == (not has_package)
    assert all("pip install 'Authlib" in error.value for error in app.error)
    assert not any("All sessions" in text.value for text in app.markdown)


def test_routes_stay_closed_when_the_secrets_vanish_while_it_runs(monkeypatch):
    """And where there was none at the start, a login closes them as soon as it is there."""
    auth = {"client_id": "lab"}
    monkeypatch.setattr(login, "get_secrets_auth_section", lambda: dict(auth))
    monkeypatch.setattr(login._Login, "is_required", False)
    request = Request({"type": "http", "headers": [(b"cookie", b"ssvae_person=Ana")]})
    assert login.who(request) is None
    auth.clear()
    assert login.who(request) is None
    login._Login.is_required = False
    assert login.who(request) == "Ana"


def test_each_provider_has_its_button():
    whole = {"client_id": "a", "client_secret": "b", "server_metadata_url": "http://c"}
    assert login.ways_in(whole) == {"": "Log in"}
    assert login.ways_in({"google": whole}) == {"google": "Log in with google"}
    both = login.ways_in({**whole, "![](http://x)": whole, "client_kwargs": {"scope": "x"}})
    assert list(both) == ["", "![](http://x)"]
    assert "![" not in "".join(both.values())
