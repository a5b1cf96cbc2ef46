"""A folder of image files, with the folders in it as classes."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from ...data.import_report import Skipped
from ...labels.names import shown
from ..class_folders import ClassFolders, Folders, ImageFolders
from ..items import Item, Source, is_hidden, natural
from ..reading import AS_FOUND


@dataclass(frozen=True)
class _File:
    """A file as it is listed; `reason` says why it is not taken."""

    parts: Folders  # its folders below the root, and its name
    path: Path
    reason: str = ""
    detail: str = ""

    def head(self) -> bytes:
        """Its first bytes; none where they cannot be had."""
        try:
            with self.path.open("rb") as file:
                return file.read(8)
        except OSError:
            return b""


class Folder(Source):
    """Every file below it, in the order of their names. Only one folder is listed at a time."""

    title = "a folder of images"
    are_folders = True

    def __init__(self, where: str, reading: Mapping[str, str] = AS_FOUND):
        super().__init__(where, reading)
        self.root = Path(where)
        self._classes: ClassFolders | None = None

    @staticmethod
    def accepts(where: str) -> bool:
        """A folder that is there."""
        return os.path.isdir(where)

    def count(self) -> int:
        """Files below it, about: where a link leads in a circle, or a folder is closed."""
        return sum(len(files) for _, _, files in os.walk(self.root, followlinks=False))

    def items(self) -> Iterator[Item | Skipped]:
        """Every file; those that a system left behind are skipped."""
        classes = self._class_folders()
        for file in self._below(self.root, (), frozenset()):
            name = shown("/".join(classes.below_common(file.parts)))
            if file.reason:
                yield Skipped(name, file.reason, file.detail)
            else:
                yield Item(name, file.path, classes.class_of(file.parts[:-1]))

    def _class_folders(self) -> ClassFolders:
        if self._classes is None:
            images = ImageFolders()
            for file in self._below(self.root, (), frozenset()):
                if not file.reason:
                    images.look(file.parts[:-1], file.parts[-1], file.head)
            self._classes = ClassFolders(images.found, self.known_classes)
            self.class_notes = self._classes.notes
            self.above = "/".join((str(self.root.absolute()), *self._classes.common))
        return self._classes

    def _below(
        self, folder: Path, inside: Folders, above: frozenset[tuple[int, int]]
    ) -> Iterator[_File]:
        try:
            stat = folder.stat()
            with os.scandir(folder) as entries:
                found = sorted(entries, key=lambda entry: natural(entry.name))
        except PermissionError:
            yield _File((*inside, ""), folder, "no-permission", "the folder is closed")
            return
        except OSError:
            yield _File((*inside, ""), folder, "vanished", "the folder is gone")
            return
        identity = (stat.st_dev, stat.st_ino)
        if identity in above:  # a link to a folder that it lies in
            return
        for entry in found:
            parts, path = (*inside, entry.name), Path(entry.path)
            if not _is_folder(entry):
                yield _File(parts, path, *self._why_not(entry, "/".join(parts)))
            elif entry.is_symlink() and not self.may_open(path):
                yield _File(parts, path, "no-permission", "a link out of what may be read")
            elif not is_hidden(entry.name):
                yield from self._below(path, parts, above | {identity})

    def _why_not(self, entry: os.DirEntry[str], name: str) -> tuple[str, str]:
        """Why a file is not taken, as a reason and more of it; "" if it is."""
        if is_hidden(name):
            return "not-image", ""
        if entry.is_symlink() and not os.path.exists(entry.path):
            return "vanished", "a link to a file that is not there"
        if entry.is_symlink() and not self.may_open(Path(entry.path)):
            return "no-permission", "a link out of what may be read"
        if not entry.is_file():  # reading a pipe or a device would never end
            return "not-image", "not a regular file"
        return "", ""


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False
