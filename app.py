"""The app: Streamlit's pages, and beside them the routes that the live parts of a page talk to."""

from __future__ import annotations

import logging
import os
import socket
import sys
import threading
import tomllib
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import streamlit as st
import streamlit.config
import uvicorn

from ssvae_core.system import unsupported

if problem := unsupported():  # before what it needs of the system is imported
    sys.exit(problem)

from pages.components import login
from pages.components.frame import say_sorry, the_workspace
from pages.components.parts import web_routes
from ssvae_core.api import LOCAL_NAMES, routes
from ssvae_core.errors import UserError

HERE = Path(__file__).parent
log = logging.getLogger(__name__)


@asynccontextmanager
async def lifespan(app: object) -> AsyncIterator[None]:
    """Start the newest session's trainer while the browser opens; stop all with the server."""
    threading.Thread(target=warm_up, daemon=True).start()
    yield
    the_workspace().close()


def warm_up() -> None:
    """Start the trainer of the session that a page without an address will open."""
    try:
        the_workspace().attend(the_workspace().newest().id)
    except UserError as error:
        log.warning("%s", error)  # the page will say it


def settings(section: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Each ("theme.light.textColor", value) of a file of Streamlit's settings."""
    for name, value in section.items():
        if isinstance(value, dict):
            yield from settings(value, f"{prefix}{name}.")
        else:
            yield prefix + name, value


# Streamlit itself reads only the file in the folder that the app is started from.
for key, value in settings(tomllib.loads((HERE / ".streamlit" / "config.toml").read_text())):
    streamlit.config.set_option(key, value)

try:
    the_workspace()
except UserError as error:
    sys.exit(str(error))

app = st.App(
    HERE / "pages" / "navigation.py",
    routes=[
        *(
            routes(the_workspace(), login.logged_in)
            if login.is_configured()
            else routes(the_workspace())
        ),
        *web_routes,
    ],
    lifespan=lifespan,
    on_script_error=say_sorry,
)


def main(start: str = "make run PORT={}") -> None:
    """Serve on HOST (127.0.0.1) and PORT (8501), and print the address.

    `start` is the command that starts it on a port, to name in what is said of a wrong one.
    """
    host, named = os.environ.get("HOST", "127.0.0.1"), os.environ.get("PORT", "8501")
    if not named.isdecimal():
        sys.exit(f"PORT must be a number, got '{named}'. For example: {start.format(8502)}")
    port = int(named)
    if host not in LOCAL_NAMES:
        sys.exit(
            f"SSVAE Lab serves this machine only: HOST={host} is refused. "
            "Leave HOST out; to reach it from elsewhere, use an SSH tunnel."
        )
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            sys.exit(
                f"Port {port} cannot be used ({error.strerror}). "
                f"Choose another: {start.format(port + 1)}"
            )
    if (lock := the_workspace().lock) is not None:
        lock.tell(f"http://{host}:{port}")
    print(f"SSVAE Lab is at http://{host}:{port}  (Ctrl-C stops it)", flush=True)
    logging.getLogger("uvicorn.access").disabled = True  # a line for every poll of every page
    uvicorn.run(app, host=host, port=port, log_config=None, timeout_graceful_shutdown=2)


if __name__ == "__main__":
    main()
