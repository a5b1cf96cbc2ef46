"""Class names as they are met in an import, and the order they end up in."""

from __future__ import annotations

from collections.abc import Sequence

from ..data.library import MOST_CLASSES
from ..labels.names import ClassNames, clean
from .items import natural

MOST_NAMES = 2**15 - 1  # ids that an imported data set can hold


class ClassOrder:
    """Gives names ids as they come; the order is made at the end.

    Earlier classes keep their places. Then come those whose order the source knows, then the others
    by name, 2 before 10.
    """

    def __init__(self, known: Sequence[str] = (), earlier: Sequence[str] = ()):
        self._names = ClassNames([*earlier, *map(clean, known)])
        self._earlier = tuple(earlier)
        self._known = [name for each in known if (name := self._names.of(each))]
        self._ids: dict[str, int] = {name: place for place, name in enumerate(earlier)}
        self._too_many = False

    def __len__(self) -> int:
        return len(self._ids)

    def id_of(self, name: str | None) -> int:
        """The provisional id of a class, -1 for none."""
        clean = self._names.of(name)
        if clean is None:
            return -1
        if clean not in self._ids and len(self._ids) >= MOST_NAMES:
            self._too_many = True
            return -1
        return self._ids.setdefault(clean, len(self._ids))

    def name_of(self, class_id: int) -> str:
        """The class with this provisional id."""
        return [*self._ids][class_id]

    def in_order(self) -> tuple[list[int], list[str]]:
        """Where each provisional id stands (-1 for nowhere), and the names in that order."""
        if not self._ids or (self._too_many and not self._earlier):
            return [-1] * len(self._ids), []
        known = [name for name in dict.fromkeys(self._known) if name not in self._earlier]
        met = sorted((name for name in self._ids if name not in self._earlier), key=natural)
        if len({*self._earlier, *known, *met}) > MOST_CLASSES:
            known = [name for name in known if name in self._ids]
        names = list(dict.fromkeys([*self._earlier, *known, *met]))
        places = {name: place for place, name in enumerate(names)}
        return [places[name] for name in self._ids], names

    def notes(self) -> list[str]:
        """What a person should know."""
        said = self._names.notes()
        if self._too_many:
            said.append(
                f"There are more than {MOST_NAMES:,} different class names: a name for nearly each "
                "file tells nothing, and they were left out."
            )
        elif len(self) > MOST_CLASSES:
            said.append(
                f"There are {len(self)} classes, and a session holds at most {MOST_CLASSES}. They "
                "are kept with the images, but no session can begin with them."
            )
        return said
