"""The imports of a workspace, as a page begins and follows them: one at a time, in a thread.

A page may be reloaded or closed meanwhile; of a killed app nothing half-imported is left (see
importing/draft_folder.py).
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..atlas.first_map import MapProgress
from ..errors import Conflict, NotFound, UserError
from ..storage.jobs import Job
from ..storage.paths import UPLOADS, data_root
from .draft_folder import clean
from .import_data import Choice, ImportProgress, add_later, import_data, read_again
from .join_writer import joined
from .joining import Joining
from .uploads import Uploads


@dataclass(frozen=True)
class ImportRequest:
    """What to import: where it is, and what becomes of it."""

    where: Path
    name: str
    choice: Choice
    to: str = ""  # the data set to add it to; a new one if ""
    again: str = ""  # the data set that is read once more, and whose place it takes
    joining: Joining | None = None  # two data sets that become one, instead of all that
    session: str = ""  # that goes on with what comes of it


class ImportQueue:
    """What is being imported, or was last."""

    def __init__(
        self,
        workspace: Path,
        then: Callable[[str, str], Iterator[MapProgress]],
        retire: Callable[[str], None] = lambda old: None,
        make_room: Callable[[], None] = lambda: None,
        go_on: Callable[[str, str], Iterator[MapProgress]] = lambda session, new: iter(()),
    ):
        """`then` makes the map of a new data set, or brings sessions from the one it goes on from.

        It gets the ids of both, "" where there is no earlier one. `retire` removes one whose place
        another has taken, if nobody uses it. `make_room` ends what wants the processor too; like
        all that takes time it is called while the import is under way. `go_on` brings one session
        to a new data set, by the ids of both.
        """
        self.root = data_root(workspace)
        self.uploads = Uploads(workspace / UPLOADS)
        self.uploads.clean()
        if self.root.is_dir():
            clean(self.root)
        self._workspace, self._lock = workspace, threading.Lock()
        self._job: Job[ImportProgress] | None = None
        self._wish: ImportRequest | None = None
        self._count, self._then, self._retire = 0, then, retire
        self._make_room, self._go_on = make_room, go_on
        self._map: Job[MapProgress] | None = None

    def begin(self, wish: ImportRequest) -> None:
        """Start an import. UserError if another one is running."""
        with self._lock:
            if self.is_running:
                assert self._wish is not None
                raise Conflict(f"{self._wish.name} is being read. Wait, or cancel it first.")
            if wish.again:
                events = read_again(wish.again, self.root, wish.choice)
            elif wish.joining:
                events = joined(wish.joining, self.root)
            elif wish.to:
                events = add_later(wish.where, self.root, to=wish.to, choice=wish.choice)
            else:
                events = import_data(wish.where, self.root, name=wish.name, choice=wish.choice)
            self._wish, self._count = wish, self._count + 1
            self._job = Job(
                self._alone(events),
                is_end=lambda event: event.imported is not None,
                then=lambda last: self._finish(wish, last),
            )

    def _alone(self, events: Iterator[ImportProgress]) -> Iterator[ImportProgress]:
        """These, once the map of the last import and what learns have come to an end."""
        yield ImportProgress("ending what is under way")
        self.stop_map()  # first: a map that is made lets something learn
        self._make_room()
        yield from events

    def cancel(self) -> None:
        """Let the running import end; nothing of it is kept."""
        if self._job is not None:
            self._job.cancel()

    def wait(self) -> None:
        """Until nothing is being imported."""
        if self._job is not None:
            self._job.wait()

    def wait_for_map(self) -> None:
        """Until the map of what was imported is made."""
        if self._map is not None:
            self._map.wait()

    def stop_map(self) -> None:
        """Let go of a map that is being made; who opens the data set makes it then."""
        if self._map is not None:
            self._map.cancel()
            self._map.wait()

    @property
    def is_running(self) -> bool:
        """Whether something is being imported."""
        return self._job is not None and self._job.is_running

    def state(self) -> dict[str, Any] | None:
        """Where the import stands or how it ended, as JSON; None before the first."""
        job, wish = self._job, self._wish
        if job is None or wish is None:
            return None
        at = job.latest or ImportProgress("starting")
        return {
            "number": self._count,
            "state": job.state,
            "name": wish.name,
            "adds": bool(wish.to),
            "message": at.message,
            "done": at.done,
            "total": at.total,
            "taken": at.taken,
            "skipped": at.skipped,
            "seconds": at.seconds,
            "seconds_left": at.seconds_left,
            "error": job.error,
            "set": at.imported.id if job.state == "done" and at.imported else None,
            "map": self._map_state(),
        }

    def _map_state(self) -> dict[str, Any] | None:
        job = self._map
        if job is None:
            return None
        at = job.latest or MapProgress("starting", 0.0)
        return {"state": job.state, "message": at.message, "share": at.share, "error": job.error}

    def path(self, named: str) -> Path:
        """A path that a person named. UserError if it may not be read from the page."""
        named = named.strip()
        if named.startswith("hf:"):
            raise UserError(
                "Data sets of Hugging Face are read on the command line, because that uses the "
                f"network: python -m ssvae_core import {named} --name NAME"
            )
        if not named:
            raise UserError("Name a folder or a file.")
        return readable(named, data_roots(self._workspace))

    def within(self, where: Path) -> tuple[Path, ...]:
        """Where the files lie that an import of this may open, whatever it links to or names."""
        if self.uploads.holds(where):  # what others sent names no file of ours
            return (where if where.is_dir() else where.parent,)
        return tuple(data_roots(self._workspace))

    def _finish(self, wish: ImportRequest, last: ImportProgress) -> None:
        assert last.imported is not None
        new = last.imported.id
        if last.imported.instead_of:
            self._retire(last.imported.instead_of)
        then = self._go_on(wish.session, new) if wish.session else self._then(new, wish.to)
        self._map = Job(then, is_end=lambda event: False)


def data_roots(workspace: Path) -> list[Path]:
    """The folders that a page may read: SSVAE_DATA_ROOTS or the home folder, and the workspace."""
    named = os.environ.get("SSVAE_DATA_ROOTS", "").split(os.pathsep)
    return [*([Path(part) for part in named if part] or [Path.home()]), workspace]


def readable(named: str, roots: Sequence[Path]) -> Path:
    """The path that a person named on a page; a relative one is looked for in the first root.

    UserError where it lies outside the roots, or is not there.
    """
    try:
        path = Path(named).expanduser()
        found = (path if path.is_absolute() else roots[0] / path).resolve()
        is_ours = any(found.is_relative_to(root.resolve()) for root in roots)
        is_there = is_ours and found.exists()
    except (OSError, ValueError, RuntimeError):  # too long, with a zero, of nobody, closed
        raise UserError(f"{named[:80]!r} is no path that can be read. Check it.") from None
    if not is_ours:
        raise UserError(
            f"{named} lies outside what this page may read: "
            f"{', '.join(map(str, roots))}. Name another, or add its folder to "
            "SSVAE_DATA_ROOTS."
        )
    if not is_there:
        raise NotFound(f"There is no {named}. Check the path.")
    return found
