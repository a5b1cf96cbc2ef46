"""What a source gives: items to take, and what it left alone, with the reason.

A source never judges an image: it names where the bytes are. A file that cannot be taken becomes
a Skipped, and the import goes on.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..data.import_report import Skipped
from ..labels.names import shown
from .reading import AS_FOUND, Reading
from .value_range import ValueRange

# By these a file says that it is an image; what it is, its first bytes say.
IMAGE_SUFFIXES = frozenset(
    {
        *(".png", ".apng", ".jpg", ".jpeg", ".jpe", ".jfif", ".mpo", ".webp", ".bmp", ".dib"),
        *(".tif", ".tiff", ".gif", ".pgm", ".ppm", ".pbm", ".pnm"),
    }
)
SYSTEM_FILES = frozenset({"thumbs.db", "ehthumbs.db", "desktop.ini"})
SYSTEM_FOLDERS = frozenset(
    {"__MACOSX", "@eaDir", "#recycle", "$RECYCLE.BIN", "System Volume Information"}
)
# What the formats that are read begin with.
IMAGE_HEADS = (
    *(b"\x89PNG", b"\xff\xd8\xff", b"RIFF", b"BM", b"II*\0", b"MM\0*", b"GIF8"),
    *(b"P%d" % kind for kind in range(1, 7)),
)


ItemContent = Path | bytes | Callable[[], bytes] | NDArray[Any]


@dataclass(frozen=True)
class Item:
    """One example to take: a file, its bytes, something that gives them, or a row of numbers."""

    name: str
    content: ItemContent
    class_name: str | None = None
    features: NDArray[np.float32] | None = None  # (F,), that an encoder has found in it already
    in_test: bool = False  # it is of the test part: nothing may learn from it
    domain: str | None = None  # where it comes from, if that is known: a name of its domain
    columns: NDArray[np.float32] | None = None  # (F,), where they are no example's own numbers
    text: str | None = None  # whose embedding the content is


class ContentError(Exception):
    """Raised by an item's content where its bytes cannot be had."""

    def __init__(self, reason: str, detail: str = ""):
        super().__init__(detail)
        self.reason, self.detail = reason, detail


class Source(ABC):
    """Something to import. `where` is what the person named: a path, or an id.

    What it recognises and a person may see otherwise, it chooses by `reading`.
    """

    title: str  # "a folder"
    kind = "image"  # "vector": its items are rows of float32; "text": UTF-8
    class_names: tuple[str, ...] = ()  # in their order, where the source knows one
    n_test = 0  # of its items, at the end: they are to test on, and bring their own classes
    has_features = False  # its items come with them
    are_folders = False  # class names come from folders
    above = ""  # the path in which the names of its items begin
    columns: tuple[str, ...] = ()  # what its columns of numbers are called, where they are named
    # What leads from an example's numbers to columns that are not these: (D + 1, F).
    loadings: NDArray[np.float32] | None = None
    are_examples = True  # an item's numbers are its columns; else it brings them
    # Folders outside of which no file is opened, whoever names it; none: wherever the person may.
    within: tuple[Path, ...] = ()
    known_classes: tuple[str, ...] = ()  # that the data set has which it is added to

    def __init__(self, where: str, reading: Mapping[str, str] = AS_FOUND):
        self.where, self.reading = where, Reading(reading)
        self.notes: list[str] = []  # sentences for the report
        self.class_notes: list[str] = []  # those on its classes, where these are used

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

    def names(self) -> Iterator[str]:
        """Of every item that may be taken."""
        return (item.name for item in self.items() if isinstance(item, Item))

    def some(self, step: int, n: int) -> Iterator[Item | Skipped]:
        """At most n of the items: the first, and each that lies `step` after the one before."""
        return islice(self.items(), 0, n * step, step)

    def value_range(self) -> ValueRange | None:
        """Of all of its numbers, where it knows them without giving its items."""
        return None

    def look(self) -> None:  # noqa: B027  # most have seen it when they are opened
        """Find what else there is to choose of its reading."""

    def close(self) -> None:  # noqa: B027  # most hold nothing
        """Let go of what it holds open."""

    def may_open(self, path: Path) -> bool:
        """Whether a file or folder that a link or a table leads to may be opened."""
        found = path.resolve()
        return not self.within or any(found.is_relative_to(root.resolve()) for root in self.within)


def name_of(path: str) -> str:
    """A file by its path as it is told: with its folders, which tell it from others of its name.

    Where the disk of whoever wrote it is told, by its name alone.
    """
    is_absolute = PurePosixPath(path).is_absolute() or PureWindowsPath(path).is_absolute()
    return shown(PureWindowsPath(path).name if is_absolute else path)


def natural(name: str) -> list[tuple[int, int, str]]:
    """A key by which 2 comes before 10."""
    parts = re.split(r"([0-9]+)", name)
    return [(0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts if part]


def looks_like_image(name: str) -> bool:
    """By its suffix."""
    return Path(name).suffix.lower() in IMAGE_SUFFIXES


def is_hidden(name: str) -> bool:
    """What systems leave behind: dot files, Thumbs.db, the doubles of a Mac's zip, thumbnails."""
    parts = name.split("/")
    return (
        any(part.startswith(".") or part in SYSTEM_FOLDERS for part in parts)
        or parts[-1].lower() in SYSTEM_FILES
    )
