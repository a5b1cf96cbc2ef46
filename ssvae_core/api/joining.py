"""The routes by which two data sets become one with two domains: a look at it, and doing it."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

import numpy as np
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ..errors import UserError
from ..session.data_sets import DataSets
from .body import with_body
from .http import answer, in_thread


def routes(data_sets: DataSets) -> list[Route]:
    """The routes on these data sets, whose import joining is."""
    api = _Api(data_sets)
    return [
        Route("/api/data/joining", answer(in_thread(api.shown))),
        Route("/api/data/joining", answer(with_body(api.join)), methods=["POST"]),
    ]


class _Api:
    """One method a route."""

    def __init__(self, data_sets: DataSets):
        self.data_sets = data_sets

    def shown(self, request: Request) -> Response:
        """Some images before and after they are made as those of the other set."""
        asked = request.query_params
        as_they_are = asked.get("as_they_are") == "1"
        what = self.data_sets.joining(asked.get("set", ""), asked.get("of", ""), as_they_are)
        before = np.asarray(what.second.images[what.shown()])
        every = np.linspace(0, len(what.first) - 1, min(len(before), len(what.first)))
        pictures = {
            "before": before,
            "after": what.made(before),
            "other": np.asarray(what.first.images[np.unique(every.astype(int))]),
        }
        shown = {
            name: {"shape": list(rows.shape[1:]), "pixels": b64encode(rows.tobytes()).decode()}
            for name, rows in pictures.items()
            if what.first.kind == "image"
        }
        sessions = self.data_sets.sessions_on(what.first.name)
        return JSONResponse(
            {
                "title": what.title,
                "words": what.words,
                "pictures": shown,
                "sessions": [{"id": row.id, "name": row.name} for row in sessions],
            }
        )

    def join(self, request: Request, body: dict[str, Any]) -> Response:
        name, of, session = (str(body.get(key) or "") for key in ("set", "of", "session"))
        as_they_are = body.get("as_they_are", False)
        if not isinstance(as_they_are, bool):
            raise UserError(f"'as_they_are' must be true or false, got {as_they_are!r}.")
        self.data_sets.join(name, of, as_they_are, session)
        return JSONResponse(self.data_sets.imports.state())
