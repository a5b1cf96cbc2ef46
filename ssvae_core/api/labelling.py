"""The routes of a session: what the label page reads, and what is done in it."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ..errors import NotWritten, Unavailable, UserError
from ..labels.store import Receipt
from ..options.options import AUTO
from ..session.autoencoder_choice import chosen_autoencoder
from ..session.session import Session
from ..session.views import colours, domains, labelling
from ..session.views import state as session_state
from ..session.workspace import Workspace
from ..strict_json import is_number, is_whole, loosely
from .body import body_of, list_in
from .http import Handler, answer, ids, in_bytes, in_thread, number, person
from .operations import read_operation
from .threads import LABELS, STATES, asking_trainer

LONGEST_WAIT = 20.0  # seconds that a request for `state` may be held
LOOK_EVERY = 0.02  # seconds between two looks for a change, while it is held
MOST_IMAGES = 1024  # in one request
MOST_QUEUE = 200
NOT_ITS_FAULT = (Unavailable, NotWritten)  # an operation that met these may be stored later

log = logging.getLogger(__name__)


def routes(workspace: Workspace) -> list[Route]:
    """The routes of every session of this workspace."""
    api = _Api(workspace)
    table: dict[str, Callable[[Request], Any]] = {
        "/api/sessions/{session}/labels": api.labels,
        "/api/sessions/{session}/guesses": api.guesses,
        "/api/sessions/{session}/odd": api.anomaly,
        "/api/sessions/{session}/annotators": api.annotators,
        "/api/sessions/{session}/domains": api.domains,
        "/api/sessions/{session}/samples/{name}": api.samples,
        "/api/sessions/{session}/queue": api.queue,
        "/api/sessions/{session}/neighbours": api.neighbours,
        "/api/sessions/{session}/history": api.history,
        "/api/sessions/{session}/runs": api.runs,
        "/api/sessions/{session}/figure/accuracy": api.figure,
        "/api/data/{fingerprint}/images": api.images,
    }
    awaiting: dict[str, Handler] = {
        "state": api.state,
        "map": api.map,
        "card": asking_trainer(api.card),
        "redraw": asking_trainer(api.redraw),
        "samples/{name}/nearest": asking_trainer(api.nearest_real),
    }
    found = [Route(path, answer(in_thread(method))) for path, method in table.items()]
    found += [
        Route(f"/api/sessions/{{session}}/{name}", answer(handler))
        for name, handler in awaiting.items()
    ]
    for name, method in (
        ("events", api.events),
        ("trainer", api.trainer),
        ("choices", api.choices),
    ):
        path = f"/api/sessions/{{session}}/{name}"
        found.append(Route(path, answer(method), methods=["POST"]))
    return found


class _Api:
    """One method a route."""

    def __init__(self, workspace: Workspace):
        self.workspace = workspace

    def session(self, request: Request) -> Session:
        return self.workspace.session(request.path_params["session"])

    async def state(self, request: Request) -> Response:
        after = request.query_params.get("after", "")
        wait = min(number(request, "wait", 0.0), LONGEST_WAIT)
        if after:
            session = await STATES.run(self.session, request)
        else:  # a page that has just opened
            name = request.path_params["session"]
            session = await run_in_threadpool(self.workspace.attend, name)
        until = time.monotonic() + wait
        while session.version == after and time.monotonic() < until:
            await asyncio.sleep(LOOK_EVERY)
        return JSONResponse(await STATES.run(session_state.state, session, person(request)))

    def labels(self, request: Request) -> Response:
        data, seq = self.session(request).label_bytes()
        return in_bytes(data, str(seq))

    async def map(self, request: Request) -> Response:
        is_asked_for = request.query_params.get("view") is not None
        return await (asking_trainer if is_asked_for else in_thread)(self._map)(request)

    def _map(self, request: Request) -> Response:
        session, view = self.session(request), request.query_params.get("view")
        version = str(session.map_version)
        xy = session.xy if view is None else session.trainer.queries.draw_map(view)
        return in_bytes(xy.astype("<f4").tobytes(), version)

    def guesses(self, request: Request) -> Response:
        snapshot, guesses = self.session(request).current_guesses()
        return in_bytes(guesses.tobytes(), snapshot)

    def anomaly(self, request: Request) -> Response:
        snapshot, ranks = colours.anomaly_scores(self.session(request))
        return in_bytes(ranks.tobytes(), snapshot)

    def annotators(self, request: Request) -> Response:
        return JSONResponse(colours.annotators(self.session(request)))

    def domains(self, request: Request) -> Response:
        return in_bytes(domains.domain_bytes(self.session(request)).tobytes())

    def samples(self, request: Request) -> Response:
        return in_bytes(self.session(request).samples(request.path_params["name"]).tobytes())

    def nearest_real(self, request: Request) -> Response:
        found = self.session(request).nearest_real(request.path_params["name"])
        return in_bytes(found.astype("<i4").tobytes())

    def queue(self, request: Request) -> Response:
        n = min(int(number(request, "n", 48)), MOST_QUEUE)
        about = int(number(request, "class", -1))
        found = labelling.queue(
            self.session(request),
            request.query_params.get("strategy", "auto"),
            n,
            ids(request, "without"),
            mix=number(request, "mix", 0.0),
            about=about if about >= 0 else None,
        )
        return JSONResponse(found)

    def card(self, request: Request) -> Response:
        return JSONResponse(
            labelling.card(self.session(request), int(number(request, "example", -1)))
        )

    def neighbours(self, request: Request) -> Response:
        n = min(int(number(request, "n", 20)), MOST_QUEUE)
        example = int(number(request, "example", -1))
        return JSONResponse({"examples": self.session(request).neighbours(example, n)})

    def history(self, request: Request) -> Response:
        n = int(number(request, "n", 100))
        return JSONResponse(session_state.operations(self.session(request), person(request), n))

    def runs(self, request: Request) -> Response:
        session = self.session(request)
        with session.lock:
            return JSONResponse({"runs": session.runs.listed()})

    def figure(self, request: Request) -> Response:
        return JSONResponse(self.session(request).curve.figure())

    def redraw(self, request: Request) -> Response:
        example = int(number(request, "example", -1))
        return in_bytes(self.session(request).redraw(example).tobytes())

    def images(self, request: Request) -> Response:
        images = self.workspace.dataset_images(request.path_params["fingerprint"])
        asked = ids(request, "ids")
        if not 0 < len(asked) <= MOST_IMAGES or not all(0 <= i < len(images) for i in asked):
            raise UserError(
                f"Expected 1 to {MOST_IMAGES} ids from 0 to {len(images) - 1}, got {len(asked)}."
            )
        response = in_bytes(images[np.array(asked)].tobytes())
        response.headers["Cache-Control"] = "private, max-age=31536000, immutable"
        return response

    async def events(self, request: Request) -> Response:
        body = await body_of(request, loosely)  # each operation is looked at by itself
        return await LABELS.run(self._events, request, list_in(body, "ops"))

    def _events(self, request: Request, ops: list[Any]) -> Response:
        """Each operation has its own answer under its id; one that is refused holds up no other.

        One without an answer is not stored, and may be once it is sent again.
        """
        session, who = self.session(request), person(request)
        results: list[dict[str, Any]] = []
        at: float | None = None
        trouble: Exception | None = None
        for op in ops:
            try:
                receipt, result = _done(session, op, who)
            except NOT_ITS_FAULT as error:
                trouble = error
                break  # those before it are stored: who sent them may forget them
            except Exception as error:
                log.exception("An operation could not be done.")
                trouble = error
            else:
                results.append(result)
                at = at if receipt is None else receipt.at
        if trouble is not None and not results:
            raise trouble
        return JSONResponse({"seq": session.history.seq, "saved_at": at, "results": results})

    async def trainer(self, request: Request) -> Response:
        body = await body_of(request)
        await run_in_threadpool(self._tell_trainer, request, body)
        return JSONResponse({})

    async def choices(self, request: Request) -> Response:
        body = await body_of(request)
        known = ("model", *vars(AUTO))
        if not body or not body.keys() <= set(known):
            raise UserError(
                f"Expected some of: {', '.join(known)}; got: {', '.join(body) or 'nothing'}."
            )
        if not all(isinstance(value, str) or is_whole(value) for value in body.values()):
            raise UserError(f"{', '.join(body)} must be words or whole numbers.")
        await run_in_threadpool(self._choose, request.path_params["session"], body)
        return JSONResponse({})

    def _choose(self, session: str, body: dict[str, Any]) -> None:
        if "autoencoder" in body:
            body["autoencoder"] = chosen_autoencoder(body["autoencoder"], self.workspace.root)
        self.workspace.choose(session, **body)

    def _tell_trainer(self, request: Request, body: dict[str, Any]) -> None:
        name = request.path_params["session"]
        if "when" in body:
            self.workspace.session(name).trainer.set_when(*_when(body["when"]))
        else:
            self.workspace.command(name, str(body.get("command")))


def _done(session: Session, given: Any, who: str) -> tuple[Receipt | None, dict[str, Any]]:
    """Do an operation as it came: the receipt, if it is stored, and the answer to it."""
    op_id = given.get("op_id") if isinstance(given, dict) else None
    is_id = isinstance(op_id, str) and op_id.isprintable()
    result: dict[str, Any] = {"op_id": op_id if is_id else None}
    try:
        op, map_version = read_operation(given)
        receipt = session.do(op, who, map_version)
    except NOT_ITS_FAULT:
        raise
    except UserError as error:
        return None, result | {"error": str(error)}
    result["seq"] = receipt.seq
    if (made := session.class_made_by(op.op_id)) is not None:
        result["class"] = made
    return receipt, result


def _when(when: Any) -> tuple[str, int, float]:
    """Mode, labels and seconds as they came; the trainer checks what they say."""
    if not isinstance(when, dict):
        raise UserError("'when' must be an object with mode, labels and seconds.")
    labels, seconds = when.get("labels", 10), when.get("seconds", 5)
    if not is_whole(labels) or not is_number(seconds):
        raise UserError(f"'labels' and 'seconds' must be numbers, got {labels!r}, {seconds!r}.")
    return str(when.get("mode")), labels, float(seconds)
