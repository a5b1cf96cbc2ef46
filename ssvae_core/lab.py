"""The workspace: a folder with everything a person has done, and its sessions."""

from __future__ import annotations

import threading
from datetime import datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .data import load_dataset
from .errors import UserError
from .labels.store import LabelStore, SessionRow
from .session import Session
from .workspace import default_workspace


class Lab:
    """The workspace: all sessions, opened when asked for. One trainer works at a time."""

    def __init__(self, workspace: Path):
        """Open or create the workspace folder. UserError if it may not be written."""
        try:
            (workspace / "sessions").mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UserError(
                f"The workspace {workspace} cannot be used: {error.strerror}. "
                "Name another folder in SSVAE_WORKSPACE."
            ) from error
        self.workspace = workspace
        self.store = LabelStore(workspace / "labels.db")
        self._open: dict[str, Session] = {}
        self._lock, self._floor = threading.Lock(), threading.Lock()

    def sessions(self) -> list[SessionRow]:
        """Every session, newest first."""
        return self.store.sessions()

    def newest(self) -> SessionRow:
        """The newest session; the first one is made here."""
        with self._lock:
            rows = self.sessions()
            return rows[0] if rows else self.create(default_name())

    def create(self, name: str, data: str = "mnist", model: str = "m1m2") -> SessionRow:
        """A new session on a data set. UserError for an empty name or an unknown data set."""
        dataset = load_dataset(data)
        return self.store.create_session(
            name, data=data, model=model, n_examples=len(dataset), classes=dataset.class_names
        )

    def session(self, session_id: str) -> Session:
        """The session with this id. UserError if there is none."""
        with self._lock:
            if session_id not in self._open:
                row = self.store.session(session_id)
                folder = self.workspace / "sessions" / row.id
                folder.mkdir(exist_ok=True)
                self._open[session_id] = Session(row, self.store, folder)
            return self._open[session_id]

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
                session.trainer.start()
        return session

    def command(self, session_id: str, name: str) -> None:
        """A command to a session's trainer; a resting or failed one is started by `resume`."""
        session = self.session(session_id)
        if name != "resume" or session.trainer.is_training:
            session.trainer.command(name)
        else:
            self.attend(session_id)

    def dataset_images(self, fingerprint: str) -> NDArray[np.uint8]:
        """The images with this fingerprint: (N, H, W, C). UserError if no session has them."""
        for session in list(self._open.values()):
            if session.data.fingerprint == fingerprint:
                return session.data.images
        raise UserError(f"No open session has images {fingerprint}. Reload the page.")

    def close(self) -> None:
        """Stop all trainers."""
        for session in list(self._open.values()):
            session.close()
        self.store.close()


def default_name() -> str:
    """A name for a session to begin with: "Digits, Tuesday"."""
    return f"Digits, {datetime.now():%A}"


__all__ = ["Lab", "default_name", "default_workspace"]
