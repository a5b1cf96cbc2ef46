"""The HTTP face of the sessions: what the label page's browser side talks to.

Small things come as JSON from `state`, with versions of the large ones, which come as bytes:

    GET  /api/sessions/{id}/state?after=V&wait=S   all that is small; waits until it is not V
    GET  /api/sessions/{id}/labels                 N x uint8, class id or 255
    GET  /api/sessions/{id}/map                    N x 2 float32, in [0, 1], y upwards
    GET  /api/sessions/{id}/guesses                4 planes of N x uint8: best class, its
                                                   probability in 255ths, second class, its
    GET  /api/sessions/{id}/samples/{name}         [K x] columns x H x W x C uint8
    GET  /api/sessions/{id}/queue?strategy=&n=&without=1,2
    GET  /api/sessions/{id}/figure/accuracy        a Plotly figure
    GET  /api/sessions/{id}/redraw?example=        H x W x C uint8
    GET  /api/data/{fingerprint}/images?ids=1,2    ids x H x W x C uint8
    POST /api/sessions/{id}/events                 {"ops": [...]}, done in order
    POST /api/sessions/{id}/trainer                {"command": ...}

An error is {"error": a sentence}. Requests from other sites are refused: the browser's Origin must
be this server's address, the Host a name of this machine (against DNS rebinding), and a POST must
be JSON.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

import numpy as np
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from .errors import UserError
from .lab import Lab
from .labels.store import NotSaved, Operation
from .session import Session

LOCAL_NAMES = {"127.0.0.1", "localhost", "::1"}
LONGEST_WAIT = 20.0  # seconds that a request for `state` may be held
LOOK_EVERY = 0.02  # seconds between two looks for a change, while it is held
MOST_IMAGES = 1024  # in one request
MOST_QUEUE = 200
MOST_BYTES = 8 << 20  # of a POST

log = logging.getLogger(__name__)
Handler = Callable[[Request], Awaitable[Response]]


class BadRequest(Exception):
    """A request no page of ours makes; its sentence says what was expected."""


def routes(lab: Lab) -> list[Route]:
    """The routes, for a server that holds this workspace."""
    api = _Api(lab)
    table: dict[str, Callable[[Request], Any]] = {
        "/api/sessions/{session}/labels": api.labels,
        "/api/sessions/{session}/map": api.map,
        "/api/sessions/{session}/guesses": api.guesses,
        "/api/sessions/{session}/samples/{name}": api.samples,
        "/api/sessions/{session}/queue": api.queue,
        "/api/sessions/{session}/figure/accuracy": api.figure,
        "/api/sessions/{session}/redraw": api.redraw,
        "/api/data/{fingerprint}/images": api.images,
    }
    found = [Route(path, _answer(_in_thread(method))) for path, method in table.items()]
    found.append(Route("/api/sessions/{session}/state", _answer(api.state)))
    for name, method in (("events", api.events), ("trainer", api.trainer)):
        path = f"/api/sessions/{{session}}/{name}"
        found.append(Route(path, _answer(method), methods=["POST"]))
    return found


class _Api:
    """One method a route."""

    def __init__(self, lab: Lab):
        self.lab = lab

    def session(self, request: Request) -> Session:
        return self.lab.session(request.path_params["session"])

    async def state(self, request: Request) -> Response:
        after = request.query_params.get("after", "")
        wait = min(_number(request, "wait", 0.0), LONGEST_WAIT)
        if after:
            session = await run_in_threadpool(self.session, request)
        else:  # a page that has just opened
            name = request.path_params["session"]
            session = await run_in_threadpool(self.lab.attend, name)
        until = time.monotonic() + wait
        while session.version == after and time.monotonic() < until:
            await asyncio.sleep(LOOK_EVERY)
        return JSONResponse(session.state())

    def labels(self, request: Request) -> Response:
        data, seq = self.session(request).label_bytes()
        return _bytes(data, str(seq))

    def map(self, request: Request) -> Response:
        session = self.session(request)
        return _bytes(session.xy.astype("<f4").tobytes(), str(session.map_version))

    def guesses(self, request: Request) -> Response:
        snapshot, guesses = self.session(request).current_guesses()
        return _bytes(guesses.tobytes(), snapshot)

    def samples(self, request: Request) -> Response:
        return _bytes(self.session(request).samples(request.path_params["name"]).tobytes())

    def queue(self, request: Request) -> Response:
        n = min(int(_number(request, "n", 48)), MOST_QUEUE)
        without = _ids(request, "without")
        strategy = request.query_params.get("strategy", "auto")
        return JSONResponse(self.session(request).queue(strategy, n, without))

    def figure(self, request: Request) -> Response:
        return JSONResponse(self.session(request).figure())

    def redraw(self, request: Request) -> Response:
        try:
            image = self.session(request).redraw(int(_number(request, "example", -1)))
        except UserError as error:
            return JSONResponse({"error": str(error)}, 503)
        return _bytes(image.tobytes())

    def images(self, request: Request) -> Response:
        images = self.lab.dataset_images(request.path_params["fingerprint"])
        ids = _ids(request, "ids")
        if not 0 < len(ids) <= MOST_IMAGES or not all(0 <= i < len(images) for i in ids):
            raise BadRequest(
                f"Expected 1 to {MOST_IMAGES} ids between 0 and {len(images) - 1}, got {len(ids)}."
            )
        response = _bytes(images[np.array(ids)].tobytes())
        response.headers["Cache-Control"] = "private, max-age=31536000, immutable"
        return response

    async def events(self, request: Request) -> Response:
        body = await _json(request)
        ops = [_operation(op) for op in _list(body, "ops")]
        return await run_in_threadpool(self._events, request, ops)

    def _events(self, request: Request, ops: list[Operation]) -> Response:
        session = self.session(request)
        results: list[dict[str, Any]] = []
        at = None
        for op in ops:
            try:
                receipt = session.do(op)
            except NotSaved:
                raise
            except UserError as error:
                results.append({"op_id": op.op_id, "error": str(error)})
            else:
                at = receipt.at
                results.append({"op_id": op.op_id, "seq": receipt.seq})
        return JSONResponse({"seq": session.label_bytes()[1], "saved_at": at, "results": results})

    async def trainer(self, request: Request) -> Response:
        body = await _json(request)
        name = request.path_params["session"]
        await run_in_threadpool(self.lab.command, name, str(body.get("command")))
        return JSONResponse({})


def _answer(handler: Handler) -> Handler:
    """The handler, after a look at who asks, and with every error in words."""

    async def answer(request: Request) -> Response:
        try:
            _check_sender(request)
            return await handler(request)
        except BadRequest as error:
            return JSONResponse({"error": str(error)}, 400)
        except NotSaved as error:
            return JSONResponse({"error": str(error)}, 503)
        except UserError as error:
            return JSONResponse({"error": str(error)}, 404)
        except Exception:
            log.exception("%s %s", request.method, request.url.path)
            return JSONResponse(
                {"error": "Something went wrong in the app; its log says what. Try again."}, 500
            )

    return answer


def _in_thread(method: Callable[[Request], Response]) -> Handler:
    async def handler(request: Request) -> Response:
        return await run_in_threadpool(method, request)

    return handler


def _check_sender(request: Request) -> None:
    host = urlsplit(f"//{request.headers.get('host', '')}")
    if host.hostname not in LOCAL_NAMES:
        raise BadRequest(f"This server answers at {', '.join(sorted(LOCAL_NAMES))} only.")
    origin = request.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != host.netloc:
        raise BadRequest(f"A page of {origin} may not use this server.")


def _bytes(data: bytes, version: str = "") -> Response:
    headers = {"X-Version": version, "Cache-Control": "no-store"}
    return Response(data, media_type="application/octet-stream", headers=headers)


def _number(request: Request, name: str, default: float) -> float:
    text = request.query_params.get(name)
    try:
        return default if text is None else float(text)
    except ValueError:
        raise BadRequest(f"'{name}' must be a number, got '{text}'.") from None


def _ids(request: Request, name: str) -> list[int]:
    text = request.query_params.get(name, "")
    try:
        return [int(part) for part in text.split(",") if part]
    except ValueError:
        raise BadRequest(f"'{name}' must be whole numbers with commas, got '{text}'.") from None


async def _json(request: Request) -> dict[str, Any]:
    if request.headers.get("content-type", "").split(";")[0] != "application/json":
        raise BadRequest("A POST must have the content type application/json.")
    if int(request.headers.get("content-length", MOST_BYTES + 1)) > MOST_BYTES:
        raise BadRequest(f"A POST must say its length, at most {MOST_BYTES} bytes.")
    try:
        body = json.loads(await request.body())
    except ValueError as error:
        raise BadRequest(f"The body is not JSON: {error}.") from None
    if not isinstance(body, dict):
        raise BadRequest(f"Expected a JSON object, got {type(body).__name__}.")
    return body


def _list(body: dict[str, Any], name: str) -> list[Any]:
    value = body.get(name)
    if not isinstance(value, list):
        raise BadRequest(f"Expected a list '{name}', got {type(value).__name__}.")
    return value


def _operation(op: Any) -> Operation:
    """An operation as it came; the store checks what it says."""
    if not isinstance(op, dict) or not isinstance(op.get("examples", []), list):
        raise BadRequest("Each of 'ops' must be an object whose 'examples' are a list.")
    return Operation(
        op.get("op_id", ""), op.get("kind", ""), tuple(op.get("examples", [])), op.get("class")
    )
