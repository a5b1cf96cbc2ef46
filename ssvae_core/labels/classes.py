"""The classes of a session: what the class operations that stand amount to.

A class is known by its id, which is never used again: a class that is merged into another or
deleted keeps its number, its old events stay readable, and its name is free for a new one. Pure.
"""

from __future__ import annotations

import json
import re
import string
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, takewhile
from typing import Protocol

from .names import same

KEYS = "0123456789wetyioadfhq"  # letters that are no command; c and r belong to Streamlit
MOST_CLASSES = 250  # ids ever made: the rest of a byte says other things
LONGEST_NAME = 60
ALPHANUMERIC = string.ascii_letters + string.digits
COLOUR = re.compile("#[0-9A-Fa-f]{6}")


@dataclass(frozen=True)
class Class:
    """A class as it stands. `colour` is #RRGGBB, or None for the one of its place."""

    id: int
    name: str
    colour: str | None = None
    into: int | None = None  # merged into this class
    is_deleted: bool = False

    @property
    def is_active(self) -> bool:
        """Whether it can be given."""
        return self.into is None and not self.is_deleted


class ClassOperation(Protocol):
    """What an operation on a class says; `text` is a name, a colour, an id, or ids as JSON."""

    @property
    def kind(self) -> str:
        """class-add, class-rename, class-colour, class-merge, class-delete or class-order."""
        ...

    @property
    def label(self) -> int | None:
        """The id of the class; None for class-order."""
        ...

    @property
    def text(self) -> str | None:
        """See the class."""
        ...


class ClassTable:
    """Every class there ever was, in the state that some operations left it in."""

    def __init__(
        self,
        names: Sequence[str],
        operations: Iterable[ClassOperation] = (),
        taken_back: Mapping[int, str] | None = None,
    ):
        """`names` are those that the session began with, ids from 0.

        `taken_back`: names of classes whose making was undone, so that old events stay readable.
        """
        self._taken_back = dict(taken_back or {})
        self.all = {number: Class(number, name) for number, name in enumerate(names)}
        self.circles: set[tuple[int, int]] = set()  # merges passed over, which would close one
        self._order = list(self.all)
        for operation in operations:
            self._take(operation)

    @property
    def active(self) -> list[Class]:
        """The classes that can be given, in the order of their keys."""
        return [self.all[number] for number in self._order if self.all[number].is_active]

    def name(self, number: int) -> str:
        """The name of any class there ever was."""
        if number in self.all:
            return self.all[number].name
        return self._taken_back.get(number, f"class {number}")

    def resolve(self, number: int) -> int | None:
        """The class that labels of this one count as; None if it was deleted or never made."""
        end = self._path(number)[-1]
        return end if end in self.all and self.all[end].is_active else None

    def _path(self, number: int) -> list[int]:
        """The class, the one it was merged into, and so on."""
        path = [number]
        while (known := self.all.get(path[-1])) and known.into is not None:
            path.append(known.into)
        return path

    def key(self, number: int) -> str:
        """The key of an active class; "" past the last key."""
        place = [known.id for known in self.active].index(number)
        return KEYS[place] if place < len(KEYS) else ""

    def glyphs(self) -> dict[int, str]:
        """One or two letters for each active class, no two the same."""
        taken: dict[str, int] = {}
        n_shared = len(_shared([known.name for known in self.active]).rstrip(ALPHANUMERIC))
        for known in self.active:
            # The words that all names begin with ("scan 1", "scan 2") tell none of them apart.
            own = (known.name[n_shared:] if len(self.active) > 1 else known.name).strip()
            letters = [letter for letter in own or known.name if letter.isalnum()] or ["?"]
            pairs = [letters[0] + letter for letter in letters[1:]]
            numbered = [f"{letters[0]}{digit}" for digit in range(1, 10)]
            options = [letters[0].upper(), *pairs, *numbered, str(known.id)]
            if own.isdecimal() and len(own) <= 2:
                options.insert(0, own)
            glyph = next((option for option in options if option not in taken), str(known.id))
            taken[glyph] = known.id
        return {number: glyph for glyph, number in taken.items()}

    def _take(self, operation: ClassOperation) -> None:
        number, text = operation.label, operation.text or ""
        if operation.kind == "class-order":
            first = [other for other in dict.fromkeys(json.loads(text)) if other in self.all]
            self._order = first + [other for other in self._order if other not in first]
            return
        assert number is not None
        if operation.kind == "class-add":
            self.all[number] = Class(number, text)
            self._order.append(number)
            return
        known = self.all.get(number)
        if known is None:  # whoever added it took that back
            return
        if operation.kind == "class-rename":
            known = replace(known, name=text)
        elif operation.kind == "class-colour":
            known = replace(known, colour=text or None)
        elif operation.kind == "class-merge":
            known = self._merged(known, int(text))
        elif operation.kind == "class-delete":
            known = replace(known, is_deleted=True)
        self.all[number] = known

    def _merged(self, known: Class, into: int) -> Class:
        """The class as part of another; as it is where that is gone, or is part of it already.

        Two people merge two classes into each other, or one takes back what another built on: the
        labels of a class that vanished so would be nowhere.
        """
        if known.id in self._path(into):
            self.circles.add((known.id, into))
            return known
        return known if self.resolve(into) is None else replace(known, into=into)


def same_names(classes: Iterable[Class]) -> set[tuple[int, int]]:
    """The ids of every two classes whose names differ in nothing but case, the smaller first."""
    by_name: defaultdict[str, list[int]] = defaultdict(list)
    for known in classes:
        by_name[same(known.name).casefold()].append(known.id)
    return {pair for ids in by_name.values() for pair in combinations(sorted(ids), 2)}


def _shared(names: Sequence[str]) -> str:
    """What all names begin with."""
    first, last = min(names, default=""), max(names, default="")  # the two that differ most
    same = takewhile(lambda pair: pair[0] == pair[1], zip(first, last, strict=False))
    return "".join(letter for letter, _ in same)
