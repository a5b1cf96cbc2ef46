"""The routes of the time machine: what was guessed and drawn with fewer labels."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ..session.session import Session
from ..session.views import moments
from ..session.workspace import Workspace
from .http import answer, in_bytes, in_thread

BASE = "/api/sessions/{session}/moments"


def routes(workspace: Workspace) -> list[Route]:
    """The routes of every session of this workspace."""
    api = _Api(workspace)
    table = {
        BASE: api.listed,
        f"{BASE}/{{moment}}/guesses": api.guesses,
        f"{BASE}/{{moment}}/drawings": api.drawings,
        f"{BASE}/{{moment}}/map": api.map,
        f"{BASE}/{{moment}}/confusion": api.confusion,
    }
    return [Route(path, answer(in_thread(method))) for path, method in table.items()]


class _Api:
    """One method a route."""

    def __init__(self, workspace: Workspace):
        self.workspace = workspace

    def _asked(self, request: Request) -> tuple[Session, str]:
        name = str(request.path_params.get("moment", ""))
        return self.workspace.session(request.path_params["session"]), name

    def listed(self, request: Request) -> Response:
        return JSONResponse(moments.moments(self._asked(request)[0]))

    def guesses(self, request: Request) -> Response:
        return in_bytes(moments.guesses_then(*self._asked(request)).tobytes())

    def drawings(self, request: Request) -> Response:
        return in_bytes(moments.drawings_then(*self._asked(request)).tobytes())

    def map(self, request: Request) -> Response:
        return in_bytes(moments.map_then(*self._asked(request)).astype("<f4").tobytes())

    def confusion(self, request: Request) -> Response:
        against = request.query_params.get("against", "")
        return JSONResponse(moments.confusion_then(*self._asked(request), against))
