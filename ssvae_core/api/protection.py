"""Who may send a request, and what every answer carries, whichever part of the app answers.

A browser runs pages of many sites, and each of them can send requests to this machine. A request
is taken if its Host is a name of this machine (DNS rebinding brings another name), and if the page
that sent it, where the browser names one, is of this server: the same port under one of those
names. A page of another port is another program's. Who sends no Origin is no page of a browser, or
a link that a person followed. Where the app has a public address (address.py), a page of it may
send requests to it as well.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..errors import UserError
from .address import DEFAULT_PORT, PublicAddress

LOCAL_NAMES = {"127.0.0.1", "localhost", "::1"}
WENT_WRONG = "Something went wrong in the app; its log says what. Try again."

CHECKED = "ssvae.sender"  # in a request's scope: who sends it was looked at
PLACE = r"(?:localhost|127\.0\.0\.1|\[::1\])(?::(?P<port>[0-9]{1,5}))?"
HOST = re.compile(PLACE, re.IGNORECASE)
ORIGIN = re.compile(rf"(?P<scheme>https?)://{PLACE}", re.IGNORECASE)

log = logging.getLogger(__name__)


def check_sender(headers: Headers, public: PublicAddress | None = None) -> None:
    """UserError for a request to another name than this machine's, or from another page.

    `public`: the address at which others reach it, and whose pages may ask there.
    """
    asked, named = headers.get("host", ""), headers.get("origin")
    if public is not None and public.is_host(asked):
        is_of_it = not _is_from_elsewhere(headers) if named is None else public.is_origin(named)
        if not is_of_it:
            raise UserError(f"A page of {named or 'another site'} may not use this server.")
        return
    host = HOST.fullmatch(asked)
    if host is None:
        names = sorted(LOCAL_NAMES) + ([public.host] if public else [])
        raise UserError(f"This server answers at {', '.join(names)} only.")
    if named is None:
        is_ours = not _is_from_elsewhere(headers)
    else:
        origin = ORIGIN.fullmatch(named)
        is_ours = origin is not None and _port(origin, origin) == _port(host, origin)
    if not is_ours:
        raise UserError(f"A page of {named or 'another site'} may not use this server.")


def _port(place: re.Match[str], origin: re.Match[str]) -> int:
    return int(place["port"] or DEFAULT_PORT[origin["scheme"].lower()])


def _is_from_elsewhere(headers: Headers) -> bool:
    """Whether a browser says that another site's page asks, other than by a link to follow."""
    is_followed = headers.get("sec-fetch-mode") == "navigate"
    return headers.get("sec-fetch-site") in ("cross-site", "same-site") and not is_followed


def _of_one_name(scope: Scope) -> Scope:
    """The scope with the page's address under the name that is asked.

    Of another name, Streamlit's websocket would find out by way of the network what this machine
    is called.
    """
    headers = MutableHeaders(raw=[*scope["headers"]])
    if scope["type"] == "websocket" and "origin" in headers:
        headers["origin"] = f"{headers['origin'].partition('://')[0].lower()}://{headers['host']}"
    return {**scope, "headers": headers.raw}


class Protection:
    """An ASGI app with these rules around it; `policy` is what its pages may load."""

    def __init__(self, app: ASGIApp, policy: str, public: PublicAddress | None = None):
        self.app, self.public = app, public
        self.headers: Mapping[str, str] = {
            "Content-Security-Policy": policy,
            "Cross-Origin-Resource-Policy": "same-origin",
            "Referrer-Policy": "same-origin",
            "X-Content-Type-Options": "nosniff",
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or have it answered: nothing is raised before an answer has begun."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        answer = _Answer(scope, receive, send, self.headers)
        try:
            check_sender(Headers(scope=scope), self.public)
            scope = {**_of_one_name(scope), CHECKED: True}
            await self.app(scope, receive, answer.send)
        except UserError as error:
            await answer.refuse(str(error), 400)
        except Exception:
            if answer.has_begun:
                raise
            log.exception("%s %s", scope.get("method", "websocket"), scope["path"])
            await answer.refuse(WENT_WRONG, 500)


class _Answer:
    """What goes out of one request: with the headers, and a refused websocket as an answer."""

    def __init__(self, scope: Scope, receive: Receive, send: Send, headers: Mapping[str, str]):
        self.scope, self.headers, self.has_begun = scope, headers, False
        self._receive, self._send = receive, send

    async def send(self, message: Message) -> None:
        """Pass a message on."""
        if message["type"] == "websocket.close" and not self.has_begun:
            await self.refuse(message.get("reason") or "This connection is refused.", 403)
            return
        if message["type"] in (
            "http.response.start",
            "websocket.accept",
            "websocket.http.response.start",
        ):
            self.has_begun = True
            message.setdefault("headers", [])
            sent = MutableHeaders(scope=message)
            for name, value in self.headers.items():
                sent.setdefault(name, value)
        await self._send(message)

    async def refuse(self, sentence: str, status: int) -> None:
        """Say no, as any route does."""
        response: Response = JSONResponse({"error": sentence}, status)
        extensions = self.scope.get("extensions", {})
        if self.scope["type"] == "websocket" and "websocket.http.response" not in extensions:
            self.has_begun = True  # the server answers 403 by itself
            await self._send({"type": "websocket.close", "code": 1008, "reason": sentence})
        else:
            await response(self.scope, self._receive, self.send)
