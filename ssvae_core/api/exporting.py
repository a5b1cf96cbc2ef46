"""The routes of the export page: what a session can be written as, and the files themselves."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from ..errors import Conflict, NotFound, UserError
from ..export import FORMATS, ExportOptions, ExportProgress, Format, export
from ..export.accuracy import audited
from ..export.counting import counted
from ..export.from_session import content_of
from ..export.past_exports import Exports, zipped
from ..export.process import export_apart
from ..export.report import REPORT_FILE
from ..session.session import Session
from ..session.workspace import Workspace
from ..storage.jobs import Job
from ..storage.paths import EXPORTS
from ..strict_json import is_number
from .body import with_body
from .http import answer, attachment, in_thread, number

# A report may run its own scripts, load nothing from anywhere, and reach nothing of this server.
REPORT_POLICY = (
    "sandbox allow-scripts allow-downloads; default-src 'none'; img-src data: blob:; "
    "font-src data:; script-src 'unsafe-inline'; style-src 'unsafe-inline'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)
# Who reads a format, for the page.
READ_BY = {
    "csv": "Excel, R, pandas; this app reads it back",
    "jsonl": "scripts, jq; this app reads it back",
    "parquet": "pandas, DuckDB, Spark; this app reads it back",
    "imagefolder": "Hugging Face, torchvision, fastai; this app reads it back",
    "coco": "pycocotools, FiftyOne, CVAT; this app reads it back",
    "label-studio": "Label Studio; this app reads it back",
    "model": "PyTorch, without this app",
    "anndata": "scanpy, scvi-tools, CELLxGENE; import it again to go on",
    "features": "NumPy, pandas, scikit-learn: a row for each example",
    "onnx": "onnxruntime: browsers, phones, C++, C#",
    "report": "any browser, without a network",
}


def routes(workspace: Workspace) -> list[Route]:
    """The routes of every session of this workspace."""
    api = _Api(workspace)
    reading: dict[str, Callable[[Request], Response]] = {
        "": api.listed,
        "/count": api.count,
        "/{export}/zip": api.zip,
        "/{export}/page": api.page,
    }
    base = "/api/sessions/{session}/exports"
    return [
        *(Route(f"{base}{path}", answer(in_thread(read))) for path, read in reading.items()),
        Route(base, answer(with_body(api.begin)), methods=["POST"]),
        Route(f"{base}/cancel", answer(with_body(api.cancel)), methods=["POST"]),
    ]


class _Api:
    """One method a route; one export is written at a time."""

    def __init__(self, workspace: Workspace):
        self.workspace, self.exports = workspace, Exports(workspace.root / EXPORTS)
        self._lock = threading.Lock()
        self._job: Job[ExportProgress] | None = None
        self._of: tuple[str, str] = ("", "")  # session and format of that job

    def _session(self, request: Request) -> Session:
        return self.workspace.session(request.path_params["session"])

    def listed(self, request: Request) -> Response:
        session = self._session(request)
        return JSONResponse(
            {
                "formats": [
                    {
                        "name": name,
                        "title": kind.title,
                        "about": kind.about,
                        "read_by": READ_BY.get(name, ""),
                        "has_choices": not (kind.needs_model or kind.needs_story),
                        "only_with_class": kind.only_with_class,
                        "has_images": kind.needs_images,
                        "is_page": kind.needs_story,
                        "why_not": _why_not(kind, session),
                    }
                    for name, kind in FORMATS.items()
                ],
                "images": _images_in_words(session),
                "folder": str(self.exports.folder),
                "exports": [vars(each) for each in self.exports.of(session.row.id)],
                "job": self._state(session.row.id),
            }
        )

    def count(self, request: Request) -> Response:
        session = self._session(request)
        options = ExportOptions(
            request.query_params.get("what", "all"),  # type: ignore[arg-type]
            number(request, "min_confidence", 0.0),
            request.query_params.get("junk") == "1",
        )
        count = counted(content_of(session), options)
        found = audited(session, options)
        accuracy = None
        if found is not None:
            share, of = found
            accuracy = {**vars(share), "of": of}
        return JSONResponse({**vars(count), "rows": count.rows, "accuracy": accuracy})

    def begin(self, request: Request, body: dict[str, Any]) -> Response:
        session, name = self._session(request), str(body.get("format", ""))
        confidence = body.get("min_confidence", 0.0)
        if not is_number(confidence):
            raise UserError(f"'min_confidence' must be a number, got {confidence!r}.")
        options = ExportOptions(
            body.get("what", "all"),
            confidence,
            bool(body.get("with_junk")),
            body.get("images", "originals"),
        )
        if name not in FORMATS:
            raise UserError(f"'format' must be one of {', '.join(FORMATS)}, got '{name}'.")
        if why := _why_not(FORMATS[name], session):
            raise Conflict(why)
        row = session.row
        with self._lock:
            if self._job is not None and self._job.is_running:
                raise Conflict("An export is being written. Wait for it, or cancel it first.")
            folder = self.exports.new(row.name, row.id, name)
            if FORMATS[name].needs_model:
                work = export_apart(self.workspace.root, row.id, name, folder, options)
            else:
                work = export(content_of(session), name, folder, options)
            self._job, self._of = Job(work, lambda event: event.done is not None), (row.id, name)
        return JSONResponse(self._state(row.id))

    def cancel(self, request: Request, body: dict[str, Any]) -> Response:
        session = self._session(request)
        with self._lock:
            if self._job is not None and self._of[0] == session.row.id:
                self._job.cancel()
        return JSONResponse({})

    def _state(self, session_id: str) -> dict[str, Any] | None:
        """The session's export under way, or its last one; None before."""
        job, (of, name) = self._job, self._of
        if job is None or of != session_id:
            return None
        at = job.latest or ExportProgress("starting", 0.0)
        return {
            "format": name,
            "state": job.state,
            "message": at.message,
            "share": at.share,
            "error": job.error,
            "began": job.began,
            "export": at.done.name if job.state == "done" and at.done else None,
        }

    def zip(self, request: Request) -> Response:
        folder = self.exports.path(request.path_params["session"], request.path_params["export"])
        headers = attachment(f"{folder.name}.zip")
        return StreamingResponse(zipped(folder), media_type="application/zip", headers=headers)

    def page(self, request: Request) -> Response:
        folder = self.exports.path(request.path_params["session"], request.path_params["export"])
        if not (folder / REPORT_FILE).is_file():
            raise NotFound("This export is no page. Download it.")
        headers = {"Content-Security-Policy": REPORT_POLICY}
        return FileResponse(folder / REPORT_FILE, media_type="text/html", headers=headers)


def _images_in_words(session: Session) -> dict[str, str] | None:
    """What each of IMAGES would be here; None where the examples are all there ever was."""
    came_from = session.data.provenance
    if came_from is None or session.data.kind != "image":
        return None
    copies = "Copies of at most 256 pixels. Their names say their size where it is another."
    if there := came_from.there:
        originals = (
            "The files as they came, with what a camera wrote into them (time, place), from "
            f"{' and '.join(there)}."
        )
    else:
        originals = (
            "What was imported is not where it was, or not on this computer. Smaller "
            "copies are written, and their names say so."
        )
    return {"originals": originals, "copies": copies}


def _why_not(kind: Format, session: Session) -> str:
    """Why this session cannot be written so, in words; "" if it can."""
    if kind.needs_images and not kind.needs_model and session.data.kind != "image":
        return "It is for images; this session holds vectors."
    if kind.needs_model and session.snapshot is None:
        return "There is no model yet. Label a few images, and give it a minute."
    return ""
