"""The routes of the review page: what was found about a session's labels and guesses."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ..session.views.review import Inspection
from ..session.workspace import Workspace
from .http import answer, in_thread, number
from .threads import asking_trainer

MOST_ASKED = 200  # examples of an audit, at once


def routes(workspace: Workspace) -> list[Route]:
    """The routes of every session of this workspace."""
    api = _Api(workspace)
    reading = (api.audit, api.disagreements, api.groups)
    asking = (api.matrix, api.cell, api.doubts)
    handlers = {method.__name__: in_thread(method) for method in reading}
    handlers |= {method.__name__: asking_trainer(method) for method in asking}
    return [
        Route(f"/api/sessions/{{session}}/review/{name}", answer(handler))
        for name, handler in handlers.items()
    ]


class _Api:
    """One method a route."""

    def __init__(self, workspace: Workspace):
        self.workspace = workspace
        self._open: dict[str, Inspection] = {}

    def _of(self, request: Request) -> Inspection:
        """Of the session as it is open now: it is opened anew when its data set changes."""
        session = self.workspace.session(request.path_params["session"])
        found = self._open.get(session.row.id)
        if found is None or found.session is not session:
            found = self._open[session.row.id] = Inspection(session)
        return found

    def audit(self, request: Request) -> Response:
        n = min(int(number(request, "n", 20)), MOST_ASKED)
        domain = int(number(request, "domain", -1))
        return JSONResponse(self._of(request).audit(n, domain if domain >= 0 else None))

    def matrix(self, request: Request) -> Response:
        return JSONResponse(self._of(request).matrix(request.query_params.get("against", "")))

    def cell(self, request: Request) -> Response:
        row, column = (int(number(request, name, -1)) for name in ("row", "column"))
        against = request.query_params.get("against", "truth")
        return JSONResponse(self._of(request).cell(against, row, column))

    def doubts(self, request: Request) -> Response:
        return JSONResponse(self._of(request).doubts())

    def groups(self, request: Request) -> Response:
        return JSONResponse(self._of(request).groups())

    def disagreements(self, request: Request) -> Response:
        return JSONResponse(self._of(request).disagreements())
