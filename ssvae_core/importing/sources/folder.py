"""A folder of image files, with the folders in it as classes."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from ...data.import_report import Skipped
from ...labels.names import shown
from ..class_folders import Folders, ImageFolders
from ..items import Item, is_hidden, natural
from ..reading import AS_FOUND
from .folder_tree import FolderTree

Identity = tuple[int, int]  # device and number: what a folder is, whatever leads to it


@dataclass(frozen=True)
class _File:
    """A file as it is listed; `reason` says why it is not taken."""

    parts: Folders  # its folders below the root, and its name
    path: Path
    reason: str = ""
    detail: str = ""


class Folder(FolderTree):
    """Every file below it, in the order of their names. Only one folder is listed at a time."""

    title = "a folder of images"

    def __init__(self, where: str, reading: Mapping[str, str] = AS_FOUND):
        super().__init__(where, reading)
        self.root = Path(where)

    @staticmethod
    def accepts(where: str) -> bool:
        """A folder that is there."""
        return os.path.isdir(where)

    def count(self) -> int:
        """Files below it, about: where a link leads in a circle, or a folder is closed."""
        return sum(len(files) for _, _, files in os.walk(self.root, followlinks=False))

    def items(self) -> Iterator[Item | Skipped]:
        """Every file; those that a system left behind are skipped."""
        classes = self.class_folders
        for file in self._below(self.root, (), frozenset()):
            name = shown("/".join(classes.below_common(file.parts)))
            if file.reason:
                yield Skipped(name, file.reason, file.detail)
            else:
                yield self.item(name, file.path, file.parts[:-1])

    def root_folders(self) -> Folders:
        """Its whole path."""
        return (str(self.root.absolute()),)

    def look_into(self, images: ImageFolders) -> None:
        """Every file below it; of most no more is read than the name."""
        self._look_below(images, self.root, (), frozenset())

    def _look_below(
        self, images: ImageFolders, folder: Path, inside: Folders, above: frozenset[Identity]
    ) -> None:
        """Note which folders hold images; of most files no more is read than the name."""
        try:
            identity, entries = _listed(folder)
        except OSError:  # `items` says it
            return
        for entry in entries if identity not in above else ():
            if _is_folder(entry):
                if not is_hidden(entry.name) and self._may_follow(entry):
                    deeper = (*inside, entry.name)
                    self._look_below(images, Path(entry.path), deeper, above | {identity})
            elif inside not in images.found and not self._why_not(entry, entry.name)[0]:
                images.look(inside, entry.name, partial(_head, Path(entry.path)))

    def _below(self, folder: Path, inside: Folders, above: frozenset[Identity]) -> Iterator[_File]:
        try:
            identity, entries = _listed(folder)
        except PermissionError:
            yield _File((*inside, ""), folder, "no-permission", "the folder is closed")
            return
        except OSError:
            yield _File((*inside, ""), folder, "vanished", "the folder is gone")
            return
        if identity in above:  # a link to a folder that it lies in
            return
        for entry in sorted(entries, key=lambda entry: natural(entry.name)):
            parts, path = (*inside, entry.name), Path(entry.path)
            if not _is_folder(entry):
                yield _File(parts, path, *self._why_not(entry, "/".join(parts)))
            elif not self._may_follow(entry):
                yield _File(parts, path, "no-permission", "a link out of what may be read")
            elif not is_hidden(entry.name):
                yield from self._below(path, parts, above | {identity})

    def _why_not(self, entry: os.DirEntry[str], name: str) -> tuple[str, str]:
        """Why a file is not taken, as a reason and more of it; "" if it is."""
        if is_hidden(name):
            return "not-image", ""
        if entry.is_symlink() and not os.path.exists(entry.path):
            return "missing", "a link to a file that is not there"
        if not self._may_follow(entry):
            return "no-permission", "a link out of what may be read"
        if not entry.is_file():  # reading a pipe or a device would never end
            return "not-image", "not a regular file"
        return "", ""

    def _may_follow(self, entry: os.DirEntry[str]) -> bool:
        """Whether this is no link, or one that leads where files may be opened."""
        return not entry.is_symlink() or self.may_open(Path(entry.path))


def _listed(folder: Path) -> tuple[Identity, list[os.DirEntry[str]]]:
    """Which folder it is, and what lies in it. OSError if it is closed or gone."""
    stat = folder.stat()
    with os.scandir(folder) as entries:
        return (stat.st_dev, stat.st_ino), list(entries)


def _head(path: Path) -> bytes:
    """Its first bytes; none where they cannot be had."""
    try:
        with path.open("rb") as file:
            return file.read(8)
    except OSError:
        return b""


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False
