"""What all routes have in common: who may ask, how a request is read, how an error is said."""

from __future__ import annotations

import json
import logging
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import unquote, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from ..errors import UserError
from ..labels.store import NotSaved

LOCAL_NAMES = {"127.0.0.1", "localhost", "::1"}
MOST_BYTES = 8 << 20  # of a POST
PERSON = "ssvae_person"  # cookie with a name, percent-encoded
LONGEST_NAME = 60
NOT_LOGGED_IN = "You are not logged in. Reload the page and log in; nothing is lost."

log = logging.getLogger(__name__)
Handler = Callable[[Request], Awaitable[Response]]
Who = Callable[[Request], str | None]  # the name of who asks; None for somebody who may not


class BadRequest(Exception):
    """A request no page of ours makes; its sentence says what was expected."""


def answer(handler: Handler) -> Handler:
    """The handler, after a look at who asks, and with every error in words."""

    async def answering(request: Request) -> Response:
        try:
            _check_sender(request)
            return await handler(request)
        except BadRequest as error:
            return JSONResponse({"error": str(error)}, 400)
        except NotSaved as error:
            return JSONResponse({"error": str(error)}, 503)
        except UserError as error:
            return JSONResponse({"error": str(error)}, 404)
        except Exception:
            log.exception("%s %s", request.method, request.url.path)
            return JSONResponse(
                {"error": "Something went wrong in the app; its log says what. Try again."}, 500
            )

    return answering


def in_thread(method: Callable[[Request], Response]) -> Handler:
    """A handler that works in a thread, so that it may wait."""

    async def handler(request: Request) -> Response:
        return await run_in_threadpool(method, request)

    return handler


def _check_sender(request: Request) -> None:
    host = urlsplit(f"//{request.headers.get('host', '')}")
    if host.hostname not in LOCAL_NAMES:
        raise BadRequest(f"This server answers at {', '.join(sorted(LOCAL_NAMES))} only.")
    origin = request.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != host.netloc:
        raise BadRequest(f"A page of {origin} may not use this server.")


def named_by_cookie(request: Request) -> str:
    """The name that the asking browser has; "" if it has none. Whoever asks is believed."""
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
    """A number of the query. BadRequest if it is none."""
    text = request.query_params.get(name)
    try:
        return default if text is None else float(text)
    except ValueError:
        raise BadRequest(f"'{name}' must be a number, got '{text}'.") from None


def ids(request: Request, name: str) -> list[int]:
    """Numbers of the query, with commas. BadRequest if they are none."""
    text = request.query_params.get(name, "")
    try:
        return [int(part) for part in text.split(",") if part]
    except ValueError:
        raise BadRequest(f"'{name}' must be whole numbers with commas, got '{text}'.") from None


async def body_of(request: Request) -> dict[str, Any]:
    """The JSON object of a POST. BadRequest if it is none."""
    if request.headers.get("content-type", "").split(";")[0] != "application/json":
        raise BadRequest("A POST must have the content type application/json.")
    if int(request.headers.get("content-length", MOST_BYTES + 1)) > MOST_BYTES:
        raise BadRequest(f"A POST must say its length, at most {MOST_BYTES} bytes.")
    try:
        body = json.loads(await request.body())
    except ValueError as error:
        raise BadRequest(f"The body is not JSON: {error}.") from None
    if not isinstance(body, dict):
        raise BadRequest(f"Expected a JSON object, got {type(body).__name__}.")
    return body


def list_in(body: dict[str, Any], name: str) -> list[Any]:
    """A list of the object. BadRequest if it is none."""
    value = body.get(name)
    if not isinstance(value, list):
        raise BadRequest(f"Expected a list '{name}', got {type(value).__name__}.")
    return value
