"""The label desk: everything on the label page that moves, drawn by the browser.

The script below only loads `desk.js` from our own route; a label, a lasso and a new snapshot go
between it and api.py, and never wait for a rerun of the page.
"""

from __future__ import annotations

import importlib.resources
from pathlib import Path

import streamlit as st
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

STATIC = Path(__file__).parent

_desk = st.components.v2.component(
    "label_desk",
    html="<div id='desk'></div>",
    js="""
export default function ({ parentElement, data }) {
  const root = parentElement.querySelector("#desk")
  let isGone = false
  let cleanup = () => {}
  import(`${location.origin}/desk/desk.js`).then(({ mount }) => {
    if (!isGone) cleanup = mount(root, data)
  })
  return () => { isGone = true; cleanup() }
}
""",
)


def label_desk(session_id: str) -> None:
    """Mount the desk on a session."""
    _desk(key="desk", data={"session": session_id, "api": "/api"})


async def _plotly(request: Request) -> Response:
    """Plotly's JavaScript, as the Python package brings it along."""
    file = importlib.resources.files("plotly") / "package_data" / "plotly.min.js"
    return FileResponse(str(file), media_type="text/javascript")


plotly_route = Route("/desk/plotly.min.js", _plotly)
