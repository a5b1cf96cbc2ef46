"""Folders of arrays on disk that are either whole or not there.

A bundle is a folder with `arrays.safetensors` and `manifest.json`, which holds the arrays' sha256.
Where a crash left only the one from before, that is found.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load, save

from ..errors import Conflict, NotWritten
from .paths import old_of
from .whole import whole_folder, write_file

FORMAT = 1
ARRAYS, MANIFEST = "arrays.safetensors", "manifest.json"


def write_bundle(
    folder: Path, arrays: Mapping[str, NDArray[Any]], manifest: Mapping[str, Any]
) -> None:
    """Write arrays and manifest as `folder`, replacing what is there in one step.

    Raises UserError if the disk is full or may not be written.
    """
    data = save({name: np.asarray(array, order="C") for name, array in arrays.items()})
    text = json.dumps(
        {**manifest, "format": FORMAT, "sha256": hashlib.sha256(data).hexdigest()}, indent=1
    )
    try:
        with whole_folder(folder) as scratch:
            write_file(scratch / ARRAYS, data)
            write_file(scratch / MANIFEST, text.encode())
    except OSError as error:
        raise NotWritten(
            f"{folder.name} could not be saved in {folder.parent}: {error.strerror}. "
            "What was saved before is still there. Free some space, or check who may write there."
        ) from error


def read_bundle(folder: Path) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
    """The arrays and the manifest of `folder`.

    Raises UserError if it is missing, damaged or of a newer format.
    """
    if not folder.exists() and old_of(folder).exists():
        folder = old_of(folder)
    try:
        manifest = json.loads((folder / MANIFEST).read_bytes())
        data = (folder / ARRAYS).read_bytes()
    except (OSError, ValueError, RecursionError) as error:
        raise Conflict(f"{folder} cannot be read: {error}.") from error
    if not isinstance(manifest, dict) or not isinstance(manifest.get("format"), int):
        raise Conflict(f"{folder / MANIFEST} is damaged: it names no format.")
    if manifest["format"] > FORMAT:
        raise Conflict(
            f"{folder} was written by a newer version of the app (format {manifest['format']}, "
            f"this version reads up to {FORMAT}). Update the app."
        )
    if hashlib.sha256(data).hexdigest() != manifest.get("sha256"):
        raise Conflict(f"{folder / ARRAYS} is damaged: its sha256 is not the manifest's.")
    try:
        return load(data), manifest
    except SafetensorError as error:
        raise Conflict(f"{folder / ARRAYS} cannot be read: {error}.") from error
