"""The test part of a source: recognised by what a folder or an array is called, and changeable.

Beside a part to train on, a part "test" is kept apart, or else one for validation: no label of it
is learned from, and scores are those on it. Without classes it can only be labelled: then it is not
kept apart unless a person says so.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from .class_folders import ClassFolders, Folders, words_of
from .reading import Reading

OPTION = "test"  # its name: --read test=none
TRAINING = frozenset({"train", "training", "trainset"})
KINDS: Mapping[str, frozenset[str]] = {
    "test": frozenset({"test", "testing", "testset", "eval", "holdout"}),
    "validation": frozenset({"val", "valid", "validation", "valset", "dev"}),
}


class FolderParts:
    """Which folders of a source are its test part."""

    def __init__(self, classes: ClassFolders, reading: Reading):
        """Choose among the folders that are parts, where one is to train on."""
        self._parts = classes.parts
        self._names = {kind: _named(self._parts, words) for kind, words in KINDS.items()}
        offered = {kind: names for kind, names in self._names.items() if names}
        if not offered or not _named(self._parts, TRAINING):
            self._chosen: Collection[str] = ()
            return
        found = next((kind for kind in offered if self._has_classes(kind, classes)), "")
        titles = {kind: ", ".join(f"{name}/" for name in names) for kind, names in offered.items()}
        chosen = reading.choose(OPTION, "Test part", {**titles, "": "None"}, found)
        self._chosen = frozenset(self._names.get(chosen, ()))

    def is_in_test(self, folders: Folders) -> bool:
        """Whether a file in these folders is of it."""
        return bool(self._chosen) and self._part_of(folders) in self._chosen

    def _part_of(self, folders: Folders) -> str:
        """The first of the folders that says whether it is to train or to test on."""
        known = set(_named(self._parts, TRAINING)).union(*self._names.values())
        return next((name for name in folders if name in known), "")

    def _has_classes(self, kind: str, classes: ClassFolders) -> bool:
        """Whether all of its images lie in class folders."""
        names = self._names[kind]
        held = [path for path in classes.holders if self._part_of(path) in names]
        return bool(held) and all(classes.class_of(path) is not None for path in held)


def _named(parts: Iterable[str], words: frozenset[str]) -> list[str]:
    """The parts that one of these words, and no other, says the kind of."""
    others = frozenset().union(TRAINING, *KINDS.values()) - words
    return [name for name in parts if words_of(name) & words and not words_of(name) & others]
