"""Images with the same pixels: which example they are, and its class where theirs differ.

Two files with the same pixels in folders "cat" and "dog" contradict one another, and nothing here
knows which is right: the example has no class until a person gives it one. What was there before
images were added keeps its class. The report names both files with both classes.
"""

from __future__ import annotations

from ..data.import_report import Contradiction, Report, Skipped
from .class_order import ClassOrder
from .draft import Draft


class Twins:
    """Every example of a draft by its pixels."""

    def __init__(self, draft: Draft, classes: ClassOrder, report: Report, *, in_test: bool = False):
        """`in_test`: the draft is that of a test part."""
        self._in_test = in_test
        self._draft, self._classes, self._report = draft, classes, report
        self._firsts: dict[bytes, int] = {}  # digest: the first example with it
        self._kept: dict[int, list[int]] = {}  # first example: all with its pixels and a class
        self.n_earlier = 0  # examples that were there before images were added
        self._torn: dict[int, int] = {}  # first example: the class it had before another came

    def first_of(self, digest: bytes, example: int) -> int:
        """The first example with these pixels: this one, if there was none."""
        return self._firsts.setdefault(digest, example)

    def keep(self, first: int, example: int, class_id: int) -> None:
        """Take note of one more example with the pixels of the first."""
        if class_id >= 0:
            self._kept.setdefault(first, [first]).append(example)

    def remember(self, found: Contradiction) -> None:
        """Take over a contradiction of an earlier import: it stays one."""
        if not found.stands:
            self._torn[found.example] = self._classes.id_of(found.first_class)
        self._report.contradict(found)

    def settle(self, first: int, name: str, class_id: int) -> int:
        """The class of one more file with these pixels; -1 if it contradicts what is there."""
        theirs = self._class_of(first)
        if class_id < 0 or theirs in (-1, class_id):
            return -1 if first in self._torn else class_id
        if first >= self.n_earlier and first not in self._torn:
            self._torn[first] = theirs
            for example in self._kept.get(first, [first]):
                self._draft.set_class(example, -1)
        self._report.contradict(self._contradiction(first, name, class_id))
        return -1

    def skipped(self, first: int, name: str, class_id: int) -> Skipped:
        """Why a file with these pixels is left out; `class_id` is what it said."""
        if class_id < 0 or self._class_of(first) in (-1, class_id):
            return self.skipped_beside(first, name)
        found = self._contradiction(first, name, class_id)
        why = f"same pixels as {found.first}, {found.first_class}; here {found.class_name}"
        return Skipped(name, "contradiction", why)

    def find(self, digest: bytes) -> int | None:
        """The first example with these pixels; None if there is none."""
        return self._firsts.get(digest)

    def skipped_beside(self, first: int, name: str) -> Skipped:
        """Why a file with these pixels is left out, whatever it says."""
        what = (
            f"{self._draft.name(first)}, of the test part" if self._in_test else f"example {first}"
        )
        return Skipped(name, "duplicate", f"same pixels as {what}")

    def _class_of(self, first: int) -> int:
        """What the files with these pixels were called, before one contradicted; -1 for nothing."""
        if first in self._torn:
            return self._torn[first]
        named = map(self._draft.class_id, self._kept.get(first, [first]))
        return next((class_id for class_id in named if class_id >= 0), -1)

    def _contradiction(self, first: int, name: str, class_id: int) -> Contradiction:
        first_class = self._classes.name_of(self._class_of(first))
        return Contradiction(
            example=first,
            first=self._draft.name(first),
            first_class=first_class,
            name=name,
            class_name=self._classes.name_of(class_id),
            stands=first not in self._torn,
            in_test=self._in_test,
        )
