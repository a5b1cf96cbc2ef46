"""The routes of the columns of rows of numbers: what a card, a colour and a range are made of."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ..errors import UserError
from ..session.session import Session
from ..session.views import columns
from ..session.workspace import Workspace
from ..strict_json import is_whole
from .body import body_of, list_in
from .http import answer, in_bytes, in_thread, number
from .threads import QUERIES

BASE = "/api/sessions/{session}/columns"


def routes(workspace: Workspace) -> list[Route]:
    """The routes of every session of this workspace."""
    api = _Api(workspace)
    return [
        Route(BASE, answer(in_thread(api.listed))),
        Route(f"{BASE}/row", answer(in_thread(api.row))),
        Route(f"{BASE}/values", answer(in_thread(api.values))),
        Route(f"{BASE}/parallel", answer(api.parallel), methods=["POST"]),
    ]


class _Api:
    """One method a route."""

    def __init__(self, workspace: Workspace):
        self.workspace = workspace

    def _of(self, request: Request) -> Session:
        return self.workspace.session(request.path_params["session"])

    def listed(self, request: Request) -> Response:
        return JSONResponse(columns.listed(self._of(request)))

    def row(self, request: Request) -> Response:
        return JSONResponse(columns.row(self._of(request), int(number(request, "example", -1))))

    def values(self, request: Request) -> Response:
        found = columns.column(self._of(request), int(number(request, "column", -1)))
        return in_bytes(found.astype("<f4").tobytes())

    async def parallel(self, request: Request) -> Response:
        body = await body_of(request)
        return await QUERIES.run(self._parallel, request, body)

    def _parallel(self, request: Request, body: dict[str, Any]) -> Response:
        examples, label = list_in(body, "examples"), body.get("class")
        if not all(is_whole(example) for example in examples):
            raise UserError("'examples' must be whole numbers.")
        if label is not None and not (is_whole(label) and 0 <= label < 2**15):
            raise UserError("'class' must be the number of a class.")
        return JSONResponse(columns.parallel(self._of(request), examples, label))
