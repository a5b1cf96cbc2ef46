"""The routes of the learn page: what lessons say, what ships of them, and a run of one here."""

from __future__ import annotations

import base64
import math
import threading
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ..data import library
from ..data.bundled_summary import READY
from ..data.shapes import SHAPES
from ..errors import Conflict, NotFound, UserError
from ..lessons import LESSONS, Finding, Lesson, shipped
from ..lessons.process import MOST_SEED, LessonPlace, LessonProgress, run_apart
from ..lessons.result import read
from ..lessons.shipped import SEED
from ..session.workspace import Workspace
from ..storage.jobs import Job
from ..storage.paths import data_root
from ..strict_json import is_number
from .body import with_body
from .http import answer, in_thread, number

# Data sets that come with the app and that lessons run on beside the digits, with their classes.
SHIPPED_BESIDE = {"shapes": SHAPES}


def routes(workspace: Workspace) -> list[Route]:
    """The routes of lessons."""
    api = _Api(workspace)
    base = "/api/lessons"
    return [
        Route(base, answer(in_thread(api.listed))),
        Route(f"{base}/runs", answer(in_thread(api.state_of_run))),
        Route(f"{base}/runs", answer(with_body(api.begin)), methods=["POST"]),
        Route(f"{base}/runs/cancel", answer(with_body(api.cancel)), methods=["POST"]),
        Route(f"{base}/{{name}}/state", answer(in_thread(api.ships))),
        Route(f"{base}/{{name}}/run", answer(in_thread(api.was_run))),
    ]


class _Api:
    """One method a route; one lesson runs at a time."""

    def __init__(self, workspace: Workspace):
        self.workspace = workspace
        self._lock = threading.Lock()
        self._job: Job[LessonProgress] | None = None
        self._place: LessonPlace | None = None  # of that job

    def listed(self, request: Request) -> Response:
        lessons = [_lesson_in_json(lesson) for lesson in LESSONS.values()]
        return JSONResponse({"lessons": lessons, "data": self._own_images(), "run": self._state()})

    def ships(self, request: Request) -> Response:
        lesson = _lesson(request.path_params["name"])
        value, free = _knobs(request, lesson)
        return JSONResponse(_finding_in_json(shipped(lesson, value, free), seed=SEED))

    def was_run(self, request: Request) -> Response:
        lesson = _lesson(request.path_params["name"])
        value, free = _knobs(request, lesson)
        data = request.query_params.get("data", "")
        seed = _seed(number(request, "seed", SEED))
        stem = LessonPlace(lesson.name, value, free, seed, self._data(data)).stem(
            self.workspace.root
        )
        if not stem.with_name(f"{stem.name}.json").is_file():
            return JSONResponse(None)
        names = [each["class_names"] for each in self._own_images() if each["id"] == data]
        about = {"seed": seed, "data": data, "class_names": names[0] if names else None}
        return JSONResponse(_finding_in_json(read(stem), **about))

    def begin(self, request: Request, body: dict[str, Any]) -> Response:
        lesson = _lesson(body.get("lesson"))
        free = body.get("free", lesson.free_knob.kept)
        value, seed = body.get("value", lesson.knob.start), body.get("seed", SEED)
        if not (is_number(value) and is_number(free) and is_number(seed)):
            raise UserError("'value', 'free' and 'seed' must be numbers. Start the lesson again.")
        place = LessonPlace(
            lesson.name, value, free, _seed(seed), self._data(body.get("data", ""), lesson)
        )
        place.stem(self.workspace.root)
        with self._lock:
            if self._job is not None and self._job.is_running:
                raise Conflict("A lesson is running here. Wait for it, or cancel it first.")
            work = run_apart(place, self.workspace.root)
            self._job, self._place = Job(work, lambda event: event.is_done), place
        return JSONResponse(self._state())

    def cancel(self, request: Request, body: dict[str, Any]) -> Response:
        with self._lock:
            if self._job is not None:
                self._job.cancel()
        return JSONResponse({})

    def state_of_run(self, request: Request) -> Response:
        return JSONResponse(self._state())

    def _state(self) -> dict[str, Any] | None:
        """The run under way, or the last one; None before."""
        job, place = self._job, self._place
        if job is None or place is None:
            return None
        at = job.latest or LessonProgress("starting", 0.0)
        told = {"message": at.message, "share": at.share, "seconds_left": at.seconds_left}
        return {**vars(place), **told, "state": job.state, "error": job.error}

    def _own_images(self) -> list[dict[str, Any]]:
        """The sets of images beside the digits, and whether their classes are known."""
        ships = [
            {"id": name, "title": READY[name].title, "has_classes": True, "class_names": names}
            for name, names in SHIPPED_BESIDE.items()
        ]
        return ships + [
            {
                "id": each.id,
                "title": each.name,
                "has_classes": each.role == "truth",
                "class_names": each.class_names,
            }
            for each in library.shelved(data_root(self.workspace.root))
            if len(each.shape) > 1
        ]

    def _data(self, name: Any, lesson: Lesson | None = None) -> str:
        """The id of a set of one's own; "" for the digits. UserError where it cannot be run on."""
        if not isinstance(name, str):
            raise UserError("'data' must be the id of a data set.")
        if not name:
            return ""
        known = {each["id"]: each for each in self._own_images()}
        if name not in known:
            raise NotFound("These images are not there. Choose others in the lesson's menu.")
        if lesson is not None and lesson.needs == "digits":
            raise Conflict("This lesson runs on the digits that ship, and on no other images.")
        if lesson is not None and lesson.needs == "classes" and not known[name]["has_classes"]:
            raise Conflict(
                "This lesson needs images whose classes are known; of these they are not."
            )
        return name


def _lesson(name: Any) -> Lesson:
    if not isinstance(name, str) or name not in LESSONS:
        raise NotFound("There is no such lesson. Choose one in the list of lessons.")
    return LESSONS[name]


def _knobs(request: Request, lesson: Lesson) -> tuple[float, float]:
    value = number(request, "value", lesson.knob.start)
    return value, number(request, "free", lesson.free_knob.kept)


def _seed(seed: float) -> int:
    if seed != int(seed) or not 0 <= seed <= MOST_SEED:
        raise UserError(f"'seed' must be a whole number from 0 to {MOST_SEED}, got {seed:g}.")
    return int(seed)


def _lesson_in_json(lesson: Lesson) -> dict[str, Any]:
    said = {
        name: value for name, value in vars(lesson).items() if name not in ("claims", "formula")
    }
    knobs = {"knob": vars(lesson.knob), "free_knob": vars(lesson.free_knob)}
    return {
        **said,
        **knobs,
        "formula": lesson.mathml,
        "symbols": [vars(each) for each in lesson.symbols],
    }


def _finding_in_json(finding: Finding, **about: Any) -> dict[str, Any]:
    return {**_plain(vars(finding)), **about}


def _plain(value: Any) -> Any:
    """The same for JSON: an array is its bytes in base64, and what is no number is null."""
    if isinstance(value, np.ndarray):
        raw = base64.b64encode(np.ascontiguousarray(value).tobytes()).decode()
        return {"dtype": str(value.dtype), "shape": value.shape, "base64": raw}
    if isinstance(value, Mapping):
        return {key: _plain(its) for key, its in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(its) for its in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
