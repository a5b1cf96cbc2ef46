"""What of a request is counted, and what is a line of the log."""

import logging

import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from ssvae_core.api.observing import observed
from ssvae_core.operation.metrics import RequestCounts


@pytest.fixture
def counts():
    return RequestCounts()


@pytest.fixture
def client(counts):
    async def handler(request):
        request.state.person = "Ana"
        if "fail" in request.query_params:
            raise RuntimeError("a bug")
        return PlainTextResponse("", int(request.query_params.get("status", 200)))

    route = Route("/a/{b}", observed(counts, "/a/{b}", handler), methods=["GET", "POST"])
    return TestClient(Starlette(routes=[route]), raise_server_exceptions=False)


def counted(counts):
    return {(labels["method"], labels["status"]): n for labels, n in counts.families()[0].samples}


def test_all_are_counted_and_what_changes_or_fails_is_logged(client, counts, caplog):
    with caplog.at_level(logging.INFO):
        client.get("/a/1")
        client.post("/a/1")
        client.get("/a/1?status=503")
        client.get("/a/1?fail=1")
    assert counted(counts) == {
        ("GET", "200"): 1,
        ("POST", "200"): 1,
        ("GET", "503"): 1,
        ("GET", "500"): 1,
    }
    lines = [record for record in caplog.records if getattr(record, "event", "") == "request"]
    assert [(line.method, line.status) for line in lines] == [
        ("POST", 200),
        ("GET", 503),
        ("GET", 500),
    ]
    assert lines[0].person == "Ana"
    assert lines[0].ms >= 0
