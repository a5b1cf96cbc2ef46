"""Where the labels of a workspace are: a file of SQLite in it, or a database of PostgreSQL by URL.

SSVAE_DATABASE_URL names the latter: postgresql://NAME:PASSWORD@HOST/DATABASE, a database of its own
for each workspace. All else of a workspace stays in its folder.
"""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path

from sqlalchemy import exc, make_url
from sqlalchemy.engine import URL

from ..errors import UserError
from ..storage.paths import LABEL_DATABASE

VARIABLE = "SSVAE_DATABASE_URL"
EXAMPLE = "postgresql://lab:PASSWORD@db.example.org/lab"
DRIVER = "postgresql+psycopg"


def place_of_labels(workspace: Path) -> str | Path:
    """The URL, if one is named, or the file. UserError for a URL that is none."""
    named = os.environ.get(VARIABLE, "")
    return checked_url(named) if named else workspace / LABEL_DATABASE


def checked_url(text: str) -> str:
    """The URL with the driver in it. UserError where it is none of PostgreSQL, or lacks psycopg."""
    try:
        url = make_url(text)
        name = url.get_backend_name()
    except (exc.ArgumentError, ValueError) as error:
        raise UserError(f"A database is named as {EXAMPLE}; this is no URL.") from error
    if name not in ("postgresql", "postgres") or not url.database:
        raise UserError(f"A database is named as {EXAMPLE}, got {shown(text)}.")
    if importlib.util.find_spec("psycopg") is None:
        raise UserError(
            "PostgreSQL needs a package that is missing. Install it and try again: "
            "pip install 'ssvae-lab[postgres]', or 'psycopg[binary]'"
        )
    return url.set(drivername=DRIVER).render_as_string(hide_password=False)


def shown(place: str | Path) -> str:
    """The place as it may be said: without a password, or what is in its query."""
    if isinstance(place, Path):
        return str(place)
    url = make_url(place)
    where = url.username, None, url.host, url.port, url.database
    return URL.create(url.get_backend_name(), *where).render_as_string()
