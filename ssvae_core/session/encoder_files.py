"""The files behind the encoder of a data set: what of them a person should know."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from ..atlas.starter_folders import encoded_manifest, forget_encoded, starter_of
from ..data import Dataset
from ..encoders.own_files import in_words
from ..encoders.wanted import wanted_encoder
from ..storage.paths import OWN_STARTER, session_folder


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
