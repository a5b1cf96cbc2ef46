"""What the encoder of a data set left in files, and the files that it came from."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

from ..atlas.graphs import LEADING, has_graph
from ..atlas.starter_folders import (
    encoded_manifest,
    forget_encoded,
    manifest_of,
    shipped,
    starter_of,
)
from ..data import Dataset
from ..encoders.own_files import in_words
from ..encoders.wanted import wanted_encoder
from ..storage.paths import (
    ATLAS,
    ENCODED,
    GRAPHS,
    IMAGE_ENCODER,
    M1,
    OWN_STARTER,
    session_folder,
)


def encoder_notes(data: Dataset, workspace: Path, session: Path | None = None) -> list[str]:
    """A sentence where its file has changed since it saw the images, or is gone.

    `session` is the folder of one that may have a starter of its own.
    """
    choice, folders = wanted_encoder(data), [starter_of(data, workspace)]
    folders += [] if session is None else [session / OWN_STARTER]
    made = next((said for folder in folders if (said := encoded_manifest(folder))), {})
    is_by_it = made.get("encoder") == choice and made.get("fingerprint") == data.fingerprint
    note = in_words(choice, str(made.get("content", ""))) if is_by_it else ""
    return [note] if note else []


def forget_others(data: Dataset, workspace: Path, sessions: Iterable[str], key: str) -> None:
    """Take away what an encoder of another key saw of a data set, for these sessions as well."""
    forget_encoded(starter_of(data, workspace), key)
    for identity in sessions:
        forget_encoded(session_folder(workspace, identity) / OWN_STARTER, key)


def forget_encoder(before: Dataset, workspace: Path, sessions: Iterable[str]) -> None:
    """Take away the map by the encoder that a data set had, where it has none from now on.

    The next one is of the images again, and an M1 is learned anew: one beside an encoder learns no
    other way to see them. The store keeps what was encoded.
    """
    former, shared = wanted_encoder(before), starter_of(before, workspace)
    for identity in sessions:
        own = session_folder(workspace, identity) / OWN_STARTER
        if _is_by(own, former):
            shutil.rmtree(own, ignore_errors=True)
    if _is_by(shared, former) and shipped(before) != shared:
        for part in (ATLAS, GRAPHS, ENCODED, M1, IMAGE_ENCODER):
            shutil.rmtree(shared / part, ignore_errors=True)


def _is_by(starter: Path, encoder: str) -> bool:
    """Whether a starter has the graph of this encoder; "" has none."""
    is_there = manifest_of(starter).get(LEADING) == encoder or has_graph(starter, encoder)
    return bool(encoder) and is_there
