"""A hub of models on this machine, with the answers of Hugging Face's that are asked for.

Each file is where the real one has it: a small one at its address, one of weights behind a
redirection, with its sha256 and its size stated on the way.
"""

from __future__ import annotations

import hashlib
import json
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import torch
from safetensors.torch import load, save

COMMIT = "c0ffee" + "0" * 34
FIRST = 20_000


class Hub:
    """Serves the models that are added, and says what it was asked for."""

    def __init__(self):
        self.models: dict[str, dict[str, bytes]] = {}
        self.tags = ["license:apache-2.0", "vision"]
        self.asked: list[str] = []  # method and path, and the range where there was one
        self.first = FIRST  # bytes of weights that come before they break off, or wait
        self.cuts = 0  # of the next answers with weights, how many break off
        self.damages = False  # whether weights come with another byte
        self.is_gated = False
        self.gate = threading.Event()  # until it is set, weights wait
        self.gate.set()
        hub = self

        class Handler(_Handler):
            of = hub

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.cdn = f"http://localhost:{self.server.server_port}/cdn"  # another host, as there
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def add(self, name, folder):
        """The files in this folder are the model of this name."""
        self.models[name] = {path.name: path.read_bytes() for path in folder.iterdir()}

    def stop(self):
        self.gate.set()
        self.server.shutdown()
        self.server.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    of: Hub

    def do_HEAD(self):
        self._answer(is_head=True)

    def do_GET(self):
        self._answer(is_head=False)

    def log_message(self, *_):
        pass

    def _answer(self, is_head):
        hub, path = self.of, urlsplit(self.path).path
        wanted = self.headers.get("Range", "")
        hub.asked.append(f"{self.command} {path} {wanted}".strip())
        if found := re.fullmatch(r"/api/models/([^/]+/[^/]+)(/.*)?", path):
            name, more = found.groups()
            if hub.is_gated:
                return self._send(403, b"", {"X-Error-Code": "GatedRepo"})
            if name not in hub.models:
                return self._send(404, b'{"error": "no"}', {"X-Error-Code": "RepoNotFound"})
            said = _tree(hub, name) if more and more.startswith("/tree") else _info(hub, name)
            return self._send(200, json.dumps(said).encode(), {"Content-Type": "application/json"})
        if found := re.fullmatch(r"/([^/]+/[^/]+)/resolve/[^/]+/(.+)", path):
            name, file = found.groups()
            return self._file(hub.models[name][file], file)
        if found := re.fullmatch(r"/cdn/(\w+)", path):
            by_digest = {
                _digest(content): content
                for model in hub.models.values()
                for content in model.values()
            }
            return self._weights(by_digest[found[1]], wanted, is_head)
        return self._send(404, b"")

    def _file(self, content, name):
        head = {"X-Repo-Commit": COMMIT, "Accept-Ranges": "bytes"}
        if not _is_large(name):
            return self._send(200, content, {**head, "ETag": f'"{_blob(content)}"'})
        digest = _digest(content)
        stated = {"X-Linked-Etag": f'"{digest}"', "X-Linked-Size": str(len(content))}
        return self._send(302, b"", {**head, **stated, "Location": f"{self.of.cdn}/{digest}"})

    def _weights(self, content, wanted, is_head):
        hub = self.of
        if hub.damages:
            content = content[:-1] + bytes([content[-1] ^ 1])
        start = int(re.findall(r"\d+", wanted)[0]) if wanted else 0
        self.send_response(206 if wanted else 200)
        if wanted:
            self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
        self.send_header("Content-Length", str(len(content) - start))
        self.end_headers()
        if is_head:
            return
        self.wfile.write(content[start : start + hub.first])
        self.wfile.flush()
        if hub.cuts:
            hub.cuts -= 1
            self.close_connection = True
            self.connection.close()
            return
        hub.gate.wait(60)
        self.wfile.write(content[start + hub.first :])

    def _send(self, status, content, head=()):
        self.send_response(status)
        for name, value in dict(head).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)


def _info(hub, name):
    siblings = [
        {"rfilename": file["path"], "size": file["size"], "blobId": file["oid"]}
        | (
            {"lfs": {"size": file["size"], "sha256": file["lfs"]["oid"], "pointerSize": 134}}
            if "lfs" in file
            else {}
        )
        for file in _tree(hub, name)
    ]
    return {"id": name, "sha": COMMIT, "tags": hub.tags, "siblings": siblings}


def _tree(hub, name):
    return [
        {"type": "file", "path": path, "size": len(content), "oid": _blob(content)}
        | (
            {"lfs": {"oid": _digest(content), "size": len(content), "pointerSize": 134}}
            if _is_large(path)
            else {}
        )
        for path, content in hub.models[name].items()
    ]


def _is_large(name):
    return name.endswith((".safetensors", ".bin"))


def _digest(content):
    return hashlib.sha256(content).hexdigest()


def _blob(content):
    """What git calls it."""
    return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()


def longer(weights, n):
    """A file of safetensors with a tensor more, of n bytes."""
    tensors = load(weights)
    tensors["more"] = torch.zeros(n, dtype=torch.uint8)
    return save(tensors, {"format": "pt"})
