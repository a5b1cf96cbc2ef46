"""What a POST brings: bytes up to a limit, and the JSON object that they are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from ..errors import TooLarge, UserError
from ..strict_json import parsed
from .http import Handler

MOST_BYTES = 8 << 20  # of a POST
MOST_DIGITS = 12  # of an announced length


def with_body(method: Callable[[Request, dict[str, Any]], Response]) -> Handler:
    """A handler of POSTs that works in a thread, with the JSON object that came."""

    async def handler(request: Request) -> Response:
        return await run_in_threadpool(method, request, await body_of(request))

    return handler


async def body_of(request: Request, parse: Callable[[bytes], Any] = parsed) -> dict[str, Any]:
    """The JSON object of a POST. UserError if it is none."""
    if request.headers.get("content-type", "").split(";")[0].strip() != "application/json":
        raise UserError("A POST must have the content type application/json.")
    body = parse(await read(request, MOST_BYTES))
    if not isinstance(body, dict):
        raise UserError(f"Expected a JSON object, got {type(body).__name__}.")
    return body


async def read(request: Request, most: int) -> bytes:
    """The body of a POST. UserError once it is larger than it said, or than `most` bytes."""
    named = request.headers.get("content-length", "")
    if not (named.isascii() and named.isdecimal()):
        raise UserError("A POST must say its length.")
    if len(named) > MOST_DIGITS or int(named) > most:
        raise TooLarge(f"A POST has at most {most} bytes here, this one {named[:MOST_DIGITS]}.")
    announced, body = int(named), bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > announced:
                raise TooLarge(f"This POST has more than the {announced} bytes that it said.")
    except ClientDisconnect:
        raise UserError("This POST ended before all of it was there.") from None
    if len(body) < announced:
        raise UserError(f"This POST has {len(body)} bytes, and said {announced}.")
    return bytes(body)


def list_in(body: dict[str, Any], name: str) -> list[Any]:
    """A list of the object. UserError if it is none."""
    value = body.get(name)
    if not isinstance(value, list):
        raise UserError(f"Expected a list '{name}', got {type(value).__name__}.")
    return value
