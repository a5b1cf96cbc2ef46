"""The routes of the data page: what there is to label, and how more of it comes in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any, get_args

import numpy as np
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ..data import library
from ..data.bundled_summary import READY, thumbnails
from ..data.manifest import read_manifest
from ..data.preview import preview
from ..encoders.opening import Network
from ..errors import NotFound, UserError
from ..importing.import_data import Choice
from ..importing.origin import why_not_again
from ..importing.pixel_policy import CHANNELS, SIDES, Policy
from ..importing.uploads import MOST_BODY, MOST_BYTES
from ..options.options import fitted_in_words
from ..session.data_sets import DataSets
from ..session.encoder_choice import in_words
from ..session.views.texts import beginnings
from ..session.workspace import Workspace
from ..strict_json import is_whole
from . import joining
from .body import read, with_body
from .http import answer, attachment, ids, in_bytes, in_thread

MOST_IMAGES = 1024  # in one request
UNSORTED = 48  # images that are shown where they have no classes
MOST_FILES = 1000  # skipped files that are named at once


def routes(workspace: Workspace) -> list[Route]:
    """The routes of every data set of this workspace."""
    api = _Api(workspace)
    reading: dict[str, Callable[[Request], Response]] = {
        "": api.listed,
        "/imports": api.state,
        "/uploads/{upload}": api.received,
        "/sets/{set}/report": api.report,
        "/sets/{set}/report.csv": api.report_csv,
        "/sets/{set}/skipped": api.skipped,
        "/sets/{set}/images": api.images,
        "/ready/{set}/thumbnails": api.thumbnails,
    }
    doing: dict[str, Callable[[Request, dict[str, Any]], Response]] = {
        "/uploads": api.begin_upload,
        "/imports": api.begin,
        "/imports/cancel": api.cancel,
        "/sets/{set}/rename": api.rename,
        "/sets/{set}/role": api.set_role,
        "/sets/{set}/encoder": api.set_encoder,
        "/encoder/cancel": api.cancel_encoder,
        "/sets/{set}/delete": api.delete,
        "/sets/{set}/open": api.open,
    }
    return [
        *joining.routes(api.data_sets),
        Route("/api/data/uploads/{upload}/parts", answer(api.add_parts), methods=["POST"]),
        *(Route(f"/api/data{path}", answer(in_thread(read))) for path, read in reading.items()),
        *(
            Route(f"/api/data{path}", answer(with_body(do)), methods=["POST"])
            for path, do in doing.items()
        ),
    ]


class _Api:
    """One method a route."""

    def __init__(self, workspace: Workspace):
        self.workspace, self.data_sets = workspace, DataSets(workspace)
        self.root = self.data_sets.root
        self.imports, self.uploads = self.data_sets.imports, self.data_sets.uploads

    # What there is

    def listed(self, request: Request) -> Response:
        sessions = defaultdict(list)
        for row in self.workspace.sessions():
            sessions[row.data].append({"id": row.id, "name": row.name})
        return JSONResponse(
            {
                "ready": [
                    {
                        "id": name,
                        **vars(ready),
                        "picture": thumbnails(name).shape[1:],
                        "sessions": sessions[name],
                    }
                    for name, ready in READY.items()
                ],
                "sets": [
                    {**vars(each), "sessions": sessions[each.id]}
                    for each in library.shelved(self.root)
                ],
                "roots": [str(root) for root in self.data_sets.roots],
                "most_bytes": MOST_BYTES,
                "import": self.imports.state(),
                "encoder": self.data_sets.encoder.state(),
                "learning": self.workspace.background and self.workspace.background.to_json(),
            }
        )

    def report(self, request: Request) -> Response:
        data = self.data_sets.find(self._id(request))
        manifest = read_manifest(self.root / data.name)
        report = library.report_of(data.name, self.root)
        shown = report.to_json()
        for group in shown["skipped"].values():
            group["files"] = group["files"][:2]
        shown["contradictions"] = shown["contradictions"][:2]
        return JSONResponse(
            {
                **shown,
                "id": data.name,
                "name": manifest["name"],
                "n": manifest["n"],
                "n_original": manifest["n_earlier"],
                "shape_in_words": report.shape_in_words(),
                "sizes_in_words": report.sizes_in_words(),
                "channels": report.channels,
                "fitted": fitted_in_words(data.shape, self.workspace.first_model(data)),
                "encoder": in_words(data, self.workspace.root),
                "role": manifest["role"],
                "class_names": manifest["class_names"],
                "can_read_again": not (why_not := why_not_again(manifest)),
                "why_not_again": why_not,
                "sides": SIDES,
                "are_texts": data.texts is not None,
                "preview": [
                    {
                        "class": row.class_name,
                        "n": row.n,
                        "examples": row.examples.tolist(),
                        "texts": beginnings(data, row.examples.tolist()),
                    }
                    for row in preview(data, 8 if data.class_names else UNSORTED)
                ],
            }
        )

    def report_csv(self, request: Request) -> Response:
        report = library.report_of(self._id(request), self.root)
        name = f"{library.slug(report.name)}-report.csv"
        return Response(report.as_csv(), media_type="text/csv", headers=attachment(name))

    def skipped(self, request: Request) -> Response:
        report = library.report_of(self._id(request), self.root)
        reason = request.query_params.get("reason", "")
        groups = [group for group in report.groups() if reason in ("", group.reason)]
        files = [
            {"file": name, "why": group.title, "detail": detail or group.about}
            for group in groups
            for name, detail in group.files
        ]
        n = sum(group.n for group in groups)
        return JSONResponse({"n": n, "files": files[:MOST_FILES]})

    def images(self, request: Request) -> Response:
        data, asked = self.data_sets.find(request.path_params["set"]), ids(request, "ids")
        if not 0 < len(asked) <= MOST_IMAGES or not all(0 <= i < len(data) for i in asked):
            raise UserError(f"Expected 1 to {MOST_IMAGES} ids from 0 to {len(data) - 1}.")
        return _for_good(np.ascontiguousarray(data.images[np.array(asked)]).tobytes())

    def thumbnails(self, request: Request) -> Response:
        name = request.path_params["set"]
        if name not in READY:
            raise NotFound(f"There is no bundled data set '{name}'.")
        return _for_good(thumbnails(name).tobytes())

    # How more comes in

    def begin_upload(self, request: Request, body: dict[str, Any]) -> Response:
        name, n_files, n_bytes = (body.get(key) for key in ("name", "files", "bytes"))
        if not is_whole(n_files) or not is_whole(n_bytes):
            raise UserError("'files' and 'bytes' must be whole numbers.")
        upload = self.data_sets.begin_upload(str(name), n_files, n_bytes)
        return JSONResponse({"upload": upload, "received": self.uploads.received(upload)})

    def received(self, request: Request) -> Response:
        return JSONResponse(self.uploads.received(request.path_params["upload"]))

    async def add_parts(self, request: Request) -> Response:
        if request.headers.get("content-type") != "application/octet-stream":
            raise UserError("Parts must have the content type application/octet-stream.")
        body = await read(request, 2 * MOST_BODY)
        await run_in_threadpool(self.uploads.add, request.path_params["upload"], body)
        return JSONResponse({})

    def state(self, request: Request) -> Response:
        return JSONResponse(self.imports.state())

    def begin(self, request: Request, body: dict[str, Any]) -> Response:
        """Of an upload, of a path, or of a data set's source once again."""
        choice = _choice(body)
        again, upload, path, name, to = (
            str(body.get(key) or "") for key in ("again", "upload", "path", "name", "to")
        )
        if again:
            if "role" in body:
                library.set_role(self.data_sets.id_of(again), choice.role, self.root)
            self.data_sets.read_again(again, choice)
        elif upload:
            self.data_sets.add_upload(upload, name, choice, to)
        else:
            self.data_sets.add_path(path, name, choice, to)
        return JSONResponse(self.imports.state())

    def cancel(self, request: Request, body: dict[str, Any]) -> Response:
        self.imports.cancel()
        return JSONResponse({})

    # What is done with a data set

    def rename(self, request: Request, body: dict[str, Any]) -> Response:
        library.rename(self._id(request), str(body.get("name", "")), self.root)
        return JSONResponse({})

    def set_role(self, request: Request, body: dict[str, Any]) -> Response:
        role = str(body.get("role"))
        if role not in library.ROLES:
            raise UserError(f"'role' must be one of {', '.join(library.ROLES)}, got '{role}'.")
        library.set_role(self._id(request), role, self.root)
        return JSONResponse({})

    def set_encoder(self, request: Request, body: dict[str, Any]) -> Response:
        network = body.get("network", "none")
        if network not in get_args(Network):
            raise UserError(
                f"'network' must be one of {', '.join(get_args(Network))}, got {network!r}."
            )
        self.data_sets.encoder.begin(self._id(request), str(body.get("encoder", "")), network)
        return JSONResponse({})

    def cancel_encoder(self, request: Request, body: dict[str, Any]) -> Response:
        self.data_sets.encoder.cancel()
        return JSONResponse({})

    def delete(self, request: Request, body: dict[str, Any]) -> Response:
        self.data_sets.delete(request.path_params["set"])
        return JSONResponse({})

    def open(self, request: Request, body: dict[str, Any]) -> Response:
        """A new session on the data set, or with `last` the newest one, if there is one."""
        name = request.path_params["set"]
        rows = self.data_sets.sessions_on(name) if body.get("last") else []
        return JSONResponse({"session": (rows[0] if rows else self.data_sets.open(name)).id})

    def _id(self, request: Request) -> str:
        """Of an imported data set that is there."""
        return self.data_sets.id_of(request.path_params["set"])


def _choice(body: dict[str, Any]) -> Choice:
    """Side, channels and role as they came. UserError if they are none of ours."""
    side, channels = body.get("side"), str(body.get("channels", "auto"))
    if side is not None and side not in SIDES:
        raise UserError(f"'side' must be one of {', '.join(map(str, SIDES))}, got {side!r}.")
    if channels not in CHANNELS:
        raise UserError(f"'channels' must be one of {', '.join(CHANNELS)}, got {channels!r}.")
    role = str(body.get("role", "truth"))
    if role not in library.ROLES:
        raise UserError(f"'role' must be one of {', '.join(library.ROLES)}, got {role!r}.")
    reading = body.get("reading") or {}
    if not isinstance(reading, dict) or not all(isinstance(v, str) for v in reading.values()):
        raise UserError("'reading' must be {name: value}, both text.")
    return Choice(Policy(side=side, channels=channels), role=role, reading=reading)


def _for_good(data: bytes) -> Response:
    """Bytes that never change under their address."""
    response = in_bytes(data)
    response.headers["Cache-Control"] = "private, max-age=31536000, immutable"
    return response
