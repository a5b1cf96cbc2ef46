"""The system it runs on, and where its own files are."""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent
FIRST_FREE_PORT, LAST_PORT = 1024, 65535  # those before are the system's
IN_WHEEL = "_app"  # in the package: app.py, pages/ and assets/, see pyproject.toml


def app_folder() -> Path:
    """The folder of app.py, pages/ and assets/: in the installed package, or the checkout."""
    installed = PACKAGE / IN_WHEEL
    return installed if installed.is_dir() else PACKAGE.parent


def environment() -> dict[str, str]:
    """The variables of a Python process that is to import this very package, in any folder.

    That folder's own files are not importable there: a person's own json would take json's place.
    """
    paths = [str(PACKAGE.parent), *filter(None, [os.environ.get("PYTHONPATH")])]
    return os.environ | {"PYTHONPATH": os.pathsep.join(paths), "PYTHONSAFEPATH": "1"}


def unsupported() -> str | None:
    """Why it cannot run on this system, in a sentence; None where it can.

    A trainer's process is handed its end of a socket pair as a file descriptor, and imports lock
    files with flock: Windows has neither.
    """
    if sys.platform == "win32" or not hasattr(socket, "AF_UNIX"):
        return "SSVAE Lab runs on Linux and macOS; on Windows, install and start it inside WSL."
    return None


def port_of(named: str) -> int | None:
    """The port that this names; None if it names none."""
    is_number = named.isascii() and named.isdecimal() and len(named) <= len(str(LAST_PORT))
    return int(named) if is_number and 1 <= int(named) <= LAST_PORT else None
