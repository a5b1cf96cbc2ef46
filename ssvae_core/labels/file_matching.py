"""Which file a name means: the one whose path has the longest end in common with it.

Ends are compared folder by folder, either path may be the longer one. Where the longest end is not
that of one file, or a folder that differs is one that both sides know, the name is nobody's: a
wrong label looks like a right one.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from urllib.parse import unquote

from .names import listed, same

Parts = tuple[str, ...]  # of a path, the last one first
OF_IMAGES = r"\.(a?png|jpe?g|jpe|jfif|mpo|webp|bmp|dib|tiff?|gif|p[bgpn]m|heic|heif|avif|dcm|npy)"
ENDING = re.compile(rf"{OF_IMAGES}\Z", re.I)
# Names that are not found as they are written are tried less exactly, one form after the other.
EXACT, LOOSE, CASE, STEM = range(4)
MOST_NAMED = 20  # files that a note lists, which got no label
LAST = "\U0010ffff"  # sorts after every path


@dataclass(frozen=True)
class Match:
    """A name found its file."""

    file: int
    depth: int  # folders and name that both have
    is_end: bool  # all of the name is the end of the file's path
    is_whole: bool  # all of the file's own path is the end of the name
    form: int = EXACT  # that was needed


@dataclass
class Matches:
    """What became of some names."""

    files: dict[str, int] = field(default_factory=dict)  # name: place of the file
    shared: list[str] = field(default_factory=list)  # could be of several files
    unknown: list[str] = field(default_factory=list)  # no such file
    by_case: list[str] = field(default_factory=list)  # found, though upper and lower case differ
    by_stem: list[str] = field(default_factory=list)  # found without an ending

    def notes(self, where: str) -> list[str]:
        """What a person should know, of names in the file `where`."""
        said = []
        if n := len(self.shared):
            said.append(
                f"{_names(n)} in {where} could be of several files, and {_was(n)} given to none: "
                f"{listed(self.shared, MOST_NAMED)}. Write more of the path."
            )
        if n := len(self.unknown):
            files, names = ("file", "names is") if n == 1 else ("files", "names are")
            which = listed(self.unknown, MOST_NAMED)
            said.append(f"{n:,} {files} that {where} {names} not there: {which}.")
        if n := len(self.by_case):
            said.append(
                f"{_names(n)} in {where} {_was(n)} found although upper and lower case differ: "
                f"{listed(self.by_case)}."
            )
        if n := len(self.by_stem):
            said.append(
                f"{_names(n)} in {where} {_was(n)} found without the ending of the file: "
                f"{listed(self.by_stem)}."
            )
        return said


def match_files(names: Iterable[str], files: Sequence[str], above: str = "") -> Matches:
    """Which of these files each name means. `above` is the path that the files' names begin in."""
    wanted = list(dict.fromkeys(names))
    index = FileIndex(files, above)
    folders = _folders(parts(name) for name in wanted)
    found: defaultdict[int, list[tuple[str, Match]]] = defaultdict(list)
    matches = Matches()
    for name in wanted:
        match = index.find(name, folders)
        if isinstance(match, Match):
            found[match.file].append((name, match))
        else:
            (matches.shared if match else matches.unknown).append(name)
    for file, claims in found.items():
        _settle(matches, file, claims)
    return matches


def _settle(matches: Matches, file: int, claims: list[tuple[str, Match]]) -> None:
    """Give a file to the names that mean it: the nearest, and those that say less of its path."""
    best = max((match.is_whole or match.is_end, match.depth) for _, match in claims)
    nearest = [
        name
        for name, match in claims
        if not match.is_end and (match.is_whole or match.is_end, match.depth) == best
    ]
    if len(nearest) > 1:  # names in different folders, and no telling which is meant
        matches.shared += nearest
    for name, match in claims:
        if match.is_end or nearest == [name]:
            matches.files[name] = file
            if match.form >= CASE:
                (matches.by_case if match.form == CASE else matches.by_stem).append(name)
        elif name not in nearest:
            matches.unknown.append(name)


def parts(path: str) -> Parts:
    """Its folders and name, the last one first, by whatever system's slashes."""
    return tuple(
        part
        for part in reversed(unicodedata.normalize("NFC", path).replace("\\", "/").split("/"))
        if part not in ("", ".", "..")
    )


def _in_form(path: Parts, form: int) -> Parts:
    """A path less exactly, the more so the higher the form."""
    if form == EXACT:
        return path
    if any("%" in part for part in path):
        path = parts(unquote("/".join(reversed(path)), errors="surrogateescape"))
    path = tuple(map(same, path))
    if form >= CASE:
        path = tuple(part.casefold() for part in path)
    if form >= STEM and path:
        path = (ENDING.sub("", path[0]), *path[1:])
    return path


