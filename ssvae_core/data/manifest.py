"""The manifest of an imported data set, the one file of its folder that is changed later."""

from __future__ import annotations

import json
from pathlib import Path
from types import UnionType
from typing import Any

from ..errors import Conflict, NotWritten
from .dataset import AUTO
from .parts import UNREADABLE
from .stored import FORMAT, MANIFEST, write_json

_AGAIN = "Put it back, or import the data set again."
# What every manifest holds.
WRITTEN: dict[str, type | UnionType] = {
    **dict.fromkeys(("name", "sha256", "role", "source", "created"), str),
    **{"n": int, "shape": list, "class_names": list, "earlier": str | None},
}


def read_manifest(folder: Path) -> dict[str, Any]:
    """What it says. UserError if it cannot be read or is of a newer format."""
    path = folder / MANIFEST
    try:
        manifest = json.loads(path.read_bytes())
        version = manifest["format"]
        assert isinstance(version, int)
    except (*UNREADABLE, KeyError, AssertionError) as error:
        raise Conflict(f"{path} is damaged. {_AGAIN}") from error
    if version > FORMAT:
        raise Conflict(
            f"{folder} was written by a newer version of the app (format {version}, this version "
            f"reads up to {FORMAT}). Update the app."
        )
    for name, kind in WRITTEN.items():
        if not isinstance(manifest.get(name), kind):
            raise Conflict(f"{path} is damaged: '{name}' is missing, or is another thing. {_AGAIN}")
    return manifest


def change_manifest(folder: Path, **changes: Any) -> None:
    """Say something else in it, whole or not at all. UserError if it cannot be written."""
    try:
        write_json(folder / MANIFEST, {**read_manifest(folder), **changes})
    except OSError as error:
        raise NotWritten(f"{folder} could not be changed: {error.strerror}.") from error


def encoder_of(manifest: dict[str, Any]) -> str:
    """What was chosen; earlier versions chose nothing."""
    encoder = manifest.get("encoder")
    return encoder if isinstance(encoder, str) and encoder else AUTO
