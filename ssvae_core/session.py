"""A session: one data set that somebody labels, and the verbs of the page that shows it.

A label is first stored, then acknowledged, then sent to the trainer; whatever the trainer does or
fails to do, labelling goes on. Methods may be called from any thread: requests, the worker's
messages and several browsers share one Session.

Letters in shapes: N examples, K classes, H, W, C an image's height, width and channels.
"""

from __future__ import annotations

import itertools
import os
import secrets
import threading
import time
from collections.abc import Collection
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .acquisition import STRATEGIES, Situation, suggest
from .atlas import Atlas
from .backend.messages import Open, Snapshot
from .catalogue import CATALOGUE
from .data import ASSETS, load_dataset
from .errors import UserError
from .files import MANIFEST
from .labels.history import Done, replay
from .labels.store import LabelStore, Operation, Receipt, SessionRow
from .learning_curve import LearningCurve
from .milestones import Milestones
from .trainer import Trainer

CLASS_KEYS = "0123456789wetyioadfhq"


class Session:
    """Everything a page shows of one session, and everything it can do."""

    def __init__(self, row: SessionRow, store: LabelStore, folder: Path):
        """Open the session; its trainer starts with `train`."""
        self.row, self.folder, self._store = row, folder, store
        self.data = load_dataset(row.data)
        self.class_names = row.classes
        self._lock = threading.RLock()
        self._boot, self._changes = secrets.token_hex(3), itertools.count()
        self.version = ""
        self._history = replay(store.events(row.id))
        self.labels = np.full(len(self.data), -1, np.int16)  # (N,)
        for example, label in self._history.labels.items():
            self.labels[example] = label
        self._saved_at = self._history.undoable[-1].at if self._history.undoable else None
        self._atlas_stamp = -1
        self._load_atlas()
        self.xy, self.map_version = self.atlas.xy, 1
        self._moved: float | None = None
        self.snapshot: Snapshot | None = None
        self._snapshot_at = 0.0
        self.guesses: NDArray[np.uint8] | None = None  # (4, N), see `_read_guesses`
        self.probabilities: NDArray[np.float32] | None = None  # (N, K)
        self._accuracy: dict[str, Any] | None = None
        self._curve = LearningCurve(store, row.id)
        self._milestones = Milestones(folder / "samples")
        self.trainer = Trainer(
            self._open,
            self._history,
            self._lock,
            on_snapshot=self._take_snapshot,
            on_change=self._change,
            log_file=folder / "worker.log",
        )
        self._change()

    # What a person does

    def do(self, op: Operation, annotator: str = "") -> Receipt:
        """Store an operation (a label, a clear, undo, redo) and pass it on to the trainer.

        Raises UserError if it cannot be done or could not be stored.
        """
        receipt = self._store.append(self.row.id, op, annotator)
        with self._lock:
            self._catch_up()
            self._saved_at = max(self._saved_at or 0.0, receipt.at)
            self.trainer.send_labels()
        return receipt

    def close(self) -> None:
        """Stop the trainer; what is stored stays."""
        self.trainer.stop()
        self._curve.close()

    # What a page shows

    def state(self) -> dict[str, Any]:
        """All that is small, as JSON; see api.py. What is large has a version in it."""
        with self._lock:
            history, counts = self._history, np.bincount(self.labels[self.labels >= 0])
            counts = np.pad(counts, (0, len(self.class_names) - len(counts)))
            return {
                "version": self.version,
                "session": {
                    "id": self.row.id,
                    "name": self.row.name,
                    "model": self.row.model,
                    "model_title": CATALOGUE[self.row.model][0],
                    "created": self.row.created,
                },
                "data": {
                    "name": self.data.name,
                    "title": self.data.title,
                    "fingerprint": self.data.fingerprint,
                    "n": len(self.data),
                    "shape": list(self.data.shape),
                },
                "classes": [
                    {
                        "id": i,
                        "name": name,
                        "key": CLASS_KEYS[i],
                        "glyph": name[:2],
                        "count": int(n),
                    }
                    for i, (name, n) in enumerate(zip(self.class_names, counts, strict=True))
                ],
                "labels": {
                    "seq": history.seq,
                    "n": len(history.labels),
                    "saved_at": self._saved_at,
                },
                "undo": self._in_words(history.undoable[-1]) if history.undoable else None,
                "redo": self._in_words(history.redoable[-1]) if history.redoable else None,
                "map": {"version": self.map_version, "moved": self._moved},
                "snapshot": self._snapshot_state(),
                "accuracy": self._accuracy,
                "samples": self._milestones.listed(self.snapshot),
                "curve": self._curve.version,
                "trainer": self.trainer.state(),
            }

    def label_bytes(self) -> tuple[bytes, int]:
        """Every example's class, 255 without, and the seq they are of."""
        with self._lock:
            return self.labels.astype(np.uint8).tobytes(), self._history.seq

    def current_guesses(self) -> tuple[str, NDArray[np.uint8]]:
        """The snapshot's version and (4, N), see `_read_guesses`. UserError before any label."""
        with self._lock:
            state = self._snapshot_state()
            if state is None or self.guesses is None:
                raise UserError("There is no guess yet. Label an image first.")
            return state["rev"], self.guesses

    def samples(self, name: str) -> NDArray[np.uint8]:
        """The images that `state` lists under this name. UserError if they are gone."""
        return self._milestones.images(name, self.snapshot)

    def queue(self, strategy: str, n: int, without: Collection[int]) -> dict[str, Any]:
        """What to ask next, with reasons. UserError for an unknown strategy."""
        with self._lock:
            situation = Situation(
                self.atlas, self.labels.copy(), self.probabilities, seed=self.row.seed
            )
        if strategy not in STRATEGIES:
            raise UserError(
                f"Unknown strategy '{strategy}'. Choose one of: {', '.join(STRATEGIES)}."
            )
        items = suggest(strategy, situation, n, self.class_names, without)
        return {
            "strategy": strategy,
            "title": STRATEGIES[strategy].title,
            "items": [vars(item) for item in items],
            "strategies": [{"name": key, "title": s.title} for key, s in STRATEGIES.items()],
        }

    def figure(self) -> dict[str, Any]:
        """The learning curve: accuracy against the answer key by number of labels."""
        return self._curve.figure()

    def redraw(self, example: int) -> NDArray[np.uint8]:
        """The example as the model redraws it: (H, W, C). UserError if the trainer is away."""
        if not 0 <= example < len(self.data):
            raise UserError(f"There is no image {example}; the data set has {len(self.data)}.")
        return self.trainer.redraw(example)

    # What the trainer says

    def _open(self) -> Open:
        """The first message to a new trainer."""
        return Open(
            session=self.row.id,
            generation=self._store.next_generation(self.row.id),
            data=self.row.data,
            model=self.row.model,
            config=dict(self.row.config),
            n_classes=len(self.class_names),
            seed=self.row.seed,
            folder=str(self.folder),
            device=os.environ.get("SSVAE_DEVICE", "auto"),
            starter=str(starter_folder(self.row.data)),
        )

    def _take_snapshot(self, snapshot: Snapshot) -> None:
        guesses = probabilities = None
        if snapshot.proba is not None:
            probabilities = snapshot.proba.astype(np.float32)
            guesses = _read_guesses(probabilities)
        self._milestones.keep(snapshot)
        self._load_atlas()
        with self._lock:  # only now: a label that comes meanwhile does not wait
            self.snapshot, self._snapshot_at, self._moved = snapshot, time.time(), snapshot.moved
            self.guesses, self.probabilities = guesses, probabilities
            if snapshot.xy is not None and not np.array_equal(snapshot.xy, self.xy):
                self.xy = snapshot.xy
                self.map_version += 1
            self._score()

    def _score(self) -> None:
        """Compare guesses with the answer key, on the images that have no label."""
        self._accuracy = None
        snapshot, key = self.snapshot, self.data.answer_key
        if self.guesses is None or snapshot is None or key is None:
            return
        unlabelled = self.labels < 0
        if not unlabelled.any():
            return
        accuracy = float((self.guesses[0] == key)[unlabelled].mean())
        self._accuracy = {"value": accuracy, "of": int(unlabelled.sum())}
        if snapshot.label_seq == self._history.seq:
            point = snapshot.label_seq, snapshot.n_labels, snapshot.speaker, accuracy
            self._curve.add(*point)

    def _catch_up(self) -> None:
        """Take what is new in the store into the history."""
        for event in self._store.events(self.row.id, after=self._history.seq):
            before = self._history.seq
            self._history.advance(event)
            for example, label in self._history.changed_since(before).items():
                self.labels[example] = -1 if label is None else label
        self._change()

    # Small things

    def _change(self) -> None:
        self.version = f"{self._boot}.{next(self._changes)}"

    def _load_atlas(self) -> None:
        """Read the atlas of the session's own M1, or the starter's, if it is another."""
        own = self.folder / "starter" / "atlas"
        folder = own if own.is_dir() else starter_folder(self.row.data) / "atlas"
        stamp = (folder / MANIFEST).stat().st_mtime_ns if folder.is_dir() else 0
        if stamp != self._atlas_stamp:
            self.atlas, self._atlas_stamp = Atlas.load(folder), stamp

    def _in_words(self, done: Done) -> str:
        n = len(done.examples)
        what = f"image {done.examples[0]}" if n == 1 else f"{n} images"
        if done.label is None:
            return f"{what} without label"
        return f"{what} as {self.class_names[done.label]}"

    def _snapshot_state(self) -> dict[str, Any] | None:
        if self.snapshot is None or self.guesses is None:
            return None
        snapshot = self.snapshot
        return {
            "rev": f"{snapshot.generation}-{snapshot.rev}",
            "label_seq": snapshot.label_seq,
            "n_labels": snapshot.n_labels,
            "made_at": self._snapshot_at,
            "speaker": snapshot.speaker,
        }


def starter_folder(data: str) -> Path:
    """Where the starter of a bundled data set is."""
    return ASSETS / "starter" / data


def _read_guesses(probabilities: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Best class, its probability in 255ths, second class, its probability: (N, K) -> (4, N)."""
    rows = np.arange(len(probabilities))
    rest = probabilities.copy()
    planes = np.empty((4, len(rest)), np.uint8)
    for plane in (0, 2):
        best = rest.argmax(1)
        planes[plane], planes[plane + 1] = best, np.rint(255 * rest[rows, best].clip(0, 1))
        rest[rows, best] = -1
    return planes
