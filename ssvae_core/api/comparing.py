"""The routes of the compare page: models of a session side by side.

What `GET compare` answers is made in comparison/views.py. A class is its id, an example its number,
a stop a number of labels; `by` is what the models are judged by: truth, audit, or the best there
is. Guesses are two planes of N bytes, class and probability in 255ths; drawings come row after row,
a column a class of the member's `draws.classes`, and a row has one style for all members. The
`config` of a model to add names options, numbers (`knobs`) and an `encoder`; `cancel` ends all, or
one `member`.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ..comparison import views
from ..comparison.comparison import Comparison
from ..comparison.plan import BUDGET, ENCODER, LONGEST_BUDGET, MOST, checked_config
from ..encoders.opening import lasting, local_path
from ..errors import UserError
from ..importing.queue import data_roots, readable
from ..session.autoencoder_choice import chosen_autoencoder
from ..session.workspace import Workspace
from ..strict_json import is_number
from .body import list_in, with_body
from .http import answer, in_bytes, in_thread, number

Models = list[tuple[str, dict[str, Any]]]


def routes(workspace: Workspace) -> list[Route]:
    """The routes of every session of this workspace."""
    api = _Api(workspace)
    base = "/api/sessions/{session}/compare"
    reading: dict[str, Callable[[Request], Response]] = {
        "": api.state,
        "/guesses": api.guesses,
        "/draws": api.draws,
        "/confusion": api.confusion,
        "/disagreements": api.disagreements,
    }
    found = [Route(f"{base}{path}", answer(in_thread(read))) for path, read in reading.items()]
    return [*found, Route(base, answer(with_body(api.do)), methods=["POST"])]


class _Api:
    """One method a route."""

    def __init__(self, workspace: Workspace):
        self.workspace = workspace
        self._open: dict[str, Comparison] = {}
        self._lock = threading.Lock()

    def _of(self, request: Request) -> Comparison:
        name = request.path_params["session"]
        self.workspace.session(name)
        with self._lock:
            if name not in self._open:
                self._open[name] = Comparison(self.workspace, name)
            return self._open[name]

    def state(self, request: Request) -> Response:
        return JSONResponse(views.state(self._of(request), request.query_params.get("by", "")))

    def guesses(self, request: Request) -> Response:
        comparison, member, n_labels = self._asked(request)
        together = request.query_params.get("of") == "together"
        found = views.guesses(comparison, member, n_labels, together)
        return in_bytes(found, comparison.version)

    def draws(self, request: Request) -> Response:
        comparison, member, n_labels = self._asked(request)
        return in_bytes(views.draws(comparison, member, n_labels), comparison.version)

    def confusion(self, request: Request) -> Response:
        comparison, _, n_labels = self._asked(request)
        by = request.query_params.get("by", "")
        return JSONResponse(views.confusion(comparison, n_labels, by))

    def disagreements(self, request: Request) -> Response:
        comparison, _, n_labels = self._asked(request)
        n = int(number(request, "n", 48))
        return JSONResponse(views.disagreements(comparison, n_labels, n))

    def do(self, request: Request, body: dict[str, Any]) -> Response:
        """What a person does; the answer is the new state."""
        comparison, wish = self._of(request), body.get("do")
        doing: dict[str, Callable[[Comparison, dict[str, Any]], None]] = {
            "add": self._add,
            "train": self._train,
            "cancel": lambda on, its: on.cancel(_word(its, "member", "")),
            "remove": lambda on, its: on.remove(_word(its, "member")),
            "use": lambda on, its: on.use(_word(its, "member")),
            "order": lambda on, its: on.order([str(each) for each in list_in(its, "members")]),
        }
        if not isinstance(wish, str) or wish not in doing:
            raise UserError(f"'do' must be one of: {', '.join(doing)}.")
        doing[wish](comparison, body)
        return JSONResponse(views.state(comparison))

    def _add(self, comparison: Comparison, body: dict[str, Any]) -> None:
        wanted = list_in(body, "models")
        if not 0 < len(wanted) <= MOST:
            raise UserError(f"Name 1 to {MOST} models.")
        models = [self._model(each, comparison) for each in wanted]
        comparison.add(models, _budget(body) or BUDGET, _word(body, "who", ""))

    def _train(self, comparison: Comparison, body: dict[str, Any]) -> None:
        who = _word(body, "who") if "who" in body else None
        comparison.train(_budget(body), who)

    def _model(self, given: Any, comparison: Comparison) -> tuple[str, dict[str, Any]]:
        """A model and its config as they came. UserError if they cannot be."""
        if not isinstance(given, dict):
            raise UserError("A model must be an object with model and config.")
        model, data = given.get("model"), comparison.session.data
        config = checked_config(model, given.get("config", {}), data)
        if ENCODER in config and (path := local_path(config[ENCODER])):
            there = str(readable(path, data_roots(self.workspace.root)))
            config[ENCODER] = lasting(config[ENCODER].replace(path, there, 1))
        if "autoencoder" in config:
            named = chosen_autoencoder(config["autoencoder"], self.workspace.root)
            config["autoencoder"] = named
        return str(model), config

    def _asked(self, request: Request) -> tuple[Comparison, str, int]:
        """The comparison, the member's id, and how many labels; without these, all."""
        comparison = self._of(request)
        most = comparison.stops[-1] if comparison.stops else 0
        n_labels = int(number(request, "labels", most))
        return comparison, request.query_params.get("member", ""), n_labels


def _word(body: dict[str, Any], name: str, default: str | None = None) -> str:
    value = body.get(name, default)
    if not isinstance(value, str):
        raise UserError(f"'{name}' must be a text.")
    return value


def _budget(body: dict[str, Any]) -> float | None:
    """Seconds a member, if they are said."""
    if (value := body.get("budget")) is None:
        return None
    if not is_number(value) or not 0 < value <= LONGEST_BUDGET:
        raise UserError(f"A budget is more than 0 and at most {LONGEST_BUDGET:.0f} seconds.")
    return float(value)
