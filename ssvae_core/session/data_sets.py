"""The data sets of a workspace: how images come in, get a first map, are opened, and go.

A file on its way to the map: importing/queue.py runs an import (run.py reads it into a draft, which
becomes a folder of the library), then `bring_to_map` below makes its first map, and an M1 learns in
the background until a page opens a session.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from ..atlas.first_map import MapProgress
from ..data import SOURCES, Dataset, library, load_dataset
from ..data.bundled_summary import READY
from ..data.manifest import read_manifest
from ..errors import Conflict, NotFound, UserError
from ..importing.import_data import Choice
from ..importing.joining import Joining
from ..importing.origin import origin_to_read
from ..importing.queue import ImportQueue, ImportRequest, data_roots
from ..labels.store import SessionRow
from .encoder_choice import EncoderChoice
from .workspace import Workspace

log = logging.getLogger(__name__)

LONGEST_TITLE = 44  # characters of a data set's title in the name of a session


class DataSets:
    """One for a server: it removes what an earlier one left of imports and uploads."""

    def __init__(self, workspace: Workspace):
        self._workspace = workspace
        # The decoders want the processor, and an import may take the place of what is learned.
        then = self.bring_to_map, self._retire, workspace.cool, self.bring_session
        self.imports = ImportQueue(workspace.root, *then)
        self.root, self.uploads = self.imports.root, self.imports.uploads
        self.encoder = EncoderChoice(workspace, self.root, self.imports.path)

    @property
    def roots(self) -> list[Path]:
        """The folders that a path to import may lie in."""
        return data_roots(self._workspace.root)

    # How one comes in

    def begin_upload(self, name: str, n_files: int, n_bytes: int) -> str:
        """The id of an upload, see Uploads.begin. UserError while something is being imported."""
        if self.imports.is_running:
            raise Conflict("An import is running. Wait for it, or cancel it first.")
        return self.uploads.begin(name, n_files, n_bytes)

    def add_upload(self, upload: str, name: str, choice: Choice, to: str = "") -> None:
        """Import what was uploaded, as a new data set or `to` another. UserError if it is gone."""
        self._begin(self.uploads.source(upload), name, choice, to)

    def add_path(self, path: str, name: str, choice: Choice, to: str = "") -> None:
        """Import what lies at a path. UserError if it is not there, or may not be read."""
        self._begin(self.imports.path(path), name, choice, to)

    def _begin(self, where: Path, name: str, choice: Choice, to: str) -> None:
        if to:
            name = read_manifest(library.folder_of(to, self.root))["name"]
        else:
            name = library.checked_name(name or where.stem)
        self._import(ImportRequest(where, name, choice, to=to))

    def joining(self, name: str, of: str, as_they_are: bool) -> Joining:
        """What it would be to join a data set to another as a domain. UserError if it cannot be."""
        return Joining(self.find(of), self.find(name), as_they_are)

    def join(self, name: str, of: str, as_they_are: bool, session: str = "") -> None:
        """Join a data set to another as a domain; both stay. A session on the other may go on.

        UserError if they do not go together, or there is no such session on the other.
        """
        what = self.joining(name, of, as_they_are)
        if session and session not in {row.id for row in self.sessions_on(what.first.name)}:
            raise NotFound(
                f"No session '{session}' is on {what.first.title}. Choose one of its sessions, or "
                "begin a new one on what comes of it."
            )
        wish = ImportRequest(Path(what.second.name), what.title, Choice(), joining=what)
        self.imports.begin(replace(wish, session=session))

    def bring_session(self, session: str, new: str) -> Iterator[MapProgress]:
        """Let one session go on with a data set that begins with its own images."""
        yield MapProgress("bringing the new images to the map of the session", 0.0)
        with self._workspace.data_lock:
            self._workspace.add_images(session, new)

    def read_again(self, name: str, choice: Choice) -> None:
        """Import what a data set was made from once more; what the choice leaves open stays.

        It takes the other's place if no session is on it and nothing of it is missing. UserError if
        what it was made from is gone or not known.
        """
        found = self.id_of(name)
        manifest = read_manifest(library.folder_of(found, self.root))
        where = Path(origin_to_read(manifest).where)
        self._import(ImportRequest(where, manifest["name"], choice, again=found))

    def _import(self, wish: ImportRequest) -> None:
        within = self.imports.within(wish.where)
        self.imports.begin(replace(wish, choice=replace(wish.choice, within=within)))

    def _retire(self, old: str) -> None:
        """Remove a data set that another has taken the place of, unless a session is on it."""
        with self._workspace.data_lock:  # no session is begun meanwhile
            if not self.sessions_on(old) and library.find(old, self.root):
                try:
                    library.delete(old, self.root)
                except UserError as error:  # it stays in the list
                    log.warning("%s was read again, and stays: %s", old, error)

    def bring_to_map(self, new: str, old: str) -> Iterator[MapProgress]:
        """The first map of a new data set; or sessions on an earlier one go on with the new images.

        The earlier one goes when nothing is on it any more: all of it is in the new one.
        """
        if not old:
            yield from self._workspace.prepare(new)
            self._workspace.warm(new)
            return
        while True:
            with self._workspace.data_lock:  # no session is begun meanwhile
                rows = self.sessions_on(old)
                if not rows:
                    library.delete(old, self.root)
                    return
            for done, row in enumerate(rows):
                share = done / len(rows)
                yield MapProgress(f"bringing the new images to the map of {row.name}", share)
                self._workspace.add_images(row.id, new)

    # What is done with it

    def find(self, name: str) -> Dataset:
        """A bundled one by its name, an imported one by its id or name. UserError if none."""
        return load_dataset(name if name in SOURCES else self.id_of(name), self.root)

    def id_of(self, name: str) -> str:
        """The id of an imported one. UserError if there is none."""
        return library.folder_of(name, self.root).name

    def sessions_on(self, name: str) -> list[SessionRow]:
        """The sessions on a data set, newest first."""
        return [row for row in self._workspace.sessions() if row.data == name]

    def open(self, name: str) -> SessionRow:
        """A new session on it, named by it and the day. UserError if there is no such data set."""
        self.imports.wait_for_map()
        title = READY[name].title if name in READY else self._workspace.dataset(name).title
        return self._workspace.create(f"{title[:LONGEST_TITLE]}, {datetime.now():%A}", data=name)

    def delete(self, name: str) -> None:
        """Remove an imported one for good, and stop what is learned of it. UserError if none."""
        found = self.id_of(name)
        self.imports.stop_map()
        self._workspace.cool()
        library.delete(found, self.root)
