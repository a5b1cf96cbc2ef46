"""A session: one data set that somebody labels, and the verbs of the page that shows it.

A label is first stored, then acknowledged, then sent to the trainer; whatever the trainer does or
fails to do, labelling goes on. Methods may be called from any thread: requests, the worker's
messages and several browsers share one Session.

Letters in shapes: N examples, K classes, H, W, C an image's height, width and channels.
"""

from __future__ import annotations

import itertools
import logging
import os
import secrets
import threading
import time
from collections.abc import Collection
from concurrent.futures import Future
from pathlib import Path
from typing import Any, Literal, cast, get_args

import numpy as np
from numpy.typing import NDArray

from .acquisition import STRATEGIES, Situation, suggest
from .atlas import Atlas
from .backend.local import LocalWorker
from .backend.messages import (
    Command,
    Failed,
    Labels,
    Message,
    Open,
    Redraw,
    Redrawn,
    Snapshot,
    Status,
)
from .data import ASSETS, load_dataset
from .errors import UserError
from .figures import accuracy_curve
from .labels.history import Done, replay
from .labels.store import LabelStore, Operation, Receipt, SessionRow
from .milestones import Milestones

NO_LABEL = 255  # in bytes that go to the browser
CURVE_FROM = 10  # labels
RESEND_AFTER = 1.0  # seconds until labels that the trainer has not confirmed are sent again
REDRAW_WITHIN = 2.0  # seconds
PersonCommand = Literal["pause", "resume", "pretrain", "cancel"]
CLASS_KEYS = "0123456789wetyioadfhq"

