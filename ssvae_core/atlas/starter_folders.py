"""Where the starter of a data set is: its first map, and the M1 that sessions on it begin with.

MNIST's ships with the app. For any other data set the first map is made here, in seconds, and the
trainer of its first session adds the M1; the next session finds both. They are kept by the
fingerprint of the images, so that they never belong to others.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

from ..data import ASSETS, Dataset
from ..storage.bundles import MANIFEST
from .atlas import Atlas
from .first_map import Placing, extended, first_atlas

M1, ATLAS, IMAGE_ENCODER = "m1", "atlas", "sight"  # bundles in a starter's folder
FOLDER = "starters"  # in the workspace


def starter_of(data: Dataset, workspace: Path) -> Path:
    """The folder of this data set's starter, whether or not it has been made."""
    return shipped(data) or workspace / FOLDER / data.fingerprint


def shipped(data: Dataset) -> Path | None:
    """The folder of the starter that comes with the app for these very images, if one does."""
    folder = ASSETS / "starter" / data.name
    return folder if _fingerprint(folder) == data.fingerprint else None


def is_prepared(data: Dataset, workspace: Path) -> bool:
    """Whether a session on this data set can open at once."""
    return _fingerprint(starter_of(data, workspace)) == data.fingerprint


def prepared(data: Dataset, workspace: Path) -> Iterator[Placing]:
    """Make the first map of a data set, if there is none. UserError if it cannot be saved."""
    if is_prepared(data, workspace):
        return
    for event in first_atlas(data.images):
        if isinstance(event, Placing):
            yield event
        else:
            event.save(starter_of(data, workspace) / ATLAS, {"fingerprint": data.fingerprint})


def extend(starter: Path, atlas: Atlas, data: Dataset) -> None:
    """Make `starter` one for more images: those of this atlas stay where they are on the map.

    An M1 that is there stays too. UserError if it cannot be saved.
    """
    manifest = {"fingerprint": data.fingerprint}
    extended(atlas, data.images).save(starter / ATLAS, manifest)


def copy_m1(source: Path, starter: Path) -> None:
    """Bring the M1 of another starter along, and what it sees with, if it has one."""
    if (source / M1).is_dir() and not (starter / M1).is_dir():
        for folder in (M1, IMAGE_ENCODER):
            if (source / folder).is_dir():
                shutil.copytree(source / folder, starter / folder, dirs_exist_ok=True)


def _fingerprint(starter: Path) -> str:
    """Of the images that a starter was made for; "" without one."""
    try:
        found = json.loads((starter / ATLAS / MANIFEST).read_text())
    except (OSError, ValueError):
        return ""
    return str(found.get("fingerprint", ""))
