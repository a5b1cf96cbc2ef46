"""The files that a table names, found beside it as other systems and other folders write paths."""

from __future__ import annotations

import os
import re
import unicodedata
from collections import defaultdict
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

from ...labels.header import ADDRESS
from ..items import IMAGE_SUFFIXES

MOST_FILES = 500_000  # below the table's folder that are looked through for one
DRIVE = re.compile(r"[A-Za-z]:/")


class NotFoundBeside(Exception):
    """Raised for a name that is not one file; its text says why."""


class Beside:
    """Finds files by what a table calls them. `names` are some of its cells."""

    def __init__(self, table: Path, names: Sequence[str] = ()):
        self.folder = table.parent.resolve()
        self.notes: list[str] = []
        some = [name for name in names if name.strip()]
        self._prefix = self._common_start(some)
        if not self._prefix:
            self._look_above(some)

    def path(self, named: str) -> Path:
        """The one file that a cell names. NotFoundBeside if there is none, or several.

        As it is written; else with / for a backslash, in another case, without its ending, or in
        some folder beside the table, if exactly one file is called so.
        """
        if not named or "\0" in named:
            raise NotFoundBeside("it names no file")
        if ADDRESS.fullmatch(named) and not named.lower().startswith("file:"):
            raise NotFoundBeside("an address of the network: nothing is fetched")
        for way in self.ways(named):
            if os.path.exists(way):
                return way
        found = self._ending_in(self._plain(named))
        if len(found) == 1:
            return found[0]
        if found:
            raise NotFoundBeside(f"{len(found)} files beside the table are called so")
        if len(self._files) > MOST_FILES:
            raise NotFoundBeside(f"it is not among the first {MOST_FILES} files beside the table")
        raise NotFoundBeside("there is no such file beside the table")

    def ways(self, named: str) -> list[Path]:
        """Where a cell says that its file is: as written, and as this system would write it."""
        plain = self._plain(named)
        is_whole = plain == named.replace("\\", "/").removeprefix("./")
        ways = dict.fromkeys([*([named] if is_whole else []), plain, unquote(plain)])
        return [self.folder / way for way in ways if "\0" not in way]

    def share_found(self, names: Sequence[str]) -> float:
        """How many of these names are one file."""
        found = 0
        for name in names:
            try:
                path = self.path(name)
                found += path.is_file() and path.resolve().is_relative_to(self.folder)
            except (NotFoundBeside, OSError):
                continue
        return found / len(names) if names else 0.0

    def _plain(self, named: str) -> str:
        """A path as this system writes it, without the start that is not there."""
        if named.lower().startswith("file:"):
            named = unquote(urlsplit(named).path)
        plain = named.replace("\\", "/").removeprefix("./")
        return plain.removeprefix(self._prefix) if self._prefix else plain

    def _common_start(self, names: Sequence[str]) -> str:
        """Folders that all names start with and that are not here, if the rest of them is."""
        self._prefix = ""
        plain = [self._plain(name) for name in names if not ADDRESS.fullmatch(name)]
        lost = [name for name in plain if not os.path.exists(self.folder / name)]
        if not lost:
            return ""
        parts = lost[0].split("/")
        for n in range(1, len(parts)):
            start = "/".join(parts[:n]) + "/"
            if not all(name.startswith(start) for name in plain):
                return ""
            rest = [name.removeprefix(start) for name in plain]
            if 2 * sum(os.path.exists(self.folder / name) for name in rest) >= len(rest):
                self.notes.append(
                    f"Its paths begin with {start}, which is not there: that was left off."
                )
                return start
        return ""

    def _look_above(self, names: Sequence[str]) -> None:
        """Look in the folder above, if the names lie there, and none beside the table."""
        leads_up = any(".." in self._plain(name).split("/") for name in names)
        is_here = any(os.path.exists(self.folder / self._plain(name)) for name in names)
        if not names or leads_up or is_here:
            return
        above = self.folder.parent
        if all(os.path.exists(above / self._plain(name)) for name in names):
            self.folder = above
            self.notes.append(f"The files lie in the folder above the table, {above.name}.")

    def _ending_in(self, plain: str) -> list[Path]:
        """Files below the folder whose path ends so: as written, in any case, without an ending."""
        if PurePosixPath(plain).is_absolute() or DRIVE.match(plain) or ".." in plain.split("/"):
            return []
        wanted = _key(plain)
        for index in (self._by_name, self._by_stem):
            paths = [
                path
                for path, key in index.get(wanted.rsplit("/", 1)[-1], ())
                if key == wanted or key.endswith("/" + wanted)
            ]
            here = [path for path in paths if path.parent == (self.folder / plain).parent]
            if paths:
                return here if len(here) == 1 else paths
        return []

    @cached_property
    def _files(self) -> list[tuple[str, Path]]:
        """Every file below the folder, with its path as it is compared."""
        found: list[tuple[str, Path]] = []
        for folder, folders, files in os.walk(self.folder):
            folders[:] = sorted(each for each in folders if not each.startswith("."))
            for name in files:
                path = Path(folder, name)
                found.append((_key(path.relative_to(self.folder).as_posix()), path))
            if len(found) > MOST_FILES:
                break
        return found

    @cached_property
    def _by_name(self) -> dict[str, list[tuple[Path, str]]]:
        index = defaultdict(list)
        for key, path in self._files:
            index[key.rsplit("/", 1)[-1]].append((path, key))
        return index

    @cached_property
    def _by_stem(self) -> dict[str, list[tuple[Path, str]]]:
        """Only of images: a name without an ending is that of its image, not of its notes."""
        index = defaultdict(list)
        for key, path in self._files:
            stem, ending = os.path.splitext(key)
            if ending in IMAGE_SUFFIXES:
                index[stem.rsplit("/", 1)[-1]].append((path, stem))
        return index


def _key(name: str) -> str:
    """By which names are compared: in any case, Unicode form and spelling of an ending."""
    stem, ending = os.path.splitext(unicodedata.normalize("NFC", name).casefold())
    return stem + {".jpeg": ".jpg", ".tiff": ".tif"}.get(ending, ending)
