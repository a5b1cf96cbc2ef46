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
from starlette.middleware import Middleware

from ssvae_core.system import FIRST_FREE_PORT, LAST_PORT, port_of, unsupported

if problem := unsupported():  # before what it needs of the system is imported
    sys.exit(problem)

from pages.components import login
from pages.components.frame import say_sorry, the_workspace
from pages.components.logout import EndedLogins, EndLogins
from pages.components.parts import web_routes
from pages.components.policy import content_policy
from pages.components.secrets import checked_secrets
from ssvae_core.api import LOCAL_NAMES, Protection, routes
from ssvae_core.errors import UserError
from ssvae_core.printable import make_logs_visible, visible
from ssvae_core.storage.paths import ENDED_LOGINS

make_logs_visible()
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
    checked_secrets(HERE)
    login.is_required()  # from here on, should they change
    the_workspace()
    ended = EndedLogins(the_workspace().root / ENDED_LOGINS)
except UserError as error:
    sys.exit(visible(str(error)))

app = st.App(
    HERE / "pages" / "navigation.py",
    routes=[
        *routes(the_workspace(), login.who),
        *web_routes,
    ],
    middleware=[
        Middleware(Protection, policy=content_policy()),
        Middleware(EndLogins, ended=ended),
    ],
    lifespan=lifespan,
    on_script_error=say_sorry,
)


def main(start: str = "make run PORT={}") -> None:
    """Serve on HOST (127.0.0.1) and PORT (8501), and print the address.

    `start` is the command that starts it on a port, to name in what is said of a wrong one.
    """
    host, port = os.environ.get("HOST", "127.0.0.1"), port_of(os.environ.get("PORT", "8501"))
    if port is None:
        named = visible(os.environ["PORT"])
        sys.exit(
            f"PORT must be a number from 1 to {LAST_PORT}, got '{named}'. "
            f"For example: {start.format(8502)}"
        )
    if host not in LOCAL_NAMES:
        sys.exit(
            f"SSVAE Lab serves this machine only: HOST={visible(host)} is refused. "
            "Leave HOST out; to reach it from elsewhere, use an SSH tunnel."
        )
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            other = port + 1 if FIRST_FREE_PORT <= port < LAST_PORT else 8502
            sys.exit(
                f"Port {port} cannot be used ({error.strerror}). "
                f"Choose another: {start.format(other)}"
            )
    place = f"[{host}]" if ":" in host else host
    if (lock := the_workspace().lock) is not None:
        lock.tell(f"http://{place}:{port}")
    print(f"SSVAE Lab is at http://{place}:{port}  (Ctrl-C stops it)", flush=True)
    logging.getLogger("uvicorn.access").disabled = True  # a line for every poll of every page
    uvicorn.run(app, host=host, port=port, log_config=None, timeout_graceful_shutdown=2)


if __name__ == "__main__":
    main()
