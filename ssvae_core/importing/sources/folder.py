"""A folder of image files, with the folders in it as classes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from ...data.import_report import Skipped
from ...labels.names import shown
from ..items import Item, Source, class_of, is_hidden, natural


class Folder(Source):
    """Every file below it, in the order of their names. Only one folder is listed at a time."""

    title = "a folder of images"
    are_folders = True

    def __init__(self, where: str):
        super().__init__(where)
        self.root = _way_down(Path(where))

    @staticmethod
    def accepts(where: str) -> bool:
        """A folder that is there."""
        return os.path.isdir(where)

    def count(self) -> int:
        """Files below it, about: where a link leads in a circle, or a folder is closed."""
        return sum(len(files) for _, _, files in os.walk(self.root, followlinks=False))

    def items(self) -> Iterator[Item | Skipped]:
        """Every file; those that a system left behind are skipped."""
        yield from self._below(self.root, (), frozenset())

    def _below(
        self, folder: Path, inside: tuple[str, ...], above: frozenset[tuple[int, int]]
    ) -> Iterator[Item | Skipped]:
        try:
            stat = folder.stat()
            with os.scandir(folder) as entries:
                found = sorted(entries, key=lambda entry: natural(entry.name))
        except PermissionError:
            yield Skipped(shown("/".join((*inside, ""))), "no-permission", "the folder is closed")
            return
        except OSError:
            yield Skipped(shown("/".join((*inside, ""))), "vanished", "the folder is gone")
            return
        identity = (stat.st_dev, stat.st_ino)
        if identity in above:  # a link to a folder that it lies in
            return
        for entry in found:
            name = shown("/".join((*inside, entry.name)))
            if _is_folder(entry):
                if entry.is_symlink() and not self.may_open(Path(entry.path)):
                    yield Skipped(name, "no-permission", "a link out of what may be read")
                elif not entry.name.startswith(".") and entry.name != "__MACOSX":
                    deeper = (*inside, entry.name)
                    yield from self._below(Path(entry.path), deeper, above | {identity})
            elif is_hidden(name):
                yield Skipped(name, "not-image")
            elif entry.is_symlink() and not os.path.exists(entry.path):
                yield Skipped(name, "vanished", "a link to a file that is not there")
            elif entry.is_symlink() and not self.may_open(Path(entry.path)):
                yield Skipped(name, "no-permission", "a link out of what may be read")
            elif not entry.is_file():  # reading a pipe or a device would never end
                yield Skipped(name, "not-image", "not a regular file")
            else:
                yield Item(name, Path(entry.path), class_of(inside))


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False


def _way_down(folder: Path) -> Path:
    """Past folders that hold nothing but one folder, which is no class then."""
    try:
        while True:
            inside = [each for each in folder.iterdir() if not each.name.startswith(".")]
            if len(inside) != 1 or not inside[0].is_dir() or inside[0].is_symlink():
                return folder
            folder = inside[0]
    except OSError:
        return folder
