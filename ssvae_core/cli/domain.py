"""A second data set that joins one that is there, or a session's, as another domain."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from ..data import Dataset, load_dataset
from ..data.library import load_imported
from ..errors import NotFound
from ..importing.import_data import Choice, ImportProgress, import_data
from ..importing.join_writer import joined
from ..importing.joining import Joining
from ..storage.paths import data_root, default_workspace
from .sample import find_session

if TYPE_CHECKING:
    from ..labels.records import SessionRow


def joined_events(arguments: argparse.Namespace, choice: Choice) -> Iterator[ImportProgress]:
    """Read what is named, join it, and let the session go on with it, where one was named.

    UserError where there is no such data set or session, the two do not go together, or an app has
    the workspace open and a session would have to go on.
    """
    first, row = _named(arguments.domain_of)
    with tempfile.TemporaryDirectory() as folder:
        try:
            second = load_dataset(arguments.path)
        except NotFound:
            if not Path(arguments.path).exists():
                raise
            events = import_data(
                arguments.path, Path(folder), name=_short(arguments.path), choice=choice
            )
            for event in events:
                yield replace(event, imported=None)
            assert event.imported is not None
            second = load_imported(event.imported.folder)
        what = Joining(first, second, arguments.as_they_are, arguments.name or "")
        *under_way, last = joined(what, data_root())
        yield from under_way
    if row is not None:
        assert last.imported is not None
        yield ImportProgress(f"bringing the new images to the map of {row.name}")
        _go_on(row, last.imported.id)
    yield last


def _named(name: str) -> tuple[Dataset, SessionRow | None]:
    """The data set of this name, or that of the session of this name, and the session."""
    try:
        return load_dataset(name), None
    except NotFound as error:
        root = default_workspace()
        try:
            row = find_session(root, name)
        except Exception:
            raise error from None
        return load_dataset(row.data, data_root(root)), row


def _short(path: str) -> str:
    return Path(path).stem or "second"


def _go_on(row: SessionRow, data: str) -> None:
    from ..session.workspace import Workspace

    workspace = Workspace(default_workspace(), for_app=True)
    try:
        workspace.add_images(row.id, data, trains=False)
    finally:
        workspace.close()
