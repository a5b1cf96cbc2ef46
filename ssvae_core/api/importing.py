"""The routes of the data page: what there is to label, and how more of it comes in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ..atlas.first_map import Placing
from ..data import SOURCES, Dataset, library, load_dataset
from ..data.bundled_summary import READY, thumbnails
from ..data.preview import preview
from ..errors import UserError
from ..importing.importing import Choice
from ..importing.pixel_policy import CHANNELS, SIDES, Policy
from ..importing.queue import ImportQueue, ImportRequest, data_roots
from ..importing.uploads import MOST_BODY, MOST_BYTES
from ..options.options import fitted_in_words
from ..session.workspace import Workspace
from .http import BadRequest, answer, body_of, ids, in_bytes, in_thread

MOST_IMAGES = 1024  # in one request
UNSORTED = 48  # images that are shown where they have no classes
MOST_FILES = 1000  # skipped files that are named at once


def routes(lab: Workspace) -> list[Route]:
    """The routes of every data set of this workspace."""
    api = _Api(lab)
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
        "/sets/{set}/delete": api.delete,
        "/sets/{set}/open": api.open,
    }
    return [
        Route("/api/data/uploads/{upload}/parts", answer(api.add_parts), methods=["POST"]),
        *(Route(f"/api/data{path}", answer(in_thread(read))) for path, read in reading.items()),
        *(
            Route(f"/api/data{path}", answer(_with_body(do)), methods=["POST"])
            for path, do in doing.items()
        ),
    ]


def _with_body(method: Callable[[Request, dict[str, Any]], Response]) -> Any:
    async def handler(request: Request) -> Response:
        return await run_in_threadpool(method, request, await body_of(request))

    return handler


class _Api:
    """One method a route."""

    def __init__(self, lab: Workspace):
        self.lab, self.imports = lab, ImportQueue(lab.workspace, self._bring_to_map)
        self.root, self.uploads = self.imports.root, self.imports.uploads

    # What there is

    def listed(self, request: Request) -> Response:
        sessions = defaultdict(list)
        for row in self.lab.sessions():
            sessions[row.data].append({"id": row.id, "name": row.name})
        return JSONResponse(
            {
                "ready": [
                    {"id": name, **vars(ready), "sessions": sessions[name]}
                    for name, ready in READY.items()
                ],
                "sets": [
                    {**vars(each), "sessions": sessions[each.id]}
                    for each in library.shelved(self.root)
                ],
                "roots": [str(root) for root in data_roots(self.lab.workspace)],
                "most_bytes": MOST_BYTES,
                "import": self.imports.state(),
                "learning": self.lab.background_m1 and self.lab.background_m1.to_json(),
            }
        )

    def report(self, request: Request) -> Response:
        data, manifest = self._opened(request), self._manifest(request)
        report = library.report_of(data.name, self.root)
        shown = report.to_json()
        for group in shown["skipped"].values():
            group["files"] = group["files"][:2]
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
                "fitted": fitted_in_words(data.shape, self.lab.first_model(data)),
                "role": manifest["role"],
                "class_names": manifest["class_names"],
                "can_read_again": self.imports.can_read_again(manifest),
                "sides": SIDES,
                "preview": [
                    {"class": row.class_name, "n": row.n, "examples": row.examples.tolist()}
                    for row in preview(data, 8 if data.class_names else UNSORTED)
                ],
            }
        )

    def report_csv(self, request: Request) -> Response:
        report = library.report_of(self._id(request), self.root)
        name = f"{library.slug(report.name)}-report.csv"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return Response(report.as_csv(), media_type="text/csv", headers=headers)

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
        data, asked = self._opened(request), ids(request, "ids")
        if not 0 < len(asked) <= MOST_IMAGES or not all(0 <= i < len(data) for i in asked):
            raise BadRequest(f"Expected 1 to {MOST_IMAGES} ids from 0 to {len(data) - 1}.")
        return _for_good(np.ascontiguousarray(data.images[np.array(asked)]).tobytes())

    def thumbnails(self, request: Request) -> Response:
        name = request.path_params["set"]
        if name not in READY:
            raise UserError(f"There is no bundled data set '{name}'.")
        return _for_good(thumbnails(name).tobytes())

    # How more comes in

    def begin_upload(self, request: Request, body: dict[str, Any]) -> Response:
        if self.imports.is_running:
            raise UserError("An import is running. Wait for it, or cancel it first.")
        name, n_files, n_bytes = (body.get(key) for key in ("name", "files", "bytes"))
        if not isinstance(n_files, int) or not isinstance(n_bytes, int):
            raise BadRequest("'files' and 'bytes' must be whole numbers.")
        upload = self.uploads.begin(str(name), n_files, n_bytes)
        return JSONResponse({"upload": upload, "received": self.uploads.received(upload)})

    def received(self, request: Request) -> Response:
        return JSONResponse(self.uploads.received(request.path_params["upload"]))

    async def add_parts(self, request: Request) -> Response:
        if request.headers.get("content-type") != "application/octet-stream":
            raise BadRequest("Parts must have the content type application/octet-stream.")
        body = bytearray()
        async for chunk in request.stream():
            body += chunk
            if len(body) > 2 * MOST_BODY:
                raise BadRequest(f"A body of parts has about {MOST_BODY} bytes.")
        await run_in_threadpool(self.uploads.add, request.path_params["upload"], bytes(body))
        return JSONResponse({})

    def state(self, request: Request) -> Response:
        return JSONResponse(self.imports.state())

    def begin(self, request: Request, body: dict[str, Any]) -> Response:
        wish = self._wish(body)
        self.lab.cool()  # the decoders want the processor, and this may take another's place
        self.imports.begin(wish)
        return JSONResponse(self.imports.state())

    def _wish(self, body: dict[str, Any]) -> ImportRequest:
        """A new import: of an upload, of a path, or of a data set's source once again."""
        choice = _choice(body)
        if again := str(body.get("again", "")):
            manifest = library.read_manifest(library.folder_of(again, self.root))
            if not self.imports.can_read_again(manifest):
                raise UserError("What it was read from is gone. Drop the files again.")
            used = any(row.data == again for row in self.lab.sessions())
            where = Path(manifest["where"])
            choice = replace(choice, within=self.imports.within(where))
            return ImportRequest(where, manifest["name"], choice, instead_of="" if used else again)
        if upload := str(body.get("upload", "")):
            where = self.uploads.source(upload)
        else:
            where = self.imports.path(str(body.get("path", "")))
        to = str(body.get("to", ""))
        if to:
            name = library.read_manifest(library.folder_of(to, self.root))["name"]
        else:
            name = library.checked_name(str(body.get("name") or where.stem))
        choice = replace(choice, within=self.imports.within(where))
        return ImportRequest(where, name, choice, to=to)

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
            raise BadRequest(f"'role' must be one of {', '.join(library.ROLES)}, got '{role}'.")
        library.set_role(self._id(request), role, self.root)
        return JSONResponse({})

    def delete(self, request: Request, body: dict[str, Any]) -> Response:
        self.imports.stop_map()
        self.lab.cool()
        library.delete(self._id(request), self.root)
        return JSONResponse({})

    def open(self, request: Request, body: dict[str, Any]) -> Response:
        """A new session on the data set, or with `last` the newest one, if there is one."""
        name = request.path_params["set"]
        rows = [row for row in self.lab.sessions() if row.data == name]
        if body.get("last") and rows:
            return JSONResponse({"session": rows[0].id})
        self.imports.wait_for_map()
        title = READY[name].title if name in READY else self.lab.dataset(name).title
        row = self.lab.create(f"{title[:44]}, {datetime.now():%A}", data=name)
        return JSONResponse({"session": row.id})

    def _bring_to_map(self, new: str, old: str) -> Iterator[Placing]:
        """The first map of a new data set; or sessions on an earlier one go on with the new images.

        The earlier one goes when nothing is on it any more: all of it is in the new one.
        """
        if not old:
            yield from self.lab.prepare(new)
            self.lab.warm(new)
            return
        rows = [row for row in self.lab.sessions() if row.data == old]
        for done, row in enumerate(rows):
            yield Placing(f"bringing the new images to the map of {row.name}", done / len(rows))
            self.lab.add_images(row.id, new)
        library.delete(old, self.root)

    def _id(self, request: Request) -> str:
        """Of an imported data set that is there."""
        return library.folder_of(request.path_params["set"], self.root).name

    def _manifest(self, request: Request) -> dict[str, Any]:
        return library.read_manifest(self.root / self._id(request))

    def _opened(self, request: Request) -> Dataset:
        name = request.path_params["set"]
        return load_dataset(name if name in SOURCES else self._id(request), self.root)


def _choice(body: dict[str, Any]) -> Choice:
    """Side, channels and role as they came. BadRequest if they are none of ours."""
    side, channels = body.get("side"), body.get("channels", "auto")
    if side is not None and side not in SIDES:
        raise BadRequest(f"'side' must be one of {', '.join(map(str, SIDES))}, got {side!r}.")
    if channels not in CHANNELS:
        raise BadRequest(f"'channels' must be one of {', '.join(CHANNELS)}, got {channels!r}.")
    role = body.get("role", "truth")
    if role not in library.ROLES:
        raise BadRequest(f"'role' must be one of {', '.join(library.ROLES)}, got {role!r}.")
    return Choice(Policy(side=side, channels=channels), role=role)


def _for_good(data: bytes) -> Response:
    """Bytes that never change under their address."""
    response = in_bytes(data)
    response.headers["Cache-Control"] = "private, max-age=31536000, immutable"
    return response
