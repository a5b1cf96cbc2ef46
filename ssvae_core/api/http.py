"""What all routes have in common: who may ask, how an address is read, how an error is said."""

from __future__ import annotations

import logging
import math
import re
from collections.abc import Awaitable, Callable
from urllib.parse import quote, unquote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from ..errors import (
    Conflict,
    NeedsDownload,
    NotFound,
    NotWritten,
    TooLarge,
    Unavailable,
    UserError,
)
from .protection import CHECKED, WENT_WRONG, check_sender

PERSON = "ssvae_person"  # cookie with a name, percent-encoded
LONGEST_NAME = 60
LARGEST_NUMBER = 1e15  # a float still counts by ones below it
WHOLE_NUMBER = re.compile("-?[0-9]{1,15}")
CONTROL = re.compile("[\0-\x1f\x7f-\x9f\ud800-\udfff]")
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
    NeedsDownload: 428,  # weights that would have to be fetched; asked again, with consent
    Unavailable: 503,
    NotWritten: 507,
}


def answer(handler: Handler) -> Handler:
    """The handler, after a look at who asks, and with every error in words."""

    async def answering(request: Request) -> Response:
        try:
            if CHECKED not in request.scope:  # a server without Protection
                check_sender(request.headers)
            _check_address(request)
            return await handler(request)
        except UserError as error:
            return JSONResponse({"error": str(error)}, status_of(error))
        except Exception:
            log.exception("%s %s", request.method, request.url.path)
            return JSONResponse({"error": WENT_WRONG}, 500)

    return answering


def status_of(error: UserError) -> int:
    """The status of its kind, or of the nearest kind above that has one."""
    return next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)


def in_thread(method: Callable[[Request], Response]) -> Handler:
    """A handler that works in a thread, so that it may wait."""

    async def handler(request: Request) -> Response:
        return await run_in_threadpool(method, request)

    return handler


def _check_address(request: Request) -> None:
    """UserError for an address that no name of ours can have."""
    texts = (request.url.path, *request.path_params.values(), *request.query_params.values())
    if any("\0" in str(text) for text in texts):
        raise UserError("An address holds a NUL. Remove it.")


def named_by_cookie(request: Request) -> str:
    """The name that the asking browser has; "" if it has none. They are taken at their word."""
    return unquote(request.cookies.get(PERSON, ""))


def known_by(who: Who, handler: Handler) -> Handler:
    """The handler for those whom `who` knows; `person` then tells their name."""

    async def handling(request: Request) -> Response:
        name = who(request)
        if name is None:
            return JSONResponse({"error": NOT_LOGGED_IN}, 401)
        request.state.person = " ".join(CONTROL.sub(" ", name).split())[:LONGEST_NAME]
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


def attachment(name: str) -> dict[str, str]:
    """The header by which a browser saves an answer under a name, whatever letters it has."""
    plain = re.sub(r"[^\w.-]", "_", name, flags=re.ASCII)  # for what knows no other header
    names = f"filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
    return {"Content-Disposition": f"attachment; {names}"}


def number(request: Request, name: str, default: float) -> float:
    """A number of the query. UserError if it is none."""
    text = request.query_params.get(name)
    if text is None:
        return default
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not abs(value) < LARGEST_NUMBER:  # nor NaN, of which everything is false
        raise UserError(f"'{name}' must be a number, got '{text[:40]}'.")
    return value


def ids(request: Request, name: str) -> list[int]:
    """Numbers of the query, with commas. UserError if they are none."""
    text = request.query_params.get(name, "")
    parts = [part for part in text.split(",") if part]
    if not all(WHOLE_NUMBER.fullmatch(part) for part in parts):
        raise UserError(f"'{name}' must be whole numbers with commas, got '{text[:40]}'.")
    return [int(part) for part in parts]
