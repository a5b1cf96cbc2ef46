"""Where images come from. A source is a function without arguments, named in SOURCES."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from ..errors import UserError
from .bundled import ASSETS, mnist
from .dataset import Dataset
from .small import digits

SOURCES: dict[str, Callable[[], Dataset]] = {"mnist": mnist, "digits": digits}


@cache
def load_dataset(name: str) -> Dataset:
    """The data set of this name, read once a process.

    Raises UserError for a name that is not in SOURCES.
    """
    if name not in SOURCES:
        raise UserError(f"Unknown data set '{name}'. Choose one of: {', '.join(SOURCES)}.")
    return SOURCES[name]()


__all__ = ["ASSETS", "SOURCES", "Dataset", "load_dataset"]
