"""The encoder of a data set, as the data page shows and changes it: one change at a time.

What has to be opened to be known (a file, weights by name) is opened first, in a process of its
own, while the page waits. Weights that are not on this machine are fetched only where the wish
says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from ..data import Dataset, library
from ..data.dataset import AUTO, FEATURES
from ..encoders import ENCODERS, check_encoder, chosen_encoder, encoder_beside
from ..encoders.opening import (
    Network,
    Opening,
    download_of,
    is_opened,
    lasting,
    local_path,
    opened_apart,
)
from ..encoders.wanted import wanted_encoder
from ..errors import Conflict, NeedsDownload
from ..importing.feature_file import path_of, read_features
from ..storage.jobs import Job
from .encoder_files import encoder_notes, forget_encoder, forget_others
from .workspace import Workspace


class EncoderChoice:
    """One for a server."""

    def __init__(self, workspace: Workspace, root: Path, path: Callable[[str], Path]):
        """`root` is of the data sets; `path` gives a file that a page may name, or UserError."""
        self._workspace, self._root, self._path = workspace, root, path
        self._job: Job[Opening] | None = None
        self._set, self._choice, self._network = "", "", ""
        self._download: dict[str, Any] | None = None

    def begin(self, name: str, choice: str, network: Network = "none") -> None:
        """Give a data set another encoder, now or when it has been opened.

        `network` as of `opened_apart`. Raises UserError for one that does not suit it, and Conflict
        while another is opened.
        """
        if self._job is not None and self._job.is_running:
            raise Conflict("An encoder is being opened. Wait, or cancel it first.")
        self._job, self._download = None, None
        data = self._workspace.dataset(name)
        choice = self._named(choice, data)
        if path := path_of(choice):
            features = read_features(path).of_examples(data.file_names, len(data))
            library.set_features(name, features, self._root)
            self._workspace.begin_anew(name)
        elif is_opened(choice):
            self._set, self._choice, self._network = name, choice, network
            self._job = Job(
                self._opened(choice, network),
                is_end=lambda event: bool(event.key),
                then=lambda last: self._change(name, choice, last.key),
            )
        else:
            self._change(name, choice)

    def cancel(self) -> None:
        """Let the opening end; the data set keeps the encoder that it has."""
        if self._job is not None:
            self._job.cancel()
            self._job.wait()
        self._job, self._download = None, None

    def state(self) -> dict[str, Any] | None:
        """Where the opening stands, or how it ended, as JSON; None where nothing was opened."""
        job = self._job
        if job is None:
            return None
        return {
            "set": self._set,
            "encoder": self._choice,
            "network": self._network,
            "state": job.state,
            "message": job.latest.message if job.latest else "",
            "error": "" if self._download else job.error,
            "download": self._download if not job.is_running else None,
        }

    def _named(self, choice: str, data: Dataset) -> str:
        """The choice by a path that the page may read. UserError if it does not suit the data."""
        if choice == FEATURES and data.features is not None:
            return choice
        check_encoder(choice)
        if path := local_path(choice):  # wherever else it lies, the page may not read it
            choice = choice.replace(path, str(self._path(path)), 1)
        chosen_encoder(choice, data.shape, data.features is not None)
        return lasting(choice)

    def _opened(self, choice: str, network: Network) -> Iterator[Opening]:
        try:
            yield from opened_apart(choice, network)
        except NeedsDownload as error:
            self._download = download_of(error)
            raise

    def _change(self, name: str, choice: str, key: str = "") -> None:
        before = self._workspace.dataset(name)
        library.set_encoder(name, choice, self._root)
        data, root = self._workspace.dataset(name), self._workspace.root
        sessions = [row.id for row in self._workspace.sessions() if row.data == name]
        if key:
            forget_others(data, root, sessions, key)
        if not wanted_encoder(data):
            forget_encoder(before, root, sessions)
        self._workspace.begin_anew(name)


def in_words(data: Dataset, workspace: Path) -> dict[str, Any]:
    """What is chosen for a data set, what that stands for, and what else there is to choose.

    `changed` is a sentence where its file is no longer what it was, or gone. `beside` is the
    encoder that `auto` takes beside what it stands for, "" for none. An option's `argument` is what
    has to be said with it: "" for nothing, FILE or NAME.
    """
    has_features = data.features is not None
    auto = chosen_encoder(AUTO, data.shape, has_features)
    options = [
        {"name": name, "title": kind.title, "about": kind.about, "argument": kind.argument}
        for name, kind in ENCODERS.items()
        if data.kind == "image" or name == FEATURES
    ]
    return {
        "choice": data.encoder,
        "stands_for": auto,
        "beside": encoder_beside(AUTO, data.shape, has_features),
        "n_features": data.features.shape[1] if data.features is not None else 0,
        "options": options,
        "changed": " ".join(encoder_notes(data, workspace)),
    }