class FileIndex:
    """Files by the ends of their paths."""

    def __init__(self, files: Sequence[str], above: str = ""):
        self._paths = [parts(file) for file in files]
        self._above = parts(above)
        self._tables: dict[int, _Table] = {}

    def find(self, name: str, folders: dict[int, set[str]]) -> Match | bool:
        """The file; True for a name that several could be of, False for none.

        `folders` are those of all names that are asked for, by their height.
        """
        wanted = parts(name)
        is_shared = False
        for form in (EXACT, LOOSE, CASE, STEM):
            if form == STEM and not self._may_be_stem(wanted):
                break
            name_parts = _in_form(wanted, form)
            found = self._table(form).find(name_parts)
            if found is None:
                continue
            file, depth, is_exact = found
            if file is None:
                is_shared = True
                continue
            own = self._paths[file]
            if form == STEM and bool(ENDING.search(own[0])) == bool(ENDING.search(wanted[0])):
                continue
            is_end, is_whole = depth >= len(name_parts), depth >= len(_in_form(own, form))
            if is_exact or is_end or not self._differs(file, depth, name_parts, folders):
                return Match(file, depth, is_end, is_whole, form)
        return is_shared

    def _table(self, form: int) -> _Table:
        if form not in self._tables:
            paths = (_in_form(path, form) for path in self._paths)
            self._tables[form] = _Table(paths, _in_form(self._above, form))
        return self._tables[form]

    def _may_be_stem(self, wanted: Parts) -> bool:
        return bool(wanted) and (not ENDING.search(wanted[0]) or self._has_bare)

    @cached_property
    def _has_bare(self) -> bool:
        return any(path and not ENDING.search(path[0]) for path in self._paths)

    @cached_property
    def _folders(self) -> dict[int, set[str]]:
        return _folders((*path, *self._above) for path in self._paths)

    def _differs(self, file: int, height: int, wanted: Parts, folders: dict[int, set[str]]) -> bool:
        """Whether the first folder that differs tells files apart on either side."""
        path = (*self._paths[file], *self._above)
        if height >= len(path):
            return False
        mine, theirs = _folded(path[height]), _folded(wanted[height])
        return mine in folders.get(height, ()) or theirs in self._folders.get(height, ())


class _Table:
    """Paths in one form, sorted by their ends."""

    def __init__(self, paths: Iterable[Parts], above: Parts):
        self._above = above
        self._exact: dict[Parts, int | None] = {}
        self._rows: list[tuple[str, int]] = []
        for file, path in enumerate(paths):
            self._exact[path] = None if path in self._exact else file
            self._rows.append((_key((*path, *above)), file))
        self._rows.sort()

    def find(self, wanted: Parts) -> tuple[int | None, int, bool] | None:
        """The file with the longest end in common, how long that is, and whether it is all of it.

        The file is None where several have it. None for no end in common.
        """
        if not wanted:
            return None
        if wanted in self._exact:
            return self._exact[wanted], len(wanted), True
        key = _key(wanted)
        place = bisect_left(self._rows, (key, -1))
        depth = max(
            (_shared(key, self._rows[near][0]) for near in (place - 1, place) if self._has(near)),
            default=0,
        )
        if not depth:
            return None
        end = _key(wanted[:depth])
        low, high = bisect_left(self._rows, (end, -1)), bisect_left(self._rows, (end + LAST, -1))
        return (self._rows[low][1] if high - low == 1 else None), depth, False

    def _has(self, place: int) -> bool:
        return 0 <= place < len(self._rows)


def _key(path: Parts) -> str:
    return "".join(f"{part}/" for part in path)


def _shared(one: str, other: str) -> int:
    """How many parts two keys begin with together."""
    n = 0
    for n, (a, b) in enumerate(zip(one.split("/")[:-1], other.split("/")[:-1], strict=False)):
        if a != b:
            return n
    return n + 1 if one and other else 0


def _folders(paths: Iterable[Parts]) -> dict[int, set[str]]:
    """The folders at each height above the files."""
    found: defaultdict[int, set[str]] = defaultdict(set)
    for path in paths:
        for height, part in enumerate(path[1:], 1):
            found[height].add(part)
    return {height: set(map(_folded, names)) for height, names in found.items()}


def _folded(folder: str) -> str:
    return next(iter(_in_form((folder,), CASE)), "")


def _names(n: int) -> str:
    return "1 name" if n == 1 else f"{n:,} names"


def _was(n: int) -> str:
    return "was" if n == 1 else "were"
