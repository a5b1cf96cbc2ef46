"""The routes of what is learned of a data set before its session opens."""

from __future__ import annotations

from typing import Any

import numpy as np
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ..session.workspace import Workspace
from .body import with_body
from .http import answer, in_bytes, in_thread


def routes(workspace: Workspace) -> list[Route]:
    """Its state is in /api/data; these are its map, and the two wishes there are."""

    def places(request: Request) -> Response:
        found = workspace.background.places() if workspace.background is not None else None
        return in_bytes(b"" if found is None else np.ascontiguousarray(found).tobytes())

    def stop(request: Request, body: dict[str, Any]) -> Response:
        workspace.cool()
        return JSONResponse({})

    def go_on(request: Request, body: dict[str, Any]) -> Response:
        if workspace.background is not None:
            workspace.warm(workspace.background.data)
        return JSONResponse({})

    return [
        Route("/api/data/learning/places", answer(in_thread(places))),
        Route("/api/data/learning/stop", answer(with_body(stop)), methods=["POST"]),
        Route("/api/data/learning/go-on", answer(with_body(go_on)), methods=["POST"]),
    ]
