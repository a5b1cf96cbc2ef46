"""What a source gives: items to take, and what it left alone, with the reason.

A source never judges an image: it names where the bytes are. A file that cannot be taken becomes
a Skipped, and the import goes on.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from ..data.import_report import Skipped

# By these a file says that it is an image; what it is, its first bytes say.
IMAGE_SUFFIXES = frozenset(
    {
        *(".png", ".apng", ".jpg", ".jpeg", ".jpe", ".jfif", ".mpo", ".webp", ".bmp", ".dib"),
        *(".tif", ".tiff", ".gif", ".pgm", ".ppm", ".pbm", ".pnm"),
    }
)
SPLITS = frozenset({"train", "training", "test", "testing", "val", "valid", "validation"})


@dataclass(frozen=True)
class Item:
    """One example to take: a file, something that gives bytes, or a row of numbers."""

    name: str
    content: Path | Callable[[], bytes] | NDArray[Any]
    class_name: str | None = None


class ContentError(Exception):
    """Raised by an item's content where its bytes cannot be had."""

    def __init__(self, reason: str, detail: str = ""):
        super().__init__(detail)
        self.reason, self.detail = reason, detail


class Source(ABC):
    """Something to import. `where` is what the person named: a path, or an id."""

    title: str  # "a folder"
    kind = "image"  # or "vector": its items are rows of float32
    class_names: tuple[str, ...] = ()  # in their order, where the source knows one
    are_folders = False  # class names come from folders
    # Folders outside of which no file is opened, whoever names it; none: wherever the person may.
    within: tuple[Path, ...] = ()

    def __init__(self, where: str):
        self.where = where
        self.notes: list[str] = []  # sentences for the report

    @staticmethod
    @abstractmethod
    def accepts(where: str) -> bool:
        """Whether this is how to read it."""

    @abstractmethod
    def items(self) -> Iterator[Item | Skipped]:
        """Every item in a fixed order, lazily; may be asked for more than once."""

    def count(self) -> int | None:
        """How many items there are, if that is known without reading them."""
        return None

    def may_open(self, path: Path) -> bool:
        """Whether a file or folder that a link or a table leads to may be opened."""
        found = path.resolve()
        return not self.within or any(found.is_relative_to(root.resolve()) for root in self.within)


def natural(name: str) -> list[tuple[int, int, str]]:
    """A key by which 2 comes before 10."""
    parts = re.split(r"([0-9]+)", name)
    return [(0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts if part]


def class_of(folders: tuple[str, ...]) -> str | None:
    """The class that a file's folders name: the first that is not a split such as "train"."""
    for folder in folders:
        if folder.lower() not in SPLITS:
            return folder
    return None


def looks_like_image(name: str) -> bool:
    """By its suffix."""
    return Path(name).suffix.lower() in IMAGE_SUFFIXES


def is_hidden(name: str) -> bool:
    """What systems leave behind: dot files, Thumbs.db, the doubles of a Mac's zip."""
    parts = name.split("/")
    return (
        parts[-1].startswith(".")
        or parts[-1].lower() in ("thumbs.db", "desktop.ini")
        or ("__MACOSX" in parts)
    )
