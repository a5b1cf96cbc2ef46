"""Parts of a page that the browser draws: components that load a module of pages/web/built.

What happens in them (a label, a lasso, a new snapshot, an import) goes between the browser and
api/, and never waits for a rerun of the page.
"""

from __future__ import annotations

import importlib.resources
from collections.abc import Callable
from pathlib import Path
from typing import Any

import streamlit as st
import streamlit.config
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

BUILT = Path(__file__).resolve().parents[1] / "web" / "built"

SCRIPT = """
export default function ({ parentElement, data, setTriggerValue }) {
  const root = parentElement.querySelector(".part")
  let isGone = false
  let cleanup = () => {}
  import(`${location.origin}${data.api.replace(/api$/, "")}web/MODULE.js`).then(({ mount }) => {
    if (!isGone) cleanup = mount(root, data, (name) => setTriggerValue(name, true))
  })
  return () => { isGone = true; cleanup() }
}
"""


def below() -> str:
    """The folder of the address that the app is in, behind a proxy: "" or "/lab"."""
    base = str(streamlit.config.get_option("server.baseUrlPath")).strip("/")
    return f"/{base}" if base else ""


def part(module: str) -> Callable[..., Any]:
    """A component that mounts a built module; its mount(root, data, fire) returns its removal.

    fire("log_out") in the browser calls what was given as on_log_out_change. Its data has "api".
    """
    script = SCRIPT.replace("MODULE", module)
    return st.components.v2.component(module, html="<div class='part'></div>", js=script)


def page_part(module: str) -> Callable[[str], None]:
    """What a page consists of below its frame: a part that is mounted on a session's id."""
    component = part(module)

    def mount(session_id: str) -> None:
        component(key=module, data={"session": session_id, "api": f"{below()}/api"})

    return mount


label_part = page_part("label")
explore_part = page_part("explore")
compare_part = page_part("compare")
review_part = page_part("review")
data_part = page_part("data")
export_part = page_part("export")
learn_part = page_part("learn")


async def _plotly(request: Request) -> Response:
    """Plotly's JavaScript, as the Python package brings it along, for pages that ask for it."""
    file = importlib.resources.files("plotly") / "package_data" / "plotly.min.js"
    return FileResponse(str(file), media_type="text/javascript")


class WebFiles(StaticFiles):
    """Files that the browser keeps but asks about first, so that an update is seen at once."""

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        """With an ETag, as all of them, and the wish to be asked."""
        response = super().file_response(*args, **kwargs)
        response.headers["cache-control"] = "no-cache"
        return response


def web_routes() -> list[BaseRoute]:
    """What the browser loads of ours."""
    return [
        Route(f"{below()}/web/plotly.min.js", _plotly),
        Mount(f"{below()}/web", WebFiles(directory=BUILT)),
    ]
