"""The app behind the nginx of deploy/nginx.conf: TLS, a folder of the address, websockets."""

import base64
import http.client
import json
import os
import re
import socket
import ssl
import subprocess
import time
from pathlib import Path

import pytest

from benchmarks.app_process import App, free_port, wait_until
from tests.support.servers import program

DEPLOY = Path(__file__).resolve().parents[1] / "deploy"
NAME, BELOW = "lab.example.org", "/lab/"
MAIN = """
daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi; uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/lab.conf;
}}
"""


class Behind(App):
    """The app, and nginx in front of it."""

    def __init__(self, root, folder):
        super().__init__(root, is_started=False)
        self.folder, self.tls_port = folder, free_port()
        self.public = f"https://{NAME}:{self.tls_port}"
        self.environment |= {"SSVAE_URL": f"{self.public}/lab", "SSVAE_WITHOUT_LOGIN": "yes"}
        self.start()
        key, certificate = folder / "key.pem", folder / "certificate.pem"
        subprocess.run(
            [
                *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt"),
                *("ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", f"/CN={NAME}"),
                *("-addext", f"subjectAltName=DNS:{NAME}", "-keyout", key, "-out", certificate),
            ],
            check=True,
            capture_output=True,
        )
        values = {
            "APP": f"127.0.0.1:{self.port}",
            "NAME": NAME,
            "BELOW": BELOW,
            "PORT": str(self.tls_port),
            "CERTIFICATE": str(certificate),
            "KEY": str(key),
        }
        text = (DEPLOY / "nginx.conf").read_text()
        filled = re.sub(r"\$\{(\w+)\}", lambda found: values[found[1]], text)
        (folder / "lab.conf").write_text(filled)
        (folder / "nginx.conf").write_text(MAIN.format(folder=folder))
        command = [program("nginx"), "-p", str(folder), "-e", f"{folder}/error.log"]
        self.proxy = subprocess.Popen([*command, "-c", f"{folder}/nginx.conf"])
        self.context = ssl.create_default_context(cafile=certificate)
        wait_until(self._is_there, 30, "nginx answers")

    def _is_there(self):
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.tls_port)) == 0

    def connected(self):
        """A TLS connection, whose certificate was checked against the name."""
        plain = socket.create_connection(("127.0.0.1", self.tls_port), timeout=60)
        return self.context.wrap_socket(plain, server_hostname=NAME)

    def ask(self, method, path, body=None, **headers):
        connection = http.client.HTTPConnection(NAME, self.tls_port)
        connection.sock = self.connected()
        sent = {"Origin": self.public, "Content-Type": "application/json"} | {
            name.replace("_", "-"): value for name, value in headers.items()
        }
        connection.request(method, path, None if body is None else json.dumps(body), sent)
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        return answer.status, content

    def _answers(self):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", self.port)):
                return self.process.poll() is not None and super()._answers()
        return True


@pytest.fixture(scope="module")
def behind(tmp_path_factory):
    app = Behind(tmp_path_factory.mktemp("lab"), tmp_path_factory.mktemp("nginx"))
    yield app
    app.proxy.terminate()
    app.proxy.wait(10)
    app.stop()


def test_pages_modules_and_routes_are_in_the_folder_and_nowhere_else(behind):
    status, page = behind.ask("GET", "/lab/")
    assert status == 200
    assert b"<script" in page
    for path in ("health", "web/label.js", "api/lessons", "_stcore/health", "explore"):
        assert behind.ask("GET", f"/lab/{path}")[0] == 200, path
    for path in ("/", "/health", "/api/lessons"):
        assert behind.ask("GET", path)[0] in (403, 404), path  # nginx's own pages


def test_a_label_is_stored_and_a_wait_for_news_ends_with_it(behind):
    session = behind.new_session("m2", "digits", 1797).id
    state = f"/lab/api/sessions/{session}/state"
    version = json.loads(behind.ask("GET", state)[1])["version"]
    op = {"op_id": "a", "kind": "label", "examples": [3], "class": 3}
    status, answer = behind.ask("POST", f"/lab/api/sessions/{session}/events", {"ops": [op]})
    assert status == 200, answer
    assert behind.labels(session) == [(3, 3)]
    begin = time.monotonic()
    status, answer = behind.ask("GET", f"{state}?after={version}&wait=20")
    assert json.loads(answer)["version"] != version
    assert time.monotonic() - begin < 20


def test_a_page_of_another_site_is_refused_behind_it_too(behind):
    status, answer = behind.ask("GET", "/lab/api/lessons", Origin="https://evil.example")
    assert (status, json.loads(answer)["error"][:22]) == (400, "A page of https://evil")
    status, _ = behind.ask("GET", "/lab/api/lessons", Origin=f"http://{NAME}:{behind.tls_port}")
    assert status == 400


@pytest.mark.parametrize(("origin", "accepted"), [("", True), ("https://evil.example", False)])
def test_a_websocket_of_a_page_is_opened_and_one_of_another_site_is_not(behind, origin, accepted):
    key = base64.b64encode(os.urandom(16)).decode()
    lines = [
        "GET /lab/_stcore/stream HTTP/1.1",
        f"Host: {NAME}:{behind.tls_port}",
        f"Origin: {origin or behind.public}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Protocol: streamlit",
        f"Sec-WebSocket-Key: {key}",
    ]
    with behind.connected() as stream:
        stream.sendall("\r\n".join([*lines, "", ""]).encode())
        answer = stream.recv(4096).decode("latin-1")
    assert answer.startswith("HTTP/1.1 101") == accepted, answer
