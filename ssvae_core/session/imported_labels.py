"""Labels that come with images: how they become events of a session, now and when images are added.

A session knows classes by ids of its own, a data set by their places: they meet by name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from ..data import Dataset
from ..errors import Conflict
from ..labels.classes import MOST_CLASSES
from ..labels.history import NONE, History, replay
from ..labels.names import same
from ..labels.records import Operation, SessionRow
from ..labels.store import LabelStore

IMPORTED = "import"  # whose the labels are


def take_imported(store: LabelStore, row: SessionRow, labels: NDArray[np.int64]) -> None:
    """Give a new session the labels of its data set, (N,) places of its classes or -1."""
    ids = {place: place for place in range(len(row.classes))}
    _append(store, row, labels, ids, "import")


class NewLabels:
    """Those that images bring which are added to a session.

    Raises Conflict if it has no room for their classes.
    """

    def __init__(self, row: SessionRow, history: History, before: Dataset, now: Dataset):
        self._row, self._now = row, now
        self._labels = _new_labels(history, before, now)
        self._ids = class_ids(history, row.classes, now.class_names)
        used = np.unique(self._labels[self._labels >= 0]).tolist()
        self._missing = [place for place in used if place not in self._ids]
        if history.n_classes + len(self._missing) > MOST_CLASSES:
            raise Conflict(
                f"{row.name} has no room for {len(self._missing)} classes more: a session holds at "
                f"most {MOST_CLASSES}. It stays on the images that it has."
            )

    def take_in(self, store: LabelStore) -> None:
        """Store them, and first the classes that the session does not have."""
        ids, op_id = dict(self._ids), f"import-{self._now.fingerprint}"
        for place in self._missing:
            name = self._now.class_names[place]
            op = Operation(f"{op_id}-class-{place}", "class-add", text=name)
            store.append(self._row.id, op, IMPORTED)
        history = replay(store.events(self._row.id), self._row.classes)
        for place in self._missing:
            number = history.class_made_by(f"{op_id}-class-{place}")
            assert number is not None
            ids[place] = number
        _append(store, self._row, self._labels, ids, op_id)


def class_ids(history: History, began_with: Sequence[str], names: Sequence[str]) -> dict[int, int]:
    """{place of a name: id of the class that counts for it now}; a name without class is left out.

    The classes that a session began with are those of its data set, whatever they are called since.
    """
    active = {same(known.name).casefold(): known.id for known in history.classes.active}
    found = {}
    for place, name in enumerate(names):
        is_own = place < len(began_with) and began_with[place] == name
        number = history.classes.resolve(place) if is_own else active.get(same(name).casefold())
        if number is not None:
            found[place] = number
    return found


def _new_labels(history: History, before: Dataset, now: Dataset) -> NDArray[np.int64]:
    """(N,) what the added images bring, and what they say of earlier ones that had no label."""
    n = len(before)
    if now.labels is None:
        return np.full(len(now), -1)
    labels = now.labels.copy()
    if before.labels is None:
        labels[:n] = -1
    else:
        labels[:n][before.labels >= 0] = -1
    for example in np.flatnonzero(labels[:n] >= 0).tolist():
        if history.value(example) != NONE:
            labels[example] = -1
    return labels


def _append(
    store: LabelStore,
    row: SessionRow,
    labels: NDArray[np.int64],
    ids: Mapping[int, int],
    op_id: str,
) -> None:
    for place, number in ids.items():
        if examples := np.flatnonzero(labels == place).tolist():
            op = Operation(f"{op_id}-{place}", "label", examples, number)
            store.append(row.id, op, IMPORTED)