log = logging.getLogger(__name__)


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
        self._load_atlas()
        self.xy, self.map_version = self.atlas.xy, 1
        self._moved: float | None = None
        self.snapshot: Snapshot | None = None
        self._snapshot_at = 0.0
        self.guesses: NDArray[np.uint8] | None = None  # (4, N), see `_read_guesses`
        self.probabilities: NDArray[np.float32] | None = None  # (N, K)
        self._accuracy: dict[str, Any] | None = None
        self._metrics = {metric.n_labels: metric.accuracy for metric in store.metrics(row.id)}
        self._milestones = Milestones(folder / "samples")
        self._status: Status | None = None
        self._failed = ""
        self._has_started = False
        self._is_resting = False  # another session has the processor
        self._sent = (0, 0.0)  # seq up to which labels went to the trainer, and when
        self._redrawings: dict[int, Future[NDArray[np.uint8]]] = {}
        self._redraw_ids = itertools.count()
        self.worker = LocalWorker(self._open, self._take, log_file=folder / "worker.log")
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
            self._send_labels()
        return receipt

    def train(self) -> None:
        """Start the trainer, or start it again after it has failed."""
        with self._lock:
            self._failed, self._is_resting, self._has_started = "", False, True
            self._change()
        self.worker.start()

    def rest(self) -> None:
        """Stop the trainer, because another session needs the processor; labelling goes on."""
        with self._lock:
            self._is_resting = True
            self._change()
        self.worker.stop()

    def command(self, name: str) -> None:
        """`pause`, `resume`, `pretrain` (an M1 from scratch) or `cancel` that.

        Raises UserError for anything else, and if the trainer is not there to hear it.
        """
        if name not in get_args(PersonCommand):
            raise UserError(
                f"Unknown command '{name}'. Choose one of: {', '.join(get_args(PersonCommand))}."
            )
        if not self.worker.send(Command(cast(PersonCommand, name))):
            raise UserError("The trainer is not running just now. Try again in a few seconds.")

    @property
    def is_training(self) -> bool:
        """Whether the trainer is there, or about to be again."""
        return not (self._is_resting or self._failed) and self._has_started

    def close(self) -> None:
        """Stop the trainer; what is stored stays."""
        self.worker.stop()

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
                "curve": len(self._metrics),
                "trainer": self._trainer_state(),
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
        with self._lock:
            points = sorted((n, a) for n, a in self._metrics.items() if n >= CURVE_FROM)
        return accuracy_curve([n for n, _ in points], [a for _, a in points])

    def redraw(self, example: int) -> NDArray[np.uint8]:
        """The example as the model redraws it: (H, W, C). UserError if the trainer is away."""
        if not 0 <= example < len(self.data):
            raise UserError(f"There is no image {example}; the data set has {len(self.data)}.")
        number, answer = next(self._redraw_ids), Future[NDArray[np.uint8]]()
        self._redrawings[number] = answer
        try:
            self.worker.send(Redraw(number, example))
            return answer.result(REDRAW_WITHIN)
        except TimeoutError:
            raise UserError("The trainer did not answer in time. Try again.") from None
        finally:
            del self._redrawings[number]

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

    def _take(self, message: Message) -> None:
        """A message of the trainer, on the thread that reads its socket."""
        if isinstance(message, Redrawn):
            self._take_redrawing(message)
        elif isinstance(message, Snapshot):
            self._take_snapshot(message)
        elif isinstance(message, Status):
            with self._lock:
                self._status = message
                self._change()
                if message.state != "starting" and message.label_seq < self._history.seq:
                    self._resend_labels(message.label_seq)
        elif isinstance(message, Failed):
            with self._lock:
                self._failed = message.error
                self._change()

    def _take_redrawing(self, message: Redrawn) -> None:
        answer = self._redrawings.get(message.id)
        if answer is None:
            return
        if message.image is not None:
            answer.set_result(message.image)
        else:
            answer.set_exception(UserError(message.error))

    def _take_snapshot(self, snapshot: Snapshot) -> None:
        guesses = probabilities = None
        if snapshot.proba is not None:
            probabilities = snapshot.proba.astype(np.float32)
            guesses = _read_guesses(probabilities)
        with self._lock:
            self.snapshot, self.guesses, self.probabilities = snapshot, guesses, probabilities
            self._snapshot_at = time.time()
            self._moved = snapshot.moved
            self._milestones.keep(snapshot)
            if snapshot.xy is not None and not np.array_equal(snapshot.xy, self.xy):
                self.xy = snapshot.xy
                self.map_version += 1
                self._load_atlas()
            self._score()
            self._change()

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
            self._metrics[snapshot.n_labels] = accuracy
            self._store.record_metric(
                self.row.id, snapshot.label_seq, snapshot.n_labels, snapshot.speaker, accuracy
            )

    # Labels on their way

    def _catch_up(self) -> None:
        """Take what is new in the store into the history."""
        for event in self._store.events(self.row.id, after=self._history.seq):
            before = self._history.seq
            self._history.advance(event)
            for example, label in self._history.changed_since(before).items():
                self.labels[example] = -1 if label is None else label
        self._change()

    def _send_labels(self, from_seq: int | None = None) -> None:
        """Send the trainer what changed since it was last told, or since from_seq."""
        since = self._sent[0] if from_seq is None else from_seq
        changed = self._history.changed_since(since)
        is_sent = self.worker.send(
            Labels(
                from_seq=since,
                to_seq=self._history.seq,
                examples=np.fromiter(changed, np.int32, len(changed)),
                classes=np.array(
                    [-1 if label is None else label for label in changed.values()], np.int16
                ),
            )
        )
        if is_sent:
            self._sent = (self._history.seq, time.monotonic())

    def _resend_labels(self, cursor: int) -> None:
        """The trainer lacks labels after cursor: a new one, or a message was lost."""
        seq, at = self._sent
        if cursor < seq and time.monotonic() - at < RESEND_AFTER:
            return  # they may be on their way
        self._send_labels(from_seq=cursor)

    # Small things

    def _change(self) -> None:
        self.version = f"{self._boot}.{next(self._changes)}"

    def _load_atlas(self) -> None:
        own = self.folder / "starter" / "atlas"
        self.atlas = Atlas.load(own if own.is_dir() else starter_folder(self.row.data) / "atlas")

    def _in_words(self, done: Done) -> str:
        n = len(done.examples)
        what = f"image {done.examples[0]}" if n == 1 else f"{n} images"
        return (
            f"{what} without label"
            if done.label is None
            else (f"{what} as {self.class_names[done.label]}")
        )

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

    def _trainer_state(self) -> dict[str, Any]:
        status = self._status
        state, message = "starting", ""
        if self._failed:
            state, message = "failed", self._failed
        elif self._is_resting:
            state, message = "paused", "Another session is training. Press P to train this one."
        elif status is not None:
            state, message = status.state, status.message
        terms = status.terms if status else {}
        bound = {name: value for name, value in terms.items() if name != "classifier"}
        return {
            "state": state,
            "message": message,
            "device": status.device if status else "",
            "step": status.step if status else 0,
            "rate": status.rate if status else 0.0,
            "seconds_left": status.seconds_left if status else None,
            "bound": bound or None,
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
