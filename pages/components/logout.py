"""A logout ends the login itself, wherever its cookie was copied to.

Streamlit's logout has the browser forget the cookie; whoever has a copy stays logged in for the 30
days that its signature is good. Here what was signed is remembered, in the workspace, until then:
a request that brings it is one without a login, and an open connection with it ends.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
import re
import time
from collections import defaultdict
from pathlib import Path

from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.web.server.server_util import AUTH_COOKIE_NAME, get_cookie_secret
from streamlit.web.server.starlette.starlette_app_utils import decode_signed_value

from ssvae_core.errors import Conflict
from ssvae_core.storage.whole import write_whole

LOGOUT = "/auth/logout"
GOOD_FOR = 32 * 24 * 3600.0  # seconds: Streamlit's 30 days and the one of grace, and one more
OF_A_LOGIN = re.compile(rf"{AUTH_COOKIE_NAME}(_\d+)?")  # a long one comes in several cookies
HEAD = b"chunks-"

log = logging.getLogger(__name__)


class EndedLogins:
    """What was signed for logins that have ended, by its hash, with the time to forget it."""

    def __init__(self, path: Path):
        """Those of before. UserError if they cannot be read: then some might be open again."""
        self._path = path
        try:
            found = json.loads(path.read_bytes()) if path.exists() else {}
            self._until = {str(digest): float(until) for digest, until in found.items()}
        except (OSError, ValueError, TypeError, AttributeError) as error:
            raise Conflict(
                f"{path} says which logins have ended, and cannot be read ({error}). "
                "Give the secrets another cookie_secret, which ends all of them, then remove it."
            ) from error

    def has(self, digests: set[str]) -> bool:
        """Whether one of them has ended."""
        return not digests.isdisjoint(self._until)

    def end(self, digests: set[str]) -> None:
        """End them, also for the next start of the app."""
        now = time.time()
        self._until |= dict.fromkeys(digests, now + GOOD_FOR)
        self._until = {each: until for each, until in self._until.items() if until > now}
        try:
            write_whole(self._path, json.dumps(self._until))
        except OSError as error:
            log.warning("A logout holds until the app ends only: %s", error)


def login_of(connection: HTTPConnection) -> set[str]:
    """The hashes of what a request's login cookies have signed; none without a good signature.

    Without the signature itself, which can be spelled in several ways; and without the head of a
    login in several cookies, which only says how many they are.
    """
    return {
        hashlib.sha256(f"{name}={value.rpartition('.')[0]}".encode()).hexdigest()
        for name, value in connection.cookies.items()
        if OF_A_LOGIN.fullmatch(name) and not (_signed(name, value) or HEAD).startswith(HEAD)
    }


def _signed(name: str, value: str) -> bytes | None:
    return decode_signed_value(get_cookie_secret(), name, value.encode("latin-1", "replace"))


class EndLogins:
    """An ASGI app in which a logout ends the login."""

    def __init__(self, app: ASGIApp, ended: EndedLogins):
        self.app, self.ended = app, ended
        self._open: defaultdict[str, set[asyncio.Event]] = defaultdict(set)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, without the login if it has ended."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        digests = login_of(HTTPConnection(scope))
        if self.ended.has(digests):
            scope = scope | {"headers": [each for each in scope["headers"] if each[0] != b"cookie"]}
        elif scope["type"] == "websocket" and digests:
            await self._connected(digests, scope, receive, send)
            return
        elif scope["path"].endswith(LOGOUT):
            await asyncio.to_thread(self.ended.end, digests)
            for digest in digests:
                for end in self._open.get(digest, ()):
                    end.set()
        await self.app(scope, receive, send)

    async def _connected(
        self, digests: set[str], scope: Scope, receive: Receive, send: Send
    ) -> None:
        """A websocket that ends with its login."""
        end = asyncio.Event()
        ending = asyncio.create_task(end.wait())

        async def until_the_end() -> Message:
            coming = asyncio.ensure_future(receive())
            await asyncio.wait((coming, ending), return_when=asyncio.FIRST_COMPLETED)
            if coming.done():
                return coming.result()
            coming.cancel()
            return {"type": "websocket.disconnect", "code": 1008}

        for digest in digests:
            self._open[digest].add(end)
        try:
            await self.app(scope, until_the_end, send)
        finally:
            ending.cancel()
            for digest in digests:
                self._open[digest].discard(end)
                if not self._open[digest]:
                    del self._open[digest]
