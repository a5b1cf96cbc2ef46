"""What all routes have in common: who may ask, how a request is read, how an error is said."""

from __future__ import annotations

import json
import logging
import math
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import unquote, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from ..errors import Conflict, NotFound, NotWritten, TooLarge, Unavailable, UserError

LOCAL_NAMES = {"127.0.0.1", "localhost", "::1"}
MOST_BYTES = 8 << 20  # of a POST
PERSON = "ssvae_person"  # cookie with a name, percent-encoded
LONGEST_NAME = 60
NOT_LOGGED_IN = "You are not logged in. Reload the page and log in; nothing is lost."

log = logging.getLogger(__name__)
Handler = Callable[[Request], Awaitable[Response]]
Who = Callable[[Request], str | None]  # the name of who asks; None for somebody who may not


# What a status is for, and what a page does: it shows the sentence of a 4xx, and sends no such
# request again by itself; a 5xx may have another answer in a moment.
STATUS: dict[type[UserError], int] = {
    UserError: 400,  # a wish that cannot be read, or that nobody can grant
    NotFound: 404,
    Conflict: 409,
    TooLarge: 413,
    Unavailable: 503,
    NotWritten: 507,
}


def answer(handler: Handler) -> Handler:
    """The handler, after a look at who asks, and with every error in words."""

    async def answering(request: Request) -> Response:
        try:
            _check_sender(request)
            return await handler(request)
        except UserError as error:
            return JSONResponse({"error": str(error)}, status_of(error))
        except Exception:
            log.exception("%s %s", request.method, request.url.path)
            return JSONResponse(
                {"error": "Something went wrong in the app; its log says what. Try again."}, 500
            )

    return answering


def status_of(error: UserError) -> int:
    """The status of its kind, or of the nearest kind above that has one."""
    return next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)


def in_thread(method: Callable[[Request], Response]) -> Handler:
    """A handler that works in a thread, so that it may wait."""

    async def handler(request: Request) -> Response:
        return await run_in_threadpool(method, request)

    return handler


def _check_sender(request: Request) -> None:
    host = urlsplit(f"//{request.headers.get('host', '')}")
    if host.hostname not in LOCAL_NAMES:
        raise UserError(f"This server answers at {', '.join(sorted(LOCAL_NAMES))} only.")
    origin = request.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != host.netloc:
        raise UserError(f"A page of {origin} may not use this server.")


def named_by_cookie(request: Request) -> str:
    """The name that the asking browser has; "" if it has none. They are taken at their word."""
    return unquote(request.cookies.get(PERSON, ""))


def known_by(who: Who, handler: Handler) -> Handler:
    """The handler for those whom `who` knows; `person` then tells their name."""

    async def handling(request: Request) -> Response:
        name = who(request)
        if name is None:
            return JSONResponse({"error": NOT_LOGGED_IN}, 401)
        request.state.person = " ".join(name.split())[:LONGEST_NAME]
        return await handler(request)

    return handling


def person(request: Request) -> str:
    """The name of who asks; "" without one."""
    name: str = request.state.person
    return name


def in_bytes(data: bytes, version: str = "") -> Response:
    """An answer of bytes."""
    headers = {"X-Version": version, "Cache-Control": "no-store"}
    return Response(data, media_type="application/octet-stream", headers=headers)


def number(request: Request, name: str, default: float) -> float:
    """A number of the query. UserError if it is none."""
    text = request.query_params.get(name)
    if text is None:
        return default
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise UserError(f"'{name}' must be a number, got '{text}'.")
    return value


def ids(request: Request, name: str) -> list[int]:
    """Numbers of the query, with commas. UserError if they are none."""
    text = request.query_params.get(name, "")
    try:
        return [int(part) for part in text.split(",") if part]
    except ValueError:
        raise UserError(f"'{name}' must be whole numbers with commas, got '{text}'.") from None


async def body_of(request: Request) -> dict[str, Any]:
    """The JSON object of a POST. UserError if it is none."""
    if request.headers.get("content-type", "").split(";")[0] != "application/json":
        raise UserError("A POST must have the content type application/json.")
    length = request.headers.get("content-length", "")
    if not length.isdecimal():
        raise UserError("A POST must say its length.")
    if int(length) > MOST_BYTES:
        raise TooLarge(f"A POST has at most {MOST_BYTES} bytes, this one {length}.")
    try:
        body = json.loads(await request.body())
    except ValueError as error:
        raise UserError(f"The body is not JSON: {error}.") from None
    if not isinstance(body, dict):
        raise UserError(f"Expected a JSON object, got {type(body).__name__}.")
    return body


def list_in(body: dict[str, Any], name: str) -> list[Any]:
    """A list of the object. UserError if it is none."""
    value = body.get(name)
    if not isinstance(value, list):
        raise UserError(f"Expected a list '{name}', got {type(value).__name__}.")
    return value
