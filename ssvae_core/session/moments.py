"""The moments of a session: what was guessed and drawn at some numbers of labels, kept for later.

A moment is what was shown last while the same operations stood. It is named by these operations, so
the moments that are listed follow the history as it is now: those of labels that were undone are
hidden, and redo brings them back. An undo of an early operation hides all that came after it.

Up to EVERY_LABEL labels there is one at each, then one at each SPACING times as many. Where a
session's moments would be larger than MOST_BYTES, hidden ones go first, then those that lie closest
to their neighbours. They are written in a thread of their own: no label waits for a disk.
"""

from __future__ import annotations

import hashlib
import logging
import math
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import NotFound
from ..labels.history import History
from ..predictions import Guesses
from ..protocol.messages import Snapshot
from .moment_files import packed, read_about, read_moment, write_moment
from .shown_moment import MAP, TOLD, Bytes, Shown, is_whole, map_of, places_of

EVERY_LABEL = 20  # labels
SPACING = 1.05  # times the labels, beyond these
MOST_BYTES = 20 * 10**6  # of a session's moments, maps too
MOMENT, OF_MAP = "{}.moment", "map-{}.moment"
GONE = "This moment is not kept any longer. Choose another."

About = dict[str, Any]

log = logging.getLogger(__name__)


class KeptMoments:
    """Of a session, in its folder. What takes a history wants the session's lock held."""

    def __init__(self, folder: Path):
        """See what an earlier run kept."""
        self.folder, self._lock = folder, threading.Lock()  # over the three below
        self._kept: dict[str, About] = {}
        self._sizes: dict[str, int] = {}  # bytes of each file, by its name
        self._waiting: dict[str, Shown] = {}  # for the disk
        self._now: Shown | None = None  # waits for other labels
        self._line: tuple[int, list[str]] = -1, []  # names at an event
        self._writer = ThreadPoolExecutor(1, "moments")
        for path in sorted(folder.glob(MOMENT.format("*"))) if folder.is_dir() else ():
            try:
                self._see(path)
            except (OSError, ValueError) as error:
                log.warning("The moment in %s is left out: %s", path, error)

    def keep(
        self,
        history: History,
        snapshot: Snapshot,
        guesses: Guesses | None,
        labels: NDArray[np.int16],
        xy: NDArray[np.float32],
    ) -> None:
        """What is shown now, of a snapshot that knows all labels (N,), on the map (N, 2).

        The last with the same labels is written once others stand.
        """
        if guesses is None or snapshot.label_seq != history.seq:
            return
        name = (self._names(history) or [""])[-1]
        if self._now is not None and self._now.name != name:
            self._write_now()
        if name and self._is_wanted(history, snapshot.n_labels):
            self._now = Shown(name, snapshot, guesses, labels.astype(np.uint8), xy, time.time())

    def listed(self, history: History) -> list[About]:
        """The moments of the operations that stand, oldest first, as JSON."""
        line, now = self._names(history), self._now
        with self._lock:
            known = dict(self._kept)
        if now is not None:
            known[now.name] = now.about
        return [known[name] for name in line if name in known]

    def n_hidden(self, history: History) -> int:
        """How many are kept of operations that were undone."""
        line = set(self._names(history))
        with self._lock:
            return sum(name not in line for name in self._kept)

    @property
    def n_bytes(self) -> int:
        """What their files take."""
        with self._lock:
            return sum(self._sizes.values())

    def array(self, name: str, what: str) -> Bytes:
        """GUESSES or DRAWINGS of a moment, see Shown.arrays. NotFound if it has none."""
        if (shown := self._in_memory(name)) is not None:
            found = shown.arrays()
            if what in found:
                return found[what]
        try:
            return read_moment(self.folder / MOMENT.format(name), what)
        except (KeyError, OSError, ValueError) as error:
            raise NotFound(GONE) from error

    def xy(self, name: str) -> NDArray[np.float32]:
        """The map of a moment: (N, 2), in [0, 1]. NotFound if it has none."""
        if (shown := self._in_memory(name)) is not None:
            return shown.xy
        try:
            with self._lock:
                of_map = OF_MAP.format(self._kept[name][MAP])
            return map_of(read_moment(self.folder / of_map, MAP))
        except (KeyError, OSError, ValueError) as error:
            raise NotFound(GONE) from error

    def close(self) -> None:
        """Wait until all are written."""
        if self._now is not None:
            self._write_now()
        self._writer.shutdown()

    def _see(self, path: Path) -> None:
        """Take in a file of before. OSError or ValueError if it is damaged."""
        about = read_about(path)
        if path.name != OF_MAP.format(about.get(MAP)):
            if not is_whole(about) or path.name != MOMENT.format(about["id"]):
                raise ValueError("it is no moment")
            self._kept[about["id"]] = {key: about[key] for key in TOLD}
        self._sizes[path.name] = path.stat().st_size

    def _names(self, history: History) -> list[str]:
        """A name for what stood after each of the operations that stand, in order."""
        if self._line[0] != history.seq:
            digest, names = hashlib.sha256(), []
            for done in history.operations:
                if done.stands:
                    digest.update(done.op_id.encode("utf-8", "replace") + b"\0")
                    names.append(digest.hexdigest()[:20])
            self._line = history.seq, names
        return self._line[1]

    def _is_wanted(self, history: History, n_labels: int) -> bool:
        """Whether these labels have a moment already, or are far enough from the one before."""
        line = self._names(history)
        if n_labels <= EVERY_LABEL or (self._now is not None and self._now.name == line[-1]):
            return True
        with self._lock:
            if line[-1] in self._kept:
                return True
            before = [self._kept[name]["n_labels"] for name in line[:-1] if name in self._kept]
        return not before or abs(math.log(n_labels / before[-1])) >= math.log(SPACING)

    def _in_memory(self, name: str) -> Shown | None:
        now = self._now
        if now is not None and now.name == name:
            return now
        with self._lock:
            return self._waiting.get(name)

    def _write_now(self) -> None:
        """Have a thread write what waited for other labels."""
        shown, self._now = self._now, None
        assert shown is not None
        with self._lock:
            self._waiting[shown.name], self._kept[shown.name] = shown, shown.about
        self._writer.submit(self._write, shown, {*self._line[1], shown.name})

    def _write(self, shown: Shown, standing: set[str]) -> None:
        """Write one, and its map unless that is there; then what is too much goes."""
        of_map = OF_MAP.format(shown.about[MAP])
        try:
            if of_map not in self._sizes:
                self._put(of_map, packed({MAP: shown.about[MAP]}, {MAP: places_of(shown.xy)}))
            self._put(MOMENT.format(shown.name), packed(shown.about, shown.arrays()))
        except OSError as error:
            log.warning("A moment is not kept for later: %s", error)
            with self._lock:
                self._kept.pop(shown.name, None)
        with self._lock:
            if self._waiting.get(shown.name) is shown:
                del self._waiting[shown.name]
            self._thin_out(standing)

    def _put(self, name: str, content: bytes) -> None:
        write_moment(self.folder / name, content)
        with self._lock:
            self._sizes[name] = len(content)

    def _thin_out(self, standing: set[str]) -> None:
        """Let moments go until the rest is within MOST_BYTES; and maps that none has any longer."""
        while sum(self._sizes.values()) > MOST_BYTES and len(self._kept) > 1:
            gone = _least_missed(self._kept, standing)
            del self._kept[gone]
            wanted = {OF_MAP.format(about[MAP]) for about in self._kept.values()}
            wanted |= {MOMENT.format(name) for name in self._kept}
            for name in self._sizes.keys() - wanted:
                with suppress(OSError):
                    (self.folder / name).unlink(missing_ok=True)
                del self._sizes[name]


def _least_missed(kept: dict[str, About], standing: set[str]) -> str:
    """The one to let go: an undone one, or the one closest to its neighbours by ratio of labels.

    The first and the last of those that stand stay, unless there are no others.
    """
    for name in kept:
        if name not in standing:
            return name
    order = sorted(kept.values(), key=lambda about: (about["n_labels"], about["at"]))
    counts = [about["n_labels"] for about in order]
    gaps = [after / before for before, after in zip(counts[:-2], counts[2:], strict=True)]
    return str(order[1 + gaps.index(min(gaps)) if gaps else 0]["id"])
