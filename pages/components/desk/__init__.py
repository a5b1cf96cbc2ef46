"""The label desk: everything on the label page that moves, drawn by the browser.

A label, a lasso and a new snapshot go between it and api/, and never wait for a rerun of the page.
"""

from __future__ import annotations

import importlib.resources
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from pages.components.part import part

STATIC = Path(__file__).parent

_desk = part("label_desk", "desk/desk.js")


def label_desk(session_id: str) -> None:
    """Mount the desk on a session."""
    _desk(key="desk", data={"session": session_id, "api": "/api"})


async def _plotly(request: Request) -> Response:
    """Plotly's JavaScript, as the Python package brings it along."""
    file = importlib.resources.files("plotly") / "package_data" / "plotly.min.js"
    return FileResponse(str(file), media_type="text/javascript")


plotly_route = Route("/desk/plotly.min.js", _plotly)
