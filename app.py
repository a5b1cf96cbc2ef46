"""The app: Streamlit's pages, and beside them the routes that the live parts of a page talk to."""

from __future__ import annotations

import logging
import os
import socket
import sys
import threading
import time
import tomllib
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from types import FrameType
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
from pages.components.parts import below, web_routes
from pages.components.policy import content_policy
from pages.components.secrets import checked_secrets
from ssvae_core.api import LOCAL_NAMES, Protection, public_address, routes
from ssvae_core.errors import UserError
from ssvae_core.logs import FORMATS as LOG_FORMATS
from ssvae_core.logs import VARIABLE as LOG_FORMAT
from ssvae_core.logs import log_as_json
from ssvae_core.printable import make_logs_visible, visible
from ssvae_core.storage.paths import ENDED_LOGINS

make_logs_visible()
log_format = os.environ.get(LOG_FORMAT) or LOG_FORMATS[0]
if log_format not in LOG_FORMATS:
    sys.exit(f"{LOG_FORMAT} must be {' or '.join(LOG_FORMATS)}, got '{visible(log_format)}'.")
if is_json := log_format == "json":
    log_as_json()
HERE = Path(__file__).parent
log = logging.getLogger(__name__)
WITHOUT_LOGIN = (
    "without a login, whoever reaches it can read and change everything. Configure a login (see "
    "README, People), or leave it out and use an SSH tunnel; where the network keeps others out, "
    "SSVAE_WITHOUT_LOGIN=yes says that this is meant."
)


@asynccontextmanager
async def lifespan(app: object) -> AsyncIterator[None]:
    """Start the newest session's trainer while the browser opens; stop all with the server."""
    if is_json:
        log_as_json()  # also where another program serves it
    threading.Thread(target=warm_up, daemon=True).start()
    log.info("The app is up.", extra={"event": "up", "pid": os.getpid()})
    yield
    begin = time.monotonic()
    the_workspace().close()
    took = round(time.monotonic() - begin, 2)
    log.info("All is put away.", extra={"event": "closed", "seconds": took})


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
    public = public_address(os.environ.get("SSVAE_URL", ""))
    if public is not None:
        streamlit.config.set_option("server.baseUrlPath", public.path.strip("/"))
    checked_secrets(HERE)
    is_protected = login.is_required() or os.environ.get("SSVAE_WITHOUT_LOGIN") == "yes"
    if public is not None and public.host not in LOCAL_NAMES and not is_protected:
        raise UserError(f"SSVAE_URL={os.environ['SSVAE_URL']} is refused: {WITHOUT_LOGIN}")
    the_workspace()
    ended = EndedLogins(the_workspace().root / ENDED_LOGINS)
except UserError as error:
    sys.exit(visible(str(error)))

app = st.App(
    HERE / "pages" / "navigation.py",
    routes=[
        *routes(the_workspace(), login.who, below()),
        *web_routes(),
    ],
    middleware=[
        Middleware(Protection, policy=content_policy(), public=public),
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
    if host not in LOCAL_NAMES and not is_protected:
        sys.exit(f"HOST={visible(host)} is refused: {WITHOUT_LOGIN}")
    if host not in LOCAL_NAMES and public is None:
        sys.exit(
            f"HOST={visible(host)} lets others in, and they need an address: name the one that "
            f"browsers will use, SSVAE_URL=http://{visible(socket.gethostname())}:{port}"
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
    if is_json:
        log_as_json()  # Streamlit has set up its loggers meanwhile, and will again
    logging.getLogger("uvicorn.access").disabled = True  # a line for every poll of every page
    serve(uvicorn.Config(app, host, port, log_config=None, timeout_graceful_shutdown=2))


def rest() -> None:
    """Have all trainers save a last checkpoint and end; this does not wait for it."""
    for session in the_workspace().open_sessions():
        session.trainer.rest()


class EndingServer(uvicorn.Server):
    """A server that has the trainers save their last checkpoints as soon as it is told to end."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin that beside the last answers: one after the other they would take ten seconds."""
        threading.Thread(target=rest, daemon=True).start()
        super().handle_exit(sig, frame)


def serve(config: uvicorn.Config) -> None:
    """Until it is told to end, by Ctrl-C or SIGTERM."""
    server = EndingServer(config)
    with suppress(KeyboardInterrupt):
        server.run()
    if not server.started:
        sys.exit(3)


if __name__ == "__main__":
    main()
