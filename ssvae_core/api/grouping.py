"""The routes of what is alike: groups that are proposed, and what is near an image, by space."""

from __future__ import annotations

from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ..errors import UserError
from ..session.groups import N_GROUPS, ProposedGroups
from ..session.workspace import Workspace
from ..strict_json import is_whole
from .body import body_of
from .http import answer, in_bytes, in_thread, number
from .threads import QUERIES, asking_trainer

MOST_ALIKE = 200
VERBS = ("propose", "cancel", "split", "join")


def routes(workspace: Workspace) -> list[Route]:
    """The routes of every session of this workspace."""
    api, base = _Api(workspace), "/api/sessions/{session}"
    return [
        Route(f"{base}/groups", answer(in_thread(api.groups))),
        Route(f"{base}/groups", answer(api.change), methods=["POST"]),
        Route(f"{base}/groups/members", answer(in_thread(api.members))),
        Route(f"{base}/spaces", answer(asking_trainer(api.spaces))),
        Route(f"{base}/alike", answer(asking_trainer(api.alike))),
    ]


class _Api:
    """One method a route."""

    def __init__(self, workspace: Workspace):
        self.workspace = workspace
        self._open: dict[str, ProposedGroups] = {}

    def _of(self, request: Request) -> ProposedGroups:
        session = self.workspace.session(request.path_params["session"])
        known = self._open.get(session.row.id)
        if known is None or known.session is not session:  # it was opened again meanwhile
            known = self._open[session.row.id] = ProposedGroups(session)
        return known

    def groups(self, request: Request) -> Response:
        return JSONResponse(self._of(request).listed())

    def members(self, request: Request) -> Response:
        return in_bytes(*self._of(request).member_bytes())

    def spaces(self, request: Request) -> Response:
        spaces = self._of(request).spaces.read().spaces
        return JSONResponse({"spaces": [{"name": k, "title": v} for k, v in spaces.items()]})

    def alike(self, request: Request) -> Response:
        n = min(int(number(request, "n", 20)), MOST_ALIKE)
        example, space = int(number(request, "example", -1)), request.query_params.get("by", "")
        return JSONResponse({"examples": self._of(request).spaces.alike(example, n, space)})

    async def change(self, request: Request) -> Response:
        body = await body_of(request)
        groups = await run_in_threadpool(self._of, request)
        return await QUERIES.run(_changed, groups, body)


def _changed(groups: ProposedGroups, body: dict[str, Any]) -> Response:
    verb, n, group = body.get("do"), body.get("n", N_GROUPS), body.get("group", -1)
    space = body.get("space", "")
    if verb not in VERBS:
        raise UserError(f"Unknown 'do': {verb!r}. Choose one of: {', '.join(VERBS)}.")
    if not is_whole(n) or not is_whole(group) or not isinstance(space, str):
        raise UserError("'n' and 'group' must be whole numbers, and 'space' a name.")
    if verb == "propose":
        groups.propose(n, space)
    elif verb == "cancel":
        groups.cancel()
    elif verb == "split":
        groups.split(group)
    else:
        groups.join(group)
    return JSONResponse(groups.listed())
