"""A session: one data set that people label, with its labels, its trainer and what that predicts.

A label is first stored, then acknowledged, then sent to the trainer; whatever the trainer does or
fails to do, labelling goes on. Methods may be called from any thread: requests, the worker's
messages and several browsers share one Session. What a page shows of it is in views/.

Letters in shapes: N examples, K classes, H, W, C an image's height, width and channels.
"""

from __future__ import annotations

import itertools
import os
import secrets
import threading
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..atlas.atlas import Atlas
from ..atlas.starter_folders import m1_made_at
from ..data import Dataset
from ..errors import Conflict, NotFound, UserError
from ..labels.by_eye import answers, labels_by_eye
from ..labels.history import Event, replay
from ..labels.store import LabelStore, Operation, Receipt, SessionRow
from ..options.catalogue import CATALOGUE
from ..options.options import FittingOptions
from ..predictions import Guesses, read_guesses
from ..protocol.messages import Open, Snapshot
from ..storage import paths
from ..storage.bundles import MANIFEST
from .dropped_images import DroppedImages
from .imported_labels import class_ids
from .learning_curve import CURVE_FROM_LABELS, LearningCurve
from .moments import KeptMoments
from .random_baseline import RandomBaseline
from .runs import Runs, settings_in_words
from .sample_history import SampleHistory
from .trainer_client import Trainer


