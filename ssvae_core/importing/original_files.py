"""The originals of an imported data set, read once more from where they came, as they came.

What was imported may have changed since: an original is taken only if its pixels still are those of
the example. They are decoded for that in other processes, as when they were imported.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..data.import_report import Skipped
from ..data.provenance import ImportedFrom, Provenance
from ..errors import UserError
from ..labels.names import shown
from .array_decoding import Decoded
from .decoder import Outcome
from .decoder_pool import DecoderPool, blob_of
from .items import Item
from .pixel_policy import Policy
from .sources import open_source

MOST_AHEAD = 64  # items that are held for later examples while one is looked for
Original = bytes | NDArray[np.uint8]  # a file, or an image of an array: (H, W) or (H, W, C)


@dataclass(frozen=True)
class OriginalFiles:
    """Called with examples in their order: each with its original, None where it is gone."""

    names: Sequence[str]
    provenance: Provenance
    n_processes: int | None = None

    def __call__(self, examples: Iterable[int]) -> Iterator[Original | None]:
        """One for each of the examples, which must go up; iterating does the work."""
        asked: deque[int] = deque()
        policy = Policy(**self.provenance.policy)
        with closing(DecoderPool(self.n_processes, keeps_content=True)) as pool:
            for group in pool.outcomes(self._items(examples, asked), policy):
                for item, outcome in group:
                    yield self._checked(asked.popleft(), item, outcome)

    def _items(self, examples: Iterable[int], asked: deque[int]) -> Iterator[Item | Skipped]:
        """What is there for each example, found by its name in the order of the import."""
        walk = _Walk(self.names, self.provenance)
        for example in examples:
            asked.append(example)
            yield walk.to(example) or Skipped(self.names[example], "vanished")

    def _checked(self, example: int, item: Item | Skipped, outcome: Outcome) -> Original | None:
        digest = self.provenance.digests[example].tobytes()
        if isinstance(item, Skipped) or not isinstance(outcome, Decoded):
            return None
        return _content(item) if outcome.digest == digest else None


class _Walk:
    """Goes through what was imported once, side by side with the examples that came of it."""

    def __init__(self, names: Sequence[str], provenance: Provenance):
        self._names, self._first = names, provenance.n_unknown
        self._items = chain.from_iterable(map(_items_in, provenance.imports))
        self._places: dict[str, list[int]] | None = None
        self._ahead: dict[int, Item] = {}  # found on the way to an example, of later ones

    def to(self, example: int) -> Item | None:
        """The item that this example was; None if it is gone, or nobody knows from where."""
        if example < self._first:
            return None
        for passed in [place for place in self._ahead if place < example]:
            del self._ahead[passed]
        while example not in self._ahead and len(self._ahead) < MOST_AHEAD:
            item = next(self._items, None)
            if item is None:
                break
            places = (self._place(name, example) for name in _names_of(item))
            place = next((place for place in places if place is not None), None)
            if place is not None:
                self._ahead.setdefault(place, item)
        return self._ahead.pop(example, None)

    def _place(self, name: str, example: int) -> int | None:
        """The next example of this name, if there is one."""
        if self._places is None:
            self._places = {}
            for place in range(len(self._names) - 1, self._first - 1, -1):
                self._places.setdefault(self._names[place], []).append(place)
        places = self._places.get(name, [])
        while places and places[-1] < example:
            places.pop()
        return places[-1] if places else None


def _names_of(item: Item) -> Iterator[str]:
    """What it may have been called: a folder that lost or won a folder names its files anew."""
    yield item.name
    if isinstance(item.content, Path):
        parts = item.content.parts
        yield from (shown("/".join(parts[at:])) for at in range(1, len(parts)))


def _items_in(imported: ImportedFrom) -> Iterator[Item]:
    """The items of what was imported, as far as it can still be read."""
    if not imported.is_there:  # an id of Hugging Face is not asked for over the network
        return
    try:
        source = open_source(imported.where, imported.reading)
        source.within = tuple(map(Path, imported.within))
        yield from (item for item in source.items() if isinstance(item, Item))
    except (UserError, OSError, ValueError):  # it is no longer what it was
        return


def _content(item: Item) -> Original | None:
    """An item's bytes as they are, or the pixels of an array if they are bytes."""
    content: Any = item.content
    if isinstance(content, Path):
        try:
            return content.read_bytes() if os.path.isfile(content) else None
        except OSError:
            return None
    if callable(content):
        found = blob_of(item)
        return found if isinstance(found, bytes) else None
    if isinstance(content, bytes):
        return content
    return content if content.dtype == np.uint8 else None
