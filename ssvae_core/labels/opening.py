"""A workspace's label store, wherever it is, after a look that it is the right one and whole."""

from __future__ import annotations

import json
from pathlib import Path

from ..errors import Conflict
from ..storage.paths import LABEL_DATABASE, LABELS_MOVED
from .health import Content, is_blank
from .place import VARIABLE, place_of_labels, shown
from .recovery import check_at_start, check_file, model_ahead
from .store import LabelStore


def open_labels(workspace: Path, *, for_app: bool = False) -> LabelStore:
    """The store that SSVAE_DATABASE_URL names, or the file in the workspace.

    UserError where it is damaged or out of reach, or where the labels are in the other place. An
    app looks at a file thoroughly, and at what the sessions' checkpoints know.
    """
    place = place_of_labels(workspace)
    check_not_elsewhere(workspace, place)
    if isinstance(place, Path):
        if for_app:
            check_at_start(place)
        return LabelStore(place)
    store = LabelStore(place)
    try:
        if for_app and (name := model_ahead(workspace, content_in(store))):
            raise Conflict(
                f"The labels in {shown(place)} are older than this workspace: the model of "
                f"'{name}' has learned from labels that are missing there. Put the newest dump of "
                "the database back; or remove that session's checkpoints (ck-*) to go on without."
            )
    except Exception:
        store.close()
        raise
    return store


def check_place(workspace: Path) -> None:
    """UserError where there are no labels at all, or their file is damaged."""
    place = place_of_labels(workspace)
    check_not_elsewhere(workspace, place)
    if isinstance(place, Path):
        if not place.is_file():
            raise Conflict(
                f"There are no sessions in {workspace}. Start the app (make run) and label "
                "something, or name the workspace in SSVAE_WORKSPACE."
            )
        check_file(place)


def content_in(store: LabelStore) -> Content:
    """What an open store holds."""
    rows = store.sessions()
    labels = sum(store.label_counts().values())
    return Content({row.id: row.head for row in rows}, {row.id: row.name for row in rows}, labels)


def check_not_elsewhere(workspace: Path, place: str | Path) -> None:
    """Conflict where the labels of this workspace were moved, or never were, to the other place."""
    moved_to = read_moved(workspace)
    if isinstance(place, Path):
        if moved_to:
            raise Conflict(
                f"The labels of {workspace} were moved to {moved_to}. Name it in {VARIABLE}, with "
                f"its password. To go on with the older ones in {place}, remove "
                f"{workspace / LABELS_MOVED}."
            )
        return
    file = workspace / LABEL_DATABASE
    if moved_to != shown(place) and not is_blank(file):
        raise Conflict(
            f"The labels of this workspace are in {file}, and {VARIABLE} names {shown(place)}. "
            f"Leave {VARIABLE} out; or copy them first, without it: "
            "python -m ssvae_core move --to URL"
        )


def read_moved(workspace: Path) -> str:
    """Where the labels were moved to; "" if they never were."""
    try:
        told = json.loads((workspace / LABELS_MOVED).read_bytes())
    except FileNotFoundError:
        return ""
    except (OSError, ValueError, RecursionError):
        return "a database that the damaged file does not name"
    return str(told.get("to", "")) if isinstance(told, dict) else ""
