"""The body of a POST: as long as it says, and no longer than it may be."""

import asyncio

import pytest
from starlette.requests import Request

from ssvae_core.api.body import body_of, read
from ssvae_core.errors import TooLarge, UserError


def request(chunks, kind="application/json", **headers):
    """A POST whose body comes in these pieces; after None it is cut off."""
    coming = iter(chunks)

    async def receive():
        chunk = next(coming, b"")
        if chunk is None:
            return {"type": "http.disconnect"}
        received.append(chunk)
        return {"type": "http.request", "body": chunk, "more_body": chunk != b""}

    received = []
    sent = {"content-type": kind} | {k.replace("_", "-"): v for k, v in headers.items()}
    raw = [(name.encode(), value.encode("latin-1")) for name, value in sent.items()]
    made = Request({"type": "http", "method": "POST", "path": "/", "headers": raw}, receive)
    return made, received


def test_a_body_is_read_in_its_pieces():
    made, _ = request([b'{"a":', b" 1}"], content_length="8")
    assert asyncio.run(body_of(made)) == {"a": 1}


@pytest.mark.parametrize("said", ["", "-1", "1.5", "x", "0x10", "+3", "1 0", "\xb2"])
def test_a_length_that_is_none_is_refused(said):
    made, _ = request([b"{}"], content_length=said)
    with pytest.raises(UserError, match="must say its length"):
        asyncio.run(read(made, 10))


@pytest.mark.parametrize("said", ["11", "9" * 13, "9" * 5000])
def test_what_says_to_be_too_long_is_not_read(said):
    made, received = request([b"x" * 10] * 9, content_length=said)
    with pytest.raises(TooLarge):
        asyncio.run(read(made, 10))
    assert received == []


def test_what_is_longer_than_it_said_is_cut_off_there():
    made, received = request([b"xx"] * 1000, content_length="4")
    with pytest.raises(TooLarge, match="more than the 4 bytes"):
        asyncio.run(read(made, 10))
    assert len(received) == 3


@pytest.mark.parametrize("chunks", [[b"{}"], [b"{", None], [None], []])
def test_what_ends_before_is_refused(chunks):
    made, _ = request(chunks, content_length="9")
    with pytest.raises(UserError, match=r"\.$"):
        asyncio.run(read(made, 10))


@pytest.mark.parametrize("kind", ["text/plain", "", "application/json-x", "application/xml"])
def test_only_json_is_taken(kind):
    made, _ = request([b"{}"], kind, content_length="2")
    with pytest.raises(UserError, match="content type application/json"):
        asyncio.run(body_of(made))
