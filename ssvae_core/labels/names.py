"""Names of files and of classes: how they are written, what is no label, which are the same.

The one place that decides on it, for every source and every file of labels. Names are compared
without what nobody sees (the form of an accent, spaces around, marks of no width) and kept as
they were first written.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

# What tools write where there is no label. Not "na": that is sodium, and Namibia.
NO_LABEL = frozenset({"", "-1", "nan", "nat", "none", "null", "<na>", "n/a", "#n/a"})
WHOLE = re.compile(r"(-?\d+)\.0+")
# Soft hyphen, zero-width space, word joiner, byte order mark, variation selectors of emoji, and the
# marks of direction. The joiners U+200C and U+200D are letters' business and count.
UNSEEN = dict.fromkeys(
    (
        *(0xAD, 0x200B, 0x200E, 0x200F, *range(0x202A, 0x202F), 0x2060, *range(0x2066, 0x206A)),
        *(0xFE0E, 0xFE0F, 0xFEFF),
    )
)
SPACES = "".join(letter for letter in map(chr, range(0x3001)) if letter.isspace())
AROUND = SPACES + "".join(map(chr, UNSEEN)).translate({0xFE0E: None, 0xFE0F: None})
BREAKS = re.compile(r"[\t-\r\x1c-\x1f\x85]+")
MOST_NAMED = 5  # names that a note lists


def shown(name: str) -> str:
    """A name as text that can be stored and shown: as it is written, all but what is no text.

    Control characters and bytes that are not UTF-8 stand as in an address: "%0A". Marks that turn
    the direction of text stay: a file is found by its name, and `same` sees through them.
    """
    if name.isprintable():
        return name
    return "".join(
        _escaped(letter) if unicodedata.category(letter) in ("Cc", "Cs") else letter
        for letter in name
    )


def same(name: str) -> str:
    """What two names that look alike have in common: a key to compare them by."""
    if name.isascii():
        return " ".join(name.split())
    return " ".join(unicodedata.normalize("NFC", name).translate(UNSEEN).split())


def label_text(value: Any) -> str | None:
    """A label as it is written in some cell: 3.0 and "3.0" are "3". None is none.

    Raises ValueError for what is no single value, such as a list of classes.
    """
    if value is None:
        return None
    if isinstance(value, bytes):
        value = value.decode("utf-8", "surrogateescape")
    if isinstance(value, float | np.floating):
        value = int(value) if math.isfinite(value) and value == int(value) else float(value)
    if isinstance(value, dict | list | tuple | set):
        raise ValueError(f"a label is one name or number, got {str(value)[:60]}")
    text = str(value).strip()
    whole = WHOLE.fullmatch(text)
    return str(int(whole[1])) if whole else text


def name_at(label: str | None, names: Sequence[str]) -> str | None:
    """The class of these names that a label is the number of; else the label itself."""
    if label and label.isdecimal() and int(label) < len(names):
        return names[int(label)]
    return label


class ClassNames:
    """Class names as they are met: each cleaned and in one spelling, and what was no label."""

    def __init__(self, declared: Iterable[str] = ()):
        """`declared`: names that the source lists as its classes. One of them may be "none"."""
        self._spelling: dict[str, str] = {}
        for name in declared:
            self._spelling.setdefault(same(label_text(name) or ""), name)
        self._written_otherwise: dict[str, None] = {}
        self._no_label: Counter[str] = Counter()
        self._odd = [name for key, name in self._spelling.items() if key.casefold() in NO_LABEL]

    def of(self, value: Any) -> str | None:
        """The class that a cell, a folder or a number names; None for no label."""
        text = label_text(value)
        if text is None:
            return None
        key = same(text)
        if key not in self._spelling:
            if key.casefold() in NO_LABEL:
                self._no_label[key] += 1
                return None
            self._spelling[key] = clean(text)
        name = self._spelling[key]
        if text != name and clean(text) != name:
            self._written_otherwise[name] = None
        return name

    def notes(self) -> list[str]:
        """What a person should know of them."""
        said = []
        if words := [(word, n) for word, n in self._no_label.most_common() if word]:
            told = ", ".join(f'"{word}" ({n:,})' for word, n in words)
            said.append(
                f"No label was read from {told}. Where this is a class, give it another name."
            )
        if self._odd:
            said.append(f"Listed as a class, and taken as one: {listed(self._odd)}.")
        if several := self._written_otherwise:
            said.append(f"Spelled in more than one way, and one class each: {listed(several)}.")
        alike: defaultdict[str, list[str]] = defaultdict(list)
        for name in self._spelling.values():
            alike[unicodedata.normalize("NFKC", same(name)).casefold()].append(name)
        if pairs := [name for names in alike.values() if len(names) > 1 for name in names]:
            said.append(f"Different classes, though their names are much alike: {listed(pairs)}.")
        return said


def clean(name: str) -> str:
    """A class name as it is kept: on one line, nothing unseen around it, nothing cut."""
    return shown(BREAKS.sub(" ", name).strip(AROUND))


def listed(names: Iterable[str], most: int = MOST_NAMED) -> str:
    """The first of some names in quotes, and how many more there are."""
    every = list(names)
    more = f" and {len(every) - most:,} more" if len(every) > most else ""
    return ", ".join(f'"{shown(name)}"' for name in every[:most]) + more


def _escaped(letter: str) -> str:
    handler = "surrogateescape" if "\udc80" <= letter <= "\udcff" else "surrogatepass"
    return "".join(f"%{byte:02X}" for byte in letter.encode("utf-8", handler))
