"""Which folders are classes: told from all folders that hold images, whatever they lie in.

Two kinds of folders say nothing of a class. A part ("train", "seg_test") divides a data set and has
beside it only other parts, or is divided into classes itself. A wrapper ("PetImages") is the only
folder there. What is no image counts for nothing: a readme beside a wrapper makes no class of it.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable
from itertools import takewhile

from ..labels.names import listed, same
from .items import IMAGE_HEADS, looks_like_image

Folders = tuple[str, ...]  # from the source's root down: ("train", "cat")

PART_WORDS = frozenset(
    {
        *("train", "training", "test", "testing", "val", "valid", "validation", "dev", "eval"),
        *("holdout", "fold", "split", "pred", "unlabeled", "unlabelled"),
        *("trainset", "testset", "valset"),
    }
)
# Words that a part's name may have beside one of those: seg_train, training_set, Test Images.
SIDE_WORDS = frozenset(
    {
        *("set", "data", "dataset", "images", "image", "imgs", "img", "pictures", "photos"),
        *("seg", "the"),
    }
)
PART_NAME = re.compile(r"[A-Za-z0-9_ .-]+")
WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
MOST_LOOKS = 64  # files without an image's suffix, in one folder


class ImageFolders:
    """Collects the folders that hold images, from files as they are listed.

    One that begins as an image does is enough. Of files without the suffix of an image only some
    are looked into: a folder of a million texts would take long.
    """

    def __init__(self) -> None:
        self.found: set[Folders] = set()
        self._looked = Counter[Folders]()

    def look(self, folders: Folders, name: str, head: Callable[[], bytes]) -> None:
        """Take note of a file in these folders; `head` gives its first bytes."""
        if folders in self.found:
            return
        if not looks_like_image(name):
            self._looked[folders] += 1
            if self._looked[folders] > MOST_LOOKS:
                return
        if head().startswith(IMAGE_HEADS):
            self.found.add(folders)


class ClassFolders:
    """Names the class of a file by its folders."""

    def __init__(self, folders: Iterable[Folders], known: Collection[str] = ()):
        """`folders` are those that hold images themselves.

        What is called as one of the `known` classes is a class, wherever it stands.
        """
        self._holders = set(folders)
        self._known, self.common = frozenset(map(same, known)), _common(self._holders)
        self._inside: dict[Folders, list[Folders]] = defaultdict(list)  # folder: folders in it
        above = {path[:n] for path in self._holders for n in range(1, len(path) + 1)}
        for path in sorted(above):
            self._inside[path[:-1]].append(path)
        self._passed: set[Folders] = {()}  # those that are no classes, nor is what they lie in
        self._parts: dict[str, None] = {}
        self._wrapper = ""  # a folder with all images, that might have been meant as a class
        while passed := self._next():
            self._passed |= passed

    def class_of(self, folders: Folders) -> str | None:
        """The first of a file's folders that is neither a part nor a wrapper."""
        for n in range(1, len(folders) + 1):
            if folders[:n] not in self._passed:
                return folders[n - 1]
        return None

    @property
    def parts(self) -> list[str]:
        """The names of the folders that are parts."""
        return [*self._parts]

    @property
    def holders(self) -> frozenset[Folders]:
        """The folders that hold images themselves."""
        return frozenset(self._holders)

    def below_common(self, path: Folders) -> Folders:
        """A file's folders and name, without the folders that all images lie in."""
        n = len(self.common)
        return path[n:] if path[:n] == self.common and len(path) > n else path

    @property
    def notes(self) -> list[str]:
        """What a person should know: which folders with images were taken for no classes."""
        said = []
        if len(self._parts) == 1:
            said.append(f"The folder {listed(self._parts)} is a part of the data set, no class.")
        elif self._parts:
            names = listed(self._parts)
            said.append(f"The folders {names} are parts of the data set, not classes.")
        if self._wrapper:
            said.append(
                f"All images lie in the folder {listed([self._wrapper])}: alone it tells nothing "
                "apart, and is no class."
            )
        return said

    def _next(self) -> set[Folders]:
        """Folders next below those passed that are no classes either."""
        beside: dict[str, list[Folders]] = defaultdict(list)  # one name may lie in several parts
        for path in self._passed:
            for inside in self._inside[path]:
                if inside not in self._passed:
                    beside[inside[-1]].append(inside)
        names = self._parts_of(beside)
        for name in filter(_is_part_name, sorted(names)):
            self._parts[name] = None
        if not names and len(beside) == 1 and self._is_wrapper(beside):
            names = set(beside)
        return {path for name in names for path in beside[name]}

    def _parts_of(self, beside: dict[str, list[Folders]]) -> set[str]:
        """Of folders that stand beside one another, those that are parts.

        One class of vehicles may be called "train", one of products "valid": such a name beside
        others is a part only if it alone is divided, or another part is.
        """
        named = {name for name in beside if _is_part_name(name) and same(name) not in self._known}
        divided = {name for name in beside if any(self._inside[path] for path in beside[name])}
        others = set(beside) - named
        if not others or (named & divided and (len(named) > 1 or not others & divided)):
            return named | {name for name in others if self._is_divided_into_parts(beside[name])}
        return set()

    def _is_divided_into_parts(self, paths: list[Folders]) -> bool:
        """Beside parts, such a folder is a second copy of all, as in more than one public zip."""
        inside = {each[-1] for path in paths for each in self._inside[path]}
        return bool(inside) and all(map(_is_part_name, inside))

    def _is_wrapper(self, beside: dict[str, list[Folders]]) -> bool:
        """Whether the only folder there is no class.

        With images beside it, it tells its own apart from those; not if it is divided itself.
        """
        ((name, paths),) = beside.items()
        if same(name) in self._known:
            return False
        if self._passed & self._holders:
            inside = {each[-1] for path in paths for each in self._inside[path]}
            return len(inside) > 1 or (len(inside) == 1 and not self._holders.intersection(paths))
        if not any(self._inside[path] for path in paths):
            self._wrapper = name
        return True


def _common(paths: Collection[Folders]) -> Folders:
    if not paths:
        return ()
    low, high = min(paths), max(paths)  # the two that differ most
    same = takewhile(lambda pair: pair[0] == pair[1], zip(low, high, strict=False))
    return tuple(name for name, _ in same)


def words_of(name: str) -> set[str]:
    """Of a folder's name, in small letters: "seg_train" -> seg, train."""
    return {word.lower() for word in WORDS.findall(name)}


def _is_part_name(name: str) -> bool:
    words = words_of(name)
    is_plain = PART_NAME.fullmatch(name) is not None
    return is_plain and bool(words & PART_WORDS) and words <= PART_WORDS | SIDE_WORDS