class Session:
    """Everything that is known of one session, and everything that can be done in it."""

    def __init__(
        self,
        row: SessionRow,
        store: LabelStore,
        folder: Path,
        data: Dataset,
        *,
        place: str,
        starter: Path,
        notes: Sequence[str] = (),
    ):
        """Open the session on its data set; its trainer starts with `train`.

        `place` is what another process finds the data set by. `starter` is a folder with an atlas
        of these images, and an M1 if one was ever trained. `notes` are sentences for the person, of
        what was damaged and is missed.
        """
        self.row, self.folder, self._store = row, folder, store
        self.data, self._place, self._starter = data, place, starter
        self.notes = tuple(notes)
        self.lock, self._choosing = threading.RLock(), threading.Lock()
        self._boot, self._changes = secrets.token_hex(3), itertools.count()
        self.version = ""
        self.history = replay(store.events(row.id), row.classes)
        self.labels = np.full(len(self.data), -1, np.int16)  # (N,) classes; below 0 as in history
        for example in self.history.voted:
            self.labels[example] = self.history.value(example)
        self.saved_at = self.history.operations[-1].at if self.history.operations else None
        self._atlas_stamp = -1
        self._load_atlas()
        self.xy, self.map_version = self.atlas.xy, 1
        self.moved: float | None = None
        self.snapshot: Snapshot | None = None
        self.snapshot_at = 0.0
        self.probabilities: NDArray[np.float32] | None = None  # (N, K)
        self.guesses: Guesses | None = None
        self.accuracy: dict[str, Any] | None = None
        self.curve = LearningCurve(store, row.id)
        self.sample_history = SampleHistory(folder / paths.SAMPLES)
        self.moments = KeptMoments(folder / paths.MOMENTS)
        self.dropped = DroppedImages(folder / paths.DROPPED)
        self.runs = Runs(folder / paths.RUNS)
        self.trainer = Trainer(
            self._open,
            self.history,
            self.lock,
            on_snapshot=self._take_snapshot,
            on_change=self._change,
            log_file=folder / paths.WORKER_LOG,
        )
        self.random_baseline = RandomBaseline(self.trainer.queries, row.seed, self.curve.lay_beside)
        self._change()

    # What a person does

    def do(self, op: Operation, annotator: str = "", map_version: int | None = None) -> Receipt:
        """Store an operation (a label, an undo, a new class) and pass it on to the trainer.

        `map_version`: of the map that the examples were chosen on by their place. Raises UserError
        if it cannot be done or could not be stored.
        """
        receipt = self._store.append(
            self.row.id, op, annotator, lambda: self._check_map(map_version)
        )
        new = self._store.events(self.row.id, after=self.history.seq)  # no lock waits for a disk
        with self.lock:
            self._catch_up(new)
            self.saved_at = max(self.saved_at or 0.0, receipt.at)
            self.trainer.send_labels()
        return receipt

    def choose(self, *, anew: bool = False, **chosen: Any) -> None:
        """Set the model, networks, likelihood or batch; a new start of the trainer reads it.

        Another model has none of the knobs that were set for the one before, and with `anew` only
        what is chosen here. UserError if it cannot be with this data, or could not be stored.
        """
        with self._choosing:  # not the lock: no label waits until this is on the disk
            model, before = chosen.pop("model", self.row.model), {} if anew else self.row.config
            config = {**before, **chosen}
            if model not in CATALOGUE:
                raise UserError(f"Unknown model {model!r}. Choose one of: {', '.join(CATALOGUE)}.")
            knobs = FittingOptions.split(config, self.data.shape)[1]
            if model != self.row.model and not anew:
                config = {name: value for name, value in config.items() if name not in knobs}
            self._store.configure(self.row.id, model, config)
            with self.lock:
                self.row = replace(self.row, model=model, config=config)
                self._change()

    def close(self) -> None:
        """Stop the trainer; what is stored stays."""
        self.trainer.stop()
        self.random_baseline.close()
        self.curve.close()
        self.moments.close()
        self.runs.save(at_once=True)

    # What it knows

    @property
    def options(self) -> FittingOptions:
        """How the model is fitted to the data, as far as somebody chose."""
        return FittingOptions.split(self.row.config, self.data.shape)[0]

    @property
    def snapshot_name(self) -> str:
        """Of the snapshot on screen; "" before any label."""
        if self.snapshot is None or self.guesses is None:
            return ""
        return f"{self.snapshot.generation}-{self.snapshot.rev}"

    def label_bytes(self) -> tuple[bytes, int]:
        """Every example's class, or 255 none, 254 unsure, 253 junk, 252 skipped; their seq."""
        with self.lock:
            return self.labels.astype(np.uint8).tobytes(), self.history.seq

    def current_guesses(self) -> tuple[str, NDArray[np.uint8]]:
        """The snapshot's name and (4, N), see predictions.py. UserError before any label."""
        with self.lock:
            if self.guesses is None:
                raise Conflict("There is no guess yet. Label an image first.")
            return self.snapshot_name, self.guesses

    def class_made_by(self, op_id: str) -> int | None:
        """The id of the class that this operation added; None if it added none."""
        with self.lock:
            return self.history.class_made_by(op_id)

    def samples(self, name: str) -> NDArray[np.uint8]:
        """The images that the state lists under this name. UserError if they are gone."""
        return self.sample_history.images(name, self.snapshot)

    def nearest_real(self, name: str) -> NDArray[np.int32]:
        """The example nearest to each of these images: (K columns,). UserError as `samples`."""
        images = self.samples(name)
        return self.trainer.queries.nearest_real(images.reshape(-1, *images.shape[-3:]))

    def redraw(self, example: int) -> NDArray[np.uint8]:
        """The example as the model redraws it: (H, W, C). UserError if the trainer is away."""
        self.check_example(example)
        return self.trainer.queries.redraw(example)

    def neighbours(self, example: int, n: int) -> list[int]:
        """The n examples nearest to one in latent space, nearest first. UserError if none."""
        self.check_example(example)
        with self.lock:
            return self.atlas.around(example, n)

    def check_example(self, example: int) -> None:
        """UserError if there is no such example."""
        if not 0 <= example < len(self.data):
            raise NotFound(f"There is no image {example}; the data set has {len(self.data)}.")

    def answer_key(self) -> NDArray[np.int64] | None:
        """The true class of every example as the classes are now, -1 where it has none: (N,)."""
        key = self.data.answer_key
        if key is None:
            return None
        names = self.data.class_names
        ids = class_ids(self.history, self.row.classes, names)
        counts_as = np.array([ids.get(place, -1) for place in range(len(names))] + [-1], np.int64)
        return counts_as[key]  # -1, "not known", reads the last one

    # What the trainer says

    def _open(self) -> Open:
        """The first message to a new trainer."""
        return Open(
            session=self.row.id,
            generation=self._store.next_generation(self.row.id),
            data=self._place,
            model=self.row.model,
            config=dict(self.row.config),
            n_classes=self.history.n_classes,
            seed=self.row.seed,
            folder=str(self.folder),
            device=os.environ.get("SSVAE_DEVICE", "auto"),
            starter=str(self._starter),
            features=str(paths.workspace_of(self.folder) / paths.FEATURES),
        )

    def _take_snapshot(self, snapshot: Snapshot) -> None:
        """Show it, and only then write what is kept of it for later."""
        guesses = probabilities = None
        if snapshot.probabilities is not None:
            probabilities = snapshot.probabilities.astype(np.float32)
            guesses = read_guesses(probabilities)
        self._load_atlas()
        m1_at = m1_made_at(self.folder / paths.OWN_STARTER)
        with self.lock:  # only now: a label that comes meanwhile does not wait
            self.snapshot, self.snapshot_at, self.moved = snapshot, time.time(), snapshot.moved
            self.guesses, self.probabilities = guesses, probabilities
            if snapshot.xy is not None and not np.array_equal(snapshot.xy, self.xy):
                self.xy = snapshot.xy
                self.map_version += 1
            self._score()
            settings = settings_in_words(self.row, self.data.shape, m1_at)
            self.runs.note(settings, snapshot, self.accuracy["value"] if self.accuracy else None)
            self.sample_history.keep(snapshot)
            self.moments.keep(self.history, snapshot, guesses, self.labels, self.xy)
            self._change()
        self.sample_history.save()
        self.runs.save()

    def _score(self) -> None:
        """Compare guesses with the answer key, on the images that nobody labelled by eye."""
        self.accuracy = None
        snapshot, key = self.snapshot, self.answer_key()
        if self.guesses is None or snapshot is None or key is None:
            return
        unseen = (labels_by_eye(self.labels, self.history) < 0) & (key >= 0)
        right = (answers(self.guesses[0], self.labels, self.history) == key)[unseen]
        if not len(right):
            return
        value, n = float(right.mean()), self.history.n_answers
        self.accuracy = {"value": value, "of": len(right)}
        if snapshot.label_seq == self.history.seq:
            self.curve.add(snapshot.label_seq, n, snapshot.predicted_by, value)
            if n >= CURVE_FROM_LABELS:
                self.random_baseline.work_out(key)

    def _check_map(self, version: int | None) -> None:
        """UserError where something was chosen by its place on another map than there is now."""
        if version is not None and version != self.map_version:
            raise Conflict(
                "The map has moved since these images were chosen on it, so they may not be those "
                "that you meant. Nothing was labelled; choose again."
            )

    def _catch_up(self, new: list[Event]) -> None:
        """Take events of the store into the history, but for those that another thread took."""
        for event in new:
            if event.seq <= (before := self.history.seq):
                continue
            self.history.advance(event)
            for example in self.history.changed_since(before):
                self.labels[example] = self.history.value(example)
        self._change()

    def _change(self) -> None:
        self.version = f"{self._boot}.{next(self._changes)}"

    def _load_atlas(self) -> None:
        """Read the atlas of the session's own M1, or the starter's, if it is another."""
        own = self.folder / paths.OWN_STARTER / paths.ATLAS
        folder = own if own.is_dir() else self._starter / paths.ATLAS
        stamp = (folder / MANIFEST).stat().st_mtime_ns if folder.is_dir() else 0
        if stamp != self._atlas_stamp:
            self.atlas, self._atlas_stamp = Atlas.load(folder), stamp
