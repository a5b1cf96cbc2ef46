"""Folders of arrays on disk that are either whole or not there.

A bundle is a folder with `arrays.safetensors` and `manifest.json`, which holds the arrays' sha256.
It is written beside its place and renamed into it. A crash between the two renames leaves the old
one under the name `.old-…`, where it is found.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load, save

from ..errors import UserError

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
    scratch = None
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(prefix=".writing-", dir=folder.parent))
        for name, content in ((ARRAYS, data), (MANIFEST, text.encode())):
            with (scratch / name).open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
        scratch.chmod(0o755)
        _swap(scratch, folder)
    except OSError as error:
        raise UserError(
            f"{folder.name} could not be saved in {folder.parent}: {error.strerror}. "
            "What was saved before is still there. Free some space, or check who may write there."
        ) from error
    finally:
        if scratch:
            shutil.rmtree(scratch, ignore_errors=True)


def _old(folder: Path) -> Path:
    """Where a folder waits while the new one takes its place."""
    return folder.with_name(f".old-{folder.name}")


def _swap(scratch: Path, folder: Path) -> None:
    if folder.exists():
        shutil.rmtree(_old(folder), ignore_errors=True)
        folder.rename(_old(folder))
    try:
        scratch.rename(folder)
    except OSError:
        if _old(folder).exists():
            _old(folder).rename(folder)
        raise
    shutil.rmtree(_old(folder), ignore_errors=True)


def read_bundle(folder: Path) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
    """The arrays and the manifest of `folder`.

    Raises UserError if it is missing, damaged or of a newer format.
    """
    if not folder.exists() and _old(folder).exists():
        folder = _old(folder)
    try:
        manifest = json.loads((folder / MANIFEST).read_bytes())
        data = (folder / ARRAYS).read_bytes()
    except (OSError, ValueError) as error:
        raise UserError(f"{folder} cannot be read: {error}.") from error
    if not isinstance(manifest, dict) or not isinstance(manifest.get("format"), int):
        raise UserError(f"{folder / MANIFEST} is damaged: it names no format.")
    if manifest["format"] > FORMAT:
        raise UserError(
            f"{folder} was written by a newer version of the app (format {manifest['format']}, "
            f"this version reads up to {FORMAT}). Update the app."
        )
    if hashlib.sha256(data).hexdigest() != manifest.get("sha256"):
        raise UserError(f"{folder / ARRAYS} is damaged: its sha256 is not the manifest's.")
    try:
        return load(data), manifest
    except SafetensorError as error:
        raise UserError(f"{folder / ARRAYS} cannot be read: {error}.") from error
