"""Where examples come from.

Bundled data sets are functions without arguments, named in SOURCES. What a person imports lies in
their workspace (library.py), read by importing/ from what its sources/ know to read.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cache
from pathlib import Path

from ..errors import Conflict, NotFound
from ..storage.paths import data_root
from .bundled import ASSETS, mnist
from .dataset import Dataset
from .digits import digits
from .library import find, is_id, load_imported, shelved
from .mountain_car import mountain_car
from .python_library import python_library
from .shapes import shapes
from .stored import MANIFEST
from .wine import wine

SOURCES: dict[str, Callable[[], Dataset]] = {
    "mnist": mnist,
    "digits": digits,
    "shapes": shapes,
    "python": python_library,
    "wine": wine,
    "mountain-car": mountain_car,
}


def load_dataset(name: str, root: Path | None = None) -> Dataset:
    """The data set of this name, read once a process.

    A bundled one, or else one that was imported into `root` (the person's workspace if that is
    None) by its id or its name, or its folder. Raises UserError if there is none.
    """
    if name in SOURCES:
        return _bundled(SOURCES[name])
    root = root or data_root()
    folder = find(name, root)
    if folder is None and os.path.isfile(os.path.join(name, MANIFEST)):
        folder = Path(name)
    if folder is not None:
        return load_imported(folder)
    if is_id(name) and (root / name).is_dir():
        raise Conflict(
            f"The data set in {root / name} has lost its {MANIFEST}. Put it back, or import the "
            "data set again."
        )
    if os.path.exists(name):
        raise NotFound(
            f"{name} was not imported yet: python -m ssvae_core import {name} --name NAME"
        )
    there = [*SOURCES, *dict.fromkeys(each.name for each in shelved(root))]
    raise NotFound(f"Unknown data set '{name}'. Choose one of: {', '.join(there)}.")


def place_of(name: str, root: Path) -> str:
    """What `load_dataset` finds the same data set by in another process, whatever its workspace."""
    return name if name in SOURCES else str(find(name, root) or name)


@cache
def _bundled(source: Callable[[], Dataset]) -> Dataset:
    return source()


__all__ = ["ASSETS", "SOURCES", "Dataset", "load_dataset", "place_of"]
