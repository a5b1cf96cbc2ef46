"""The workspace: a folder with everything a person has done, and its sessions."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..atlas import starter_folders
from ..atlas.first_map import MapProgress
from ..data import Dataset, load_dataset, place_of
from ..encoders.wanted import any_encoder
from ..errors import Conflict, NotFound, NotWritten
from ..labels.backup import BackupThread
from ..labels.classes import MOST_CLASSES
from ..labels.opening import open_labels
from ..labels.place import place_of_labels
from ..labels.store import SessionRow
from ..options.catalogue import DEFAULT_ON_VECTORS, IN_SESSIONS
from ..storage.lock import WorkspaceLock
from ..storage.paths import (
    M1,
    OWN_STARTER,
    SESSIONS,
    data_root,
    default_workspace,
    session_folder,
)
from .background_pretraining import BackgroundPretraining
from .closing import close_together
from .encoder_files import encoder_notes
from .imported_labels import NewLabels, take_imported
from .session import Session

log = logging.getLogger(__name__)


class Workspace:
    """The workspace: all sessions, opened when asked for. One trainer works at a time."""

    def __init__(self, root: Path, *, for_app: bool = False):
        """Open or create the workspace folder. UserError if it may not be written.

        An app keeps other apps out, looks at the label store first, and has it backed up. A command
        beside it does not.
        """
        try:
            (root / SESSIONS).mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise NotWritten(
                f"The workspace {root} cannot be used: {error.strerror}. "
                "Name another folder in SSVAE_WORKSPACE."
            ) from error
        self.root = root
        self.lock = WorkspaceLock(root) if for_app else None
        try:
            self.store = open_labels(root, for_app=for_app)
            place = place_of_labels(root)
        except Exception:
            if self.lock is not None:
                self.lock.release()
            raise
        self._backups = BackupThread(place) if for_app and isinstance(place, Path) else None
        self._open: dict[str, Session] = {}
        self.background: BackgroundPretraining | None = None
        self._lock, self._floor = threading.Lock(), threading.Lock()
        self.data_lock = threading.RLock()  # held while a session is begun or a data set goes

    def sessions(self) -> list[SessionRow]:
        """Every session, newest first."""
        return self.store.sessions()

    def open_sessions(self) -> list[Session]:
        """Those that were opened since the app began."""
        return list(self._open.values())

    def newest(self) -> SessionRow:
        """The newest session; the first one is made here."""
        with self._lock:
            rows = self.sessions()
            return rows[0] if rows else self.create(default_name())

    def create(self, name: str, data: str = "mnist", model: str = "") -> SessionRow:
        """A new session on a data set, with the labels that came with it, if some did.

        `model` "" is what suits the data. UserError for an empty name or an unknown data set.
        """
        with self.data_lock:
            dataset = self.dataset(data)
            if len(dataset.class_names) > MOST_CLASSES:
                raise Conflict(
                    f"{dataset.title} has {len(dataset.class_names)} classes, and a session holds "
                    f"at most {MOST_CLASSES}. Ignore them on the page of data sets to begin one."
                )
            row = self.store.create_session(
                name,
                data=data,
                model=model or self.first_model(dataset),
                n_examples=len(dataset),
                classes=dataset.class_names,
            )
        if dataset.labels is not None:
            take_imported(self.store, row, dataset.labels)
        return row

    def dataset(self, name: str) -> Dataset:
        """The data set of this name or id. UserError if there is none."""
        return load_dataset(name, data_root(self.root))

    def first_model(self, data: Dataset) -> str:
        """What a new session on a data set learns with if nobody chooses.

        On images, until an M1 of theirs is there, that is what features.plan_on has instead.
        """
        return DEFAULT_ON_VECTORS if data.kind == "vector" else IN_SESSIONS

    def prepare(self, name: str) -> Iterator[MapProgress]:
        """Make the first map of a data set, so that a session on it opens at once."""
        return starter_folders.prepared(self.dataset(name), self.root)

    def warm(self, name: str) -> None:
        """Encode the images of a data set, and let an M1 learn them, unless that is there."""
        data = self.dataset(name)
        starter = starter_folders.starter_of(data, self.root)
        with self._floor:
            self._cool()
            ships = starter_folders.shipped(data) is not None
            is_encoded = starter_folders.is_encoded(starter, any_encoder(data, ships))
            if not ((starter / M1).is_dir() and is_encoded):
                on = name, place_of(name, data_root(self.root)), len(data), starter
                self.background = BackgroundPretraining(*on, self._is_busy)

    def begin_anew(self, name: str) -> None:
        """Learn a data set's images anew, because its encoder is another: labels stay.

        Its open sessions are opened again, with a trainer where they had one.
        """
        trained = [
            identity
            for identity, session in list(self._open.items())
            if session.row.data == name and self._closed(identity)
        ]
        for identity in trained:
            self.attend(identity)
        if not trained:
            self.warm(name)

    def _closed(self, identity: str) -> bool:
        """Let go of an open session; whether its trainer was at work."""
        with self._lock:
            session = self._open.pop(identity)
            was_training = session.trainer.is_training
            session.close()
        return was_training

    def cool(self) -> None:
        """Stop what learns before its session is opened; what it knows is kept."""
        with self._floor:
            self._cool()

    def _cool(self) -> None:
        if self.background is not None:
            self.background.stop()

    def _is_busy(self) -> bool:
        return any(session.trainer.is_busy for session in list(self._open.values()))

    def add_images(self, session_id: str, data: str, *, trains: bool = True) -> Session:
        """Go on with a data set that begins with the session's own images.

        Labels stay, and so do the images on the map; the new ones come to their nearest, with the
        labels that came with them, and have guesses as soon as labels have propagated. UserError if
        it is not such a data set.
        """
        session, dataset = self.session(session_id), self.dataset(data)
        n = len(session.data)
        if len(dataset) < n or dataset.shape != session.data.shape:
            raise Conflict(
                f"{dataset.title} does not go on from the images of this session. "
                "Add images to the data set that the session is on."
            )
        labels = NewLabels(session.row, session.history, session.data, dataset)
        own = session.folder / OWN_STARTER
        shared = starter_folders.starter_of(session.data, self.root)
        session.close()
        starter_folders.extend(own, shared, session.atlas, dataset)
        with self._lock:
            self.store.move(session_id, data, len(dataset))
            labels.take_in(self.store)
            del self._open[session_id]
        return self.attend(session_id) if trains else self.session(session_id)

    def session(self, session_id: str) -> Session:
        """The session with this id. UserError if there is none."""
        known = self._open.get(session_id)
        if known is not None:  # no label waits until another session is opened
            return known
        with self._lock:
            if session_id not in self._open:
                row = self.store.session(session_id)
                self._open[session_id] = self._opened(row)
            return self._open[session_id]

    def _opened(self, row: SessionRow) -> Session:
        data = self.dataset(row.data)
        folder = session_folder(self.root, row.id)
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise NotWritten(
                f"The folder {folder} of this session cannot be used: {error.strerror}. See what "
                "lies there, and who may write."
            ) from error
        notes = self._map_notes(data, folder / OWN_STARTER)
        return Session(
            row,
            self.store,
            folder,
            data,
            place=place_of(row.data, data_root(self.root)),
            starter=starter_folders.starter_of(data, self.root),
            notes=(*data.notes, *notes, *encoder_notes(data, self.root, folder)),
        )

    def _map_notes(self, data: Dataset, own: Path) -> list[str]:
        """See to the map, see starter_folders.mend. UserError if there can be none."""
        try:
            return starter_folders.mend(own, data, self.root)
        except (ValueError, ArithmeticError, LookupError, MemoryError) as error:
            log.exception("The first map of %s cannot be made", data.name)
            raise Conflict(
                f"{data.title} cannot be laid out on a map: {str(error).partition(chr(10))[0]} "
                "Labels are kept. Open another session, at the top right, or import the data again."
            ) from error

    def attend(self, session_id: str) -> Session:
        """The session, its trainer started; the trainers of the others rest.

        Two trainers on the same cores are several times slower than one after the other.
        UserError if there is no such session.
        """
        session = self.session(session_id)
        with self._floor:
            for other in list(self._open.values()):
                if other is not session and other.trainer.is_training:
                    other.trainer.rest()
            if not session.trainer.is_training:
                if self.background is not None and self.background.data == session.row.data:
                    self.background.stop()  # the session goes on with what it has learned
                session.trainer.start()
        return session

    def command(self, session_id: str, name: str) -> None:
        """A command to a session's trainer; a resting or failed one is started by `resume`."""
        session = self.session(session_id)
        if name != "resume" or session.trainer.is_training:
            session.trainer.command(name)
        else:
            self.attend(session_id)

    def choose(self, session_id: str, **chosen: Any) -> None:
        """Another model, or fitted otherwise, see Session.choose; the trainer starts with it."""
        session = self.session(session_id)
        before = session.row.model, session.options
        session.choose(**chosen)
        if (session.row.model, session.options) != before and session.trainer.is_training:
            session.trainer.restart()
        self.attend(session_id)

    def dataset_images(self, fingerprint: str) -> NDArray[np.uint8]:
        """What is shown of an open session's examples: (N, H, W, C). UserError without one."""
        for session in list(self._open.values()):
            if session.data.fingerprint == fingerprint:
                return session.data.pictures
        raise NotFound(f"No open session has images {fingerprint}. Reload the page.")

    def close(self) -> None:
        """Stop all trainers, after a last checkpoint of each."""
        close_together(self.cool, *(session.close for session in self.open_sessions()))
        if self._backups is not None:
            self._backups.stop()
        self.store.close()
        if self.lock is not None:
            self.lock.release()


def default_name(title: str = "Digits") -> str:
    """A name for a session to begin with: "Digits, Tuesday"."""
    return f"{title}, {datetime.now():%A}"


__all__ = ["Workspace", "default_name", "default_workspace"]
