"""The routes of images that are not of the data set: drawn, dropped, or new ones by the model."""

from __future__ import annotations

import base64
import binascii
import math
from typing import Any

import numpy as np
from numpy.typing import NDArray
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ..errors import UserError
from ..session.session import Session
from ..session.views import drawing
from ..session.workspace import Workspace
from ..strict_json import is_whole
from .body import body_of
from .http import answer, ids, in_bytes, in_thread, number
from .threads import QUERIES, asking_trainer

BASE = "/api/sessions/{session}/explore"
LONGEST_NAME = 200  # characters of a file's name that are told
MOST_SIDE = 1024  # pixels of a drawing
MOST_IMAGES = 1000  # whose nearest are looked for at once


def routes(workspace: Workspace) -> list[Route]:
    """The routes of every session of this workspace."""
    api = _Api(workspace)
    return [
        Route(f"{BASE}/paper", answer(in_thread(api.paper))),
        Route(f"{BASE}/samples", answer(asking_trainer(api.samples))),
        Route(f"{BASE}/place", answer(api.place), methods=["POST"]),
        Route(f"{BASE}/dropped/{{image}}", answer(in_thread(api.dropped))),
        Route(f"{BASE}/nearest", answer(api.nearest), methods=["POST"]),
    ]


class _Api:
    """One method a route."""

    def __init__(self, workspace: Workspace):
        self.workspace = workspace

    def _of(self, request: Request) -> Session:
        return self.workspace.session(request.path_params["session"])

    def paper(self, request: Request) -> Response:
        return JSONResponse(drawing.framing(self._of(request)))

    def samples(self, request: Request) -> Response:
        session = self._of(request)
        images, undrawn = drawing.sampled(
            session,
            np.array(ids(request, "classes"), np.int64).clip(-1, 2**15 - 1),
            int(number(request, "n", 10)),
            int(abs(number(request, "seed", 0))) % 2**31,
            number(request, "temperature", 1.0),
            request.query_params.get("mean") == "1",
        )
        return in_bytes(images.tobytes() + undrawn.tobytes(), session.snapshot_name)

    async def place(self, request: Request) -> Response:
        body = await body_of(request)
        return await QUERIES.run(self._place, request, body)

    def _place(self, request: Request, body: dict[str, Any]) -> Response:
        session, name = self._of(request), str(body.get("name", "drawing"))[:LONGEST_NAME]
        if "kept" in body:
            content: bytes | NDArray[np.uint8] = session.dropped.read(str(body["kept"]))
        else:
            content = _decoded(body, "file") if "file" in body else _pixels(body)
        return JSONResponse(drawing.placed(session, name, content))

    def dropped(self, request: Request) -> Response:
        return in_bytes(self._of(request).dropped.read(request.path_params["image"]))

    async def nearest(self, request: Request) -> Response:
        body = await body_of(request)
        return await QUERIES.run(self._nearest, request, body)

    def _nearest(self, request: Request, body: dict[str, Any]) -> Response:
        session, pixels = self._of(request), _decoded(body, "images")
        shape = session.data.pictures.shape[1:]
        n, rest = divmod(len(pixels), math.prod(shape))
        if rest or not 1 <= n <= MOST_IMAGES:
            raise UserError(f"'images' must be 1 to {MOST_IMAGES} images of {shape} bytes.")
        images = np.frombuffer(pixels, np.uint8).reshape(n, *shape)
        return JSONResponse({"examples": session.trainer.queries.nearest_real(images).tolist()})


def _decoded(body: dict[str, Any], name: str) -> bytes:
    """Bytes in base64. UserError if they are none."""
    try:
        return base64.b64decode(str(body.get(name)), validate=True)
    except (binascii.Error, ValueError):
        raise UserError(f"'{name}' must be bytes in base64.") from None


def _pixels(body: dict[str, Any]) -> NDArray[np.uint8]:
    """The pixels of a drawing, (h, w, C). UserError if they are none."""
    pixels, shape = _decoded(body, "pixels"), body.get("shape")
    if not (
        isinstance(shape, list)
        and len(shape) == 3
        and all(is_whole(side) and 1 <= side <= MOST_SIDE for side in shape)
        and shape[2] in (1, 3)
        and math.prod(shape) == len(pixels)
    ):
        raise UserError("'pixels' must be as many bytes as 'shape' says: height, width, 1 or 3.")
    return np.frombuffer(pixels, np.uint8).reshape(shape)
