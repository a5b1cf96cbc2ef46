"""A login with an OpenID provider, in the browser: a small provider of our own lets Ana in."""

from __future__ import annotations

import http.server
import json
import threading
import time
import urllib.error
from collections.abc import Iterator
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey

from benchmarks.app_process import App, wait_until
from tests.support.desk import LAB

CLIENT = "ssvae-lab"


class Provider:
    """OpenID Connect with the authorization code flow; who comes is Ana, and is not asked."""

    def __init__(self) -> None:
        self.key = RSAKey.generate_key(2048, {"kid": "1", "use": "sig", "alg": "RS256"})
        self.nonces: dict[str, str] = {}  # by code
        provider = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                at = urlsplit(self.path)
                if at.path == "/authorize":
                    self.send_response(302)
                    self.send_header("Location", provider.authorize(parse_qs(at.query)))
                    self.end_headers()
                elif at.path == "/keys":
                    self.say({"keys": [provider.key.as_dict(private=False)]})
                else:
                    self.say(provider.about())

            def do_POST(self) -> None:
                sent = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
                self.say(provider.token(sent["code"][0]))

            def say(self, answer: object) -> None:
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.end_headers()
                self.wfile.write(json.dumps(answer).encode())

            def log_message(self, *_: object) -> None:
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def about(self) -> dict[str, object]:
        ends = {"authorization": "authorize", "token": "token"}
        return {
            "issuer": self.url,
            "jwks_uri": f"{self.url}/keys",
            "id_token_signing_alg_values_supported": ["RS256"],
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            **{f"{name}_endpoint": f"{self.url}/{end}" for name, end in ends.items()},
        }

    def authorize(self, asked: dict[str, list[str]]) -> str:
        """Where the browser is sent back to."""
        assert asked["client_id"] == [CLIENT]
        code = f"code-{len(self.nonces)}"
        self.nonces[code] = asked["nonce"][0]
        return f"{asked['redirect_uri'][0]}?{urlencode({'code': code, 'state': asked['state'][0]})}"

    def token(self, code: str) -> dict[str, object]:
        now = int(time.time())
        claims = {
            "iss": self.url,
            "aud": CLIENT,
            "sub": "4711",
            "name": "Ana Ruiz",
            "email": "ana@example.org",
            "nonce": self.nonces.pop(code),
            "iat": now,
            "exp": now + 600,
        }
        signed = jwt.encode({"alg": "RS256", "kid": "1"}, claims, self.key)
        return {"access_token": "x", "token_type": "Bearer", "expires_in": 600, "id_token": signed}


@pytest.fixture
def provider() -> Iterator[Provider]:
    provider = Provider()
    yield provider
    provider.server.shutdown()
    provider.server.server_close()


@pytest.fixture
def app(provider, tmp_path) -> Iterator[App]:
    """The app with this provider in its secrets."""
    app = App(tmp_path, is_started=False)
    secrets = tmp_path / "home" / ".streamlit" / "secrets.toml"
    auth = {
        "redirect_uri": f"{app.url}/oauth2callback",
        "cookie_secret": "of this test only, and of thirty-two letters",
        "client_id": CLIENT,
        "client_secret": "known to the provider",
        "server_metadata_url": f"{provider.url}/.well-known/openid-configuration",
    }
    secrets.parent.mkdir(parents=True)
    secrets.write_text("[auth]\n" + "".join(f"{k} = {json.dumps(v)}\n" for k, v in auth.items()))
    app.environment["HOME"] = str(tmp_path / "home")
    app.start()
    yield app
    app.stop()


def test_a_person_logs_in_comes_back_to_the_session_and_labels_under_that_name(chromium, app):
    session = app.new_session("m2").id
    with pytest.raises(urllib.error.HTTPError, match="401"):
        app.get(f"sessions/{session}/state")
    page = chromium.new_context(bypass_csp=False).new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.goto(f"{app.url}/?session={session}")
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url(f"**/?session={session}")
    page.get_by_test_id("chip-7").wait_for(timeout=60_000)
    until(page, f"window.ssvaeLabel?.map.drawn > 0 && {LAB}?.focus !== null")
    page.keyboard.press("7")
    until(page, f"{LAB}.pendingCount === 0 && {LAB}.connection === 'ok'")
    (event,) = app.store.events(session)
    assert (event.annotator, event.label) == ("Ana Ruiz", 7)
    copied = page.context.cookies()
    page.get_by_test_id("person").click()
    assert "Ana Ruiz" in page.get_by_test_id("person-menu").inner_text()
    page.get_by_test_id("log-out").click()
    page.get_by_role("button", name="Log in").wait_for()
    assert page.request.get(f"{app.url}/api/sessions/{session}/state").status == 401
    assert not [text for text in said if "Content Security" in text]
    page.context.close()
    assert_closed_to(copied, chromium, app, session)


def until(page, expression):
    """Wait for it in a page that evaluates no text of its own."""
    wait_until(lambda: page.evaluate(expression), 60, expression)


def assert_closed_to(cookies, chromium, app, session):
    """Nobody comes in with these cookies."""
    context = chromium.new_context(bypass_csp=False)
    context.add_cookies(cookies)
    other = context.new_page()
    other.goto(f"{app.url}/?session={session}")
    other.get_by_role("button", name="Log in").wait_for()
    assert other.request.get(f"{app.url}/api/sessions/{session}/state").status == 401
    context.close()
