"""The routes of the page that explores what a model has understood.

Arrays come behind their description: 4 bytes of its length, little endian, the JSON, padded to an
even length, then halves (float16).
"""

from __future__ import annotations

import json
import struct
from typing import Any

import numpy as np
from numpy.typing import NDArray
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ..data.vector_pictures import as_pictures
from ..errors import UserError
from ..session.session import Session
from ..session.workspace import Workspace
from ..strict_json import is_number, is_whole
from .body import body_of, list_in
from .http import answer, in_bytes, number
from .threads import QUERIES, asking_trainer

LARGEST = 1e4  # of a number of a code


def routes(workspace: Workspace) -> list[Route]:
    """The routes of every session of this workspace."""
    api = _Api(workspace)
    base = "/api/sessions/{session}/explore"
    reading = (api.decoder, api.codes, api.posterior)
    found = [
        Route(f"{base}/{method.__name__}", answer(asking_trainer(method))) for method in reading
    ]
    return [*found, Route(f"{base}/decode", answer(api.decode), methods=["POST"])]


class _Api:
    """One method a route."""

    def __init__(self, workspace: Workspace):
        self.workspace = workspace

    def _of(self, request: Request) -> Session:
        return self.workspace.session(request.path_params["session"])

    def decoder(self, request: Request) -> Response:
        session = self._of(request)
        found = session.trainer.decoder.read(request.query_params.get("frozen", ""))
        about = {
            "version": found.version,
            "frozen_version": found.frozen_version,
            "codes": found.codes,
            "is_by_class": found.is_by_class,
            "drawn_by": found.drawn_by,
            "n_classes": session.history.n_classes,
            "shape": list(session.data.shape),
            "programs": found.programs,
            "n_frozen": len(found.frozen),
            "n_learned": len(found.learned),
        }
        return in_bytes(_described(about, found.frozen, found.learned), found.version)

    def codes(self, request: Request) -> Response:
        space = request.query_params.get("space", "code")
        found = self._of(request).trainer.queries.read_codes(space)
        n, dim = found.codes.shape
        about = {
            "n": n,
            "dim": dim,
            "information": found.information.tolist(),
            "spread": found.spread.tolist(),
        }
        return in_bytes(_described(about, found.codes))

    def posterior(self, request: Request) -> Response:
        session = self._of(request)
        example = int(number(request, "example", -1))
        session.check_example(example)
        label = int(number(request, "class", -1))
        found = session.trainer.queries.read_posterior(example, label)
        spaces = {
            "code": (found.code_mean, found.code_variance),
            "style": (found.style_mean, found.style_variance),
        }
        said = {
            space: {"mean": mean.tolist(), "variance": variance.tolist()}
            for space, (mean, variance) in spaces.items()
            if len(mean)
        }
        about = {"class": found.label, "terms": found.terms, "bounded": found.bounded}
        return JSONResponse({**about, "spaces": said})

    async def decode(self, request: Request) -> Response:
        body = await body_of(request)
        return await QUERIES.run(self._decode, request, body)

    def _decode(self, request: Request, body: dict[str, Any]) -> Response:
        session = self._of(request)
        z, classes = list_in(body, "z"), list_in(body, "classes")
        rows = [row for row in z if isinstance(row, list)]
        width = len(rows[0]) if rows else 0
        if len(rows) != len(z) or not all(len(row) == width for row in rows):
            raise UserError("'z' must be rows of as many numbers each.")
        if not all(is_number(value) and abs(value) < LARGEST for row in rows for value in row):
            raise UserError(f"'z' must hold numbers below {LARGEST:g}.")
        n_classes = session.history.n_classes
        if not all(is_whole(label) and 0 <= label < n_classes for label in classes):
            raise UserError(f"'classes' must be whole numbers from 0 to {n_classes - 1}.")
        place = np.array(rows, np.float32).reshape(len(rows), width)
        decoder = session.trainer.decoder
        drawn = decoder.draw(str(body.get("space")), place, np.array(classes, np.int64))
        return in_bytes(as_pictures(drawn, session.data.shape).tobytes())


def _described(about: dict[str, Any], *arrays: NDArray[np.float16]) -> bytes:
    """Arrays behind their description."""
    text = json.dumps(about).encode()
    text += b" " * (len(text) % 2)
    data = [struct.pack("<I", len(text)), text]
    return b"".join([*data, *(np.asarray(array, "<f2").tobytes() for array in arrays)])
