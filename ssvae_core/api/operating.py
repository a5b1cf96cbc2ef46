"""How the app is doing, for those who run it: `/health` for a load balancer, `/metrics`.

`/health` says no more than whether it can be worked with, so it is open without a login. `/metrics`
is closed as every route is; a program that collects figures, which cannot log in, brings the
token of SSVAE_METRICS_TOKEN as `Authorization: Bearer …`.
"""

from __future__ import annotations

import hmac
import os
import shutil
import time

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ..errors import UserError
from ..operation.metrics import CONTENT_TYPE, Family, RequestCounts, exposition
from ..session.workspace import Workspace
from .http import Handler, answer, in_thread

TOKEN = "SSVAE_METRICS_TOKEN"
SHORTEST_TOKEN = 16  # letters
LEAST_DISK = 50e6  # bytes; below it a label may not be stored
HEALTH, METRICS = "/health", "/metrics"


def routes(workspace: Workspace, counts: RequestCounts) -> list[Route]:
    """The two."""
    api = _Api(workspace, counts)
    return [
        Route(HEALTH, answer(in_thread(api.health))),
        Route(METRICS, answer(in_thread(api.metrics))),
    ]


def by_token(handler: Handler, otherwise: Handler) -> Handler:
    """The handler for who brings the token, and the other one for everybody else."""

    async def handling(request: Request) -> Response:
        token, given = os.environ.get(TOKEN, ""), request.headers.get("authorization", "")
        is_right = hmac.compare_digest(given.encode(), f"Bearer {token}".encode())
        if len(token) >= SHORTEST_TOKEN and is_right:
            return await handler(request)
        return await otherwise(request)

    return handling


class _Api:
    """One method a route."""

    def __init__(self, workspace: Workspace, counts: RequestCounts):
        self.workspace, self.counts = workspace, counts
        self.began_at = time.time()

    def health(self, request: Request) -> Response:
        """200 where labels can be read and the disk takes more, else 503 and why."""
        why = ""
        try:
            self.workspace.sessions()
            if shutil.disk_usage(self.workspace.root).free < LEAST_DISK:
                why = "The disk is full. Free some space."
        except (UserError, OSError) as error:
            why = str(error)
        state = {"status": "failing" if why else "ok"} | ({"error": why} if why else {})
        return JSONResponse(state, 503 if why else 200, {"Cache-Control": "no-store"})

    def metrics(self, request: Request) -> Response:
        text = exposition([*self._families(), *self.counts.families()])
        return Response(text, media_type=CONTENT_TYPE, headers={"Cache-Control": "no-store"})

    def _families(self) -> list[Family]:
        labels = self.workspace.store.label_counts()
        sessions = self.workspace.open_sessions()
        disk = shutil.disk_usage(self.workspace.root).free
        of = {session.row.id: {"session": session.row.id} for session in sessions}

        def each(name: str, kind: str, help: str, what: str) -> Family:
            told = [(of[s.row.id], float(s.trainer.figures()[what])) for s in sessions]
            return Family(name, kind, help, told)

        return [
            Family("start_time_seconds", "gauge", "When the app began.", [({}, self.began_at)]),
            Family("sessions", "gauge", "Sessions in the workspace.", [({}, float(len(labels)))]),
            Family("sessions_open", "gauge", "Sessions opened.", [({}, float(len(sessions)))]),
            Family(
                *("labels_total", "counter", "Images labelled, in label events, by session."),
                [({"session": id_}, float(n)) for id_, n in labels.items()],
            ),
            each("training", "gauge", "1 where a trainer takes steps or is about to.", "busy"),
            each("steps_per_second", "gauge", "Steps of the optimiser a second.", "rate"),
            each("steps_total", "counter", "Steps of the optimiser in this session.", "step"),
            each("labels_waiting", "gauge", "Events the trainer has not taken in.", "waiting"),
            each("queries_waiting", "gauge", "Queries the trainer has not answered.", "queries"),
            Family("disk_free_bytes", "gauge", "Free where the workspace is.", [({}, float(disk))]),
        ]
