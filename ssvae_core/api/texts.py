"""The routes of texts: beginnings of many, one as a whole, and those nearest to what is drawn."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ..errors import UserError
from ..session.session import Session
from ..session.views import texts
from ..session.workspace import Workspace
from .http import answer, ids, in_thread, number

MOST_TEXTS = 1024  # in one request


def routes(workspace: Workspace) -> list[Route]:
    """The routes of texts of every session of this workspace."""
    api = _Api(workspace)
    table = {
        "/api/sessions/{session}/texts": api.excerpts,
        "/api/sessions/{session}/text": api.whole,
    }
    return [Route(path, answer(in_thread(method))) for path, method in table.items()]


class _Api:
    """One method a route."""

    def __init__(self, workspace: Workspace):
        self.workspace = workspace

    def session(self, request: Request) -> Session:
        return self.workspace.session(request.path_params["session"])

    def excerpts(self, request: Request) -> Response:
        asked = ids(request, "ids")
        if not 0 < len(asked) <= MOST_TEXTS:
            raise UserError(f"Expected 1 to {MOST_TEXTS} ids, got {len(asked)}.")
        return JSONResponse({"texts": texts.excerpts(self.session(request), asked)})

    def whole(self, request: Request) -> Response:
        example = int(number(request, "example", -1))
        return JSONResponse(texts.whole(self.session(request), example))
