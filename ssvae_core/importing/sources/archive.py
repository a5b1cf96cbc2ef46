"""A zip of image files, read member by member; nothing of it is ever written to the disk.

Member names are shown and name classes; they are never used as paths.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path

from ...data.import_report import Skipped
from ...errors import UserError
from ...labels.names import shown
from ..class_folders import Folders, ImageFolders
from ..items import (
    IMAGE_HEADS,
    ContentError,
    Item,
    is_hidden,
    looks_like_image,
    natural,
)
from ..other_formats import HEAD_BYTES, advice_by_content, advice_by_name
from ..reading import AS_FOUND
from .folder_tree import FolderTree

MOST_BYTES = 256 * 2**20  # of one member, unpacked: it is held in memory
MOST_MEMBERS = 5_000_000
MOST_UNPACKED = 2 * 2**30  # in all, unless the archive is a fair part of it
SAYS_UTF8 = 0x800
MOST_TIMES = 200


class Archive(FolderTree):
    """Every member, in the order of their names."""

    title = "a zip of images"

    def __init__(self, where: str, reading: Mapping[str, str] = AS_FOUND):
        super().__init__(where, reading)
        try:
            self._zip = zipfile.ZipFile(where)
        except (OSError, zipfile.BadZipFile, ValueError, NotImplementedError) as error:
            raise UserError(
                f"{Path(where).name} cannot be read as a zip: {error}. Was it copied whole?"
            ) from error
        members = [member for member in self._zip.infolist() if not member.is_dir()]
        _refuse_bomb(Path(where), members)
        self._members = sorted(members, key=lambda member: natural(member.filename))

    @staticmethod
    def accepts(where: str) -> bool:
        """A file that is named or made as a zip."""
        path = Path(where)
        return path.is_file() and (path.suffix.lower() == ".zip" or zipfile.is_zipfile(path))

    def count(self) -> int:
        """Members that are no folders."""
        return len(self._members)

    def items(self) -> Iterator[Item | Skipped]:
        """Every member; one is unpacked when its content is called for."""
        classes = self.class_folders
        for member in self._members:
            parts = _parts(member)
            name = shown("/".join(classes.below_common(parts)))
            if is_hidden("/".join(parts)):
                yield Skipped(name, "not-image")
            elif member.flag_bits & 0x1:
                yield Skipped(name, "encrypted")
            elif member.file_size > MOST_BYTES:
                yield Skipped(name, "too-large", f"more than {MOST_BYTES // 2**20} MB unpacked")
            else:
                yield self.item(name, _Member(self._zip, member), parts[:-1])

    def root_folders(self) -> Folders:
        """Its name."""
        return (Path(self.where).stem,)

    def look_into(self, images: ImageFolders) -> None:
        """Every member; of most no more is read than the name."""
        for member in self._members:
            parts = _parts(member)
            if not is_hidden("/".join(parts)):
                images.look(parts[:-1], parts[-1], _Member(self._zip, member).head)


class _Member:
    """Unpacks one member, and no more of it than it said it holds."""

    def __init__(self, archive: zipfile.ZipFile, member: zipfile.ZipInfo):
        self._archive, self._member = archive, member

    def head(self) -> bytes:
        """Its first bytes; none where they cannot be had."""
        if self._member.flag_bits & 0x1:
            return b""
        try:
            with self._archive.open(self._member) as file:
                return file.read(8)
        except (OSError, ValueError, EOFError, NotImplementedError, zipfile.BadZipFile, zlib.error):
            return b""

    def __call__(self) -> bytes:
        try:
            with self._archive.open(self._member) as file:
                head = file.read(HEAD_BYTES)
                if not head.startswith(IMAGE_HEADS) and not looks_like_image(self._member.filename):
                    advice = advice_by_content(head) or advice_by_name(self._member.filename)
                    raise ContentError("other-format" if advice else "not-image", advice)
                content = head + file.read(MOST_BYTES)
                if len(content) > MOST_BYTES:
                    raise ContentError("too-large", "it unpacks to more than the archive says")
                return content
        except NotImplementedError as error:
            raise ContentError("broken", f"packed in a way that is not read: {error}") from error


def _parts(member: zipfile.ZipInfo) -> tuple[str, ...]:
    """Folders and name, without what would lead out of the archive: "..", drives, a first /."""
    parts = _name(member).replace("\\", "/").split("/")
    kept = tuple(part for part in parts if part not in ("", ".", "..") and not part.endswith(":"))
    return kept or ("unnamed",)


def _name(member: zipfile.ZipInfo) -> str:
    """Its name. A Mac writes UTF-8 and does not say so: it would be read as code page 437."""
    if member.flag_bits & SAYS_UTF8 or member.filename.isascii():
        return member.filename
    try:
        return member.filename.encode("cp437").decode("utf-8")
    except UnicodeError:
        return member.filename


def _refuse_bomb(path: Path, members: list[zipfile.ZipInfo]) -> None:
    if len(members) > MOST_MEMBERS:
        raise UserError(f"{path.name} has {len(members)} members; {MOST_MEMBERS} are read at most.")
    unpacked = sum(member.file_size for member in members)
    if unpacked > max(MOST_UNPACKED, MOST_TIMES * path.stat().st_size):
        raise UserError(
            f"{path.name} would unpack to {unpacked / 2**30:.1f} GB, more than {MOST_TIMES} times "
            "its size. It was not read: images do not do that."
        )
