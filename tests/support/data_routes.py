"""The routes of the data page as a page asks them: what is sent, and what it came to."""

from __future__ import annotations

import json

from benchmarks.app_process import wait_until


def part(path, content, at=0):
    head = json.dumps({"path": path, "at": at, "n": len(content)}).encode()
    return len(head).to_bytes(4, "big") + head + content


def send(client, upload, *parts, kind="application/octet-stream"):
    return client.post(
        f"/api/data/uploads/{upload}/parts",
        content=b"".join(parts),
        headers={"content-type": kind},
    )


def begin_upload(client, name, files):
    body = {"name": name, "files": len(files), "bytes": sum(map(len, files.values()))}
    return client.post("/api/data/uploads", json=body)


def uploaded(client, name, files):
    upload = begin_upload(client, name, files).json()["upload"]
    parts = [part(path, content) for path, content in files.items()]
    assert send(client, upload, *parts).status_code == 200
    return upload


def ended(client):
    """What the import came to."""

    def state():
        now = client.get("/api/data/imports").json()
        return now["state"] != "running" and now

    return wait_until(state, 60, "the import has ended")


def imported(client, **wish):
    answer = client.post("/api/data/imports", json=wish)
    assert answer.status_code == 200, answer.json()
    state = ended(client)
    assert state["state"] == "done", state
    return state["set"]


def sets(client):
    return client.get("/api/data").json()["sets"]


def error_of(answer):
    assert answer.status_code >= 400
    return answer.json()["error"]
