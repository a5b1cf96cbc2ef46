"""A worker whose core is plain Python: for tests of the protocol, where a real one is too slow.

As a program it is what ssvae_core.worker.worker is, or misbehaves as its first argument says.
What the core does is written in Open.config:

    seconds     a step takes
    steps       after which it is not busy any longer
    crash_at    step at which it raises an error; `fail_at` the same with a UserError
"""

import dataclasses
import json
import signal
import socket
import sys
import threading
import time
from pathlib import Path

import numpy as np

from ssvae_core.errors import UserError
from ssvae_core.protocol.messages import Open, Snapshot, Status, When
from ssvae_core.protocol.queries import DrawMap, Propagate, Propagated, Redraw, Redrawn
from ssvae_core.protocol.wire import Connection
from ssvae_core.worker.worker import serve


class PlainCore:
    """Counts steps and remembers labels; its checkpoint is a JSON file."""

    def __init__(self, opening):
        self.config, self.checkpoint = opening.config, Path(opening.folder) / "checkpoint.json"
        if opening.config.get("refuse"):
            raise UserError(opening.config["refuse"])
        self.label_seq = self.step_count = 0
        self.labels, self.applied, self.saves, self.snapshots_at = {}, [], 0, []
        self.previewed, self.rev = [], 0
        self.message, self.is_pretraining, self.terms = "", False, {"picture": -1.5}
        self.n_classes, self.undone_from, self.when = opening.n_classes, [], When("always")
        self.generation = opening.generation
        self.run_step, self.run_steps, self.waits_for = 0, 0, ""
        self.may_step = threading.Event()  # a test clears it to make a step last
        self.may_step.set()
        self.is_stepping = threading.Event()
        self.pieces, self._shown, self._last = 0, None, None
        if self.checkpoint.exists():
            saved = json.loads(self.checkpoint.read_text())
            self.label_seq, self.step_count = saved["label_seq"], saved["step_count"]
            self.labels = {int(example): label for example, label in saved["labels"].items()}

    @property
    def busy(self):
        return self.step_count < self.config.get("steps", 10**9)

    def apply(self, to_seq, examples, classes, n_classes=0, undone_from=0):
        assert (examples.dtype, classes.dtype) == (np.int32, np.int16)
        self.n_classes = max(self.n_classes, n_classes)
        self.undone_from.append(undone_from)
        self.applied.append((to_seq, dict(zip(examples.tolist(), classes.tolist(), strict=True))))
        self.labels |= self.applied[-1][1]
        self.label_seq = to_seq

    def step(self):
        self.is_stepping.set()
        time.sleep(self.config.get("seconds", 0.002))
        self.may_step.wait()
        self.is_stepping.clear()
        self.step_count += 1
        if self.step_count == self.config.get("crash_at"):
            raise RuntimeError("the core broke")
        if self.step_count == self.config.get("fail_at"):
            raise UserError("Training cannot go on. Do something.")

    def snapshot(self):
        if self._shown == (self.step_count, self.label_seq):
            return None
        self._shown = (self.step_count, self.label_seq)
        self.snapshots_at.append(time.monotonic())
        self.rev += 1
        self._last = Snapshot(
            generation=self.generation,
            rev=self.rev,
            step=self.step_count,
            label_seq=self.label_seq,
            n_labels=len(self.labels),
            predicted_by="propagation" if self.labels else "",
            map_version=1,
            moved=None,
            terms=self.terms,
            probabilities=np.full((20, 3), 1 / 3, np.float16) if self.labels else None,
            samples=np.zeros((3, 2, 4, 4, 1), np.uint8),
            xy=None,
            undecided=np.zeros(20, np.float16) if self.labels else None,
            disagree=np.full(20, 0.5, np.float16) if self.labels else None,
            anomaly=None,
        )
        return self._last

    def preview(self, labels):
        if self._last is None or labels.n_classes > self.n_classes:
            return None
        self.rev += 1
        new = dict(zip(labels.examples.tolist(), labels.classes.tolist(), strict=True))
        self.previewed.append((labels.to_seq, new))
        return dataclasses.replace(
            self._last,
            rev=self.rev,
            step=self.step_count,
            label_seq=labels.to_seq,
            n_labels=len(self.labels | new),
            predicted_by="propagation",
            probabilities=np.full((20, 3), 1 / 3, np.float16),
            undecided=np.zeros(20, np.float16),
            disagree=np.full(20, 0.5, np.float16),
        )

    def status(self):
        state = "pretraining" if self.is_pretraining else "training" if self.busy else "waiting"
        return Status(
            generation=self.generation,
            state=state,
            device="paper",
            step=self.step_count,
            label_seq=self.label_seq,
            message=self.message,
            terms=self.terms,
            run_step=self.run_step,
            run_steps=self.run_steps,
            waits_for=self.waits_for,
        )

    def query(self, query):
        if isinstance(query, Propagate):
            yield
            classes = np.zeros(20, np.int16)
            classes[query.examples] = query.classes
            return Propagated(query.id, classes)
        while isinstance(query, DrawMap) and query.view == "style":  # takes for ever
            self.pieces += 1
            yield
        if not isinstance(query, Redraw):
            raise UserError("The plain worker draws no map.")
        if query.example >= 20:
            raise UserError(f"There is no image {query.example}.")
        return Redrawn(query.id, np.full((4, 4, 1), query.example, np.uint8))

    def set_when(self, when):
        self.when = when
        self.waits_for = f"mode {when.mode}"

    def command(self, name):
        self.is_pretraining = name == "pretrain"
        self.run_step, self.run_steps = (30, 90) if name == "now" else (0, 0)

    def save(self):
        if self.config.get("disk_is_full"):
            raise OSError(28, "No space left on device")
        self.saves += 1
        state = {
            "label_seq": self.label_seq,
            "step_count": self.step_count,
            "labels": self.labels,
        }
        unfinished = self.checkpoint.with_suffix(".unfinished")
        unfinished.write_text(json.dumps(state))
        unfinished.replace(self.checkpoint)


def misbehave(how, connection):
    """Take the first message, then do as told."""
    opening = connection.receive()
    if how == "crash":
        sys.exit("No good reason at all")
    if how == "hang":
        signal.pause()
    if how == "garbage":
        connection._socket.sendall(b"\x05\x00\x00\x00hello")
    if how == "stale":
        connection.send(Status(opening.generation - 1, "training"))
        connection.send(Status(opening.generation, "waiting"))
    while connection.receive() is not None:
        pass


def opening(folder, generation=1, **config):
    """A first message."""
    return Open(
        session="ab12",
        generation=generation,
        data="paper",
        model="plain",
        config=config,
        n_classes=3,
        seed=0,
        folder=str(folder),
        device="auto",
        starter="",
        features="",
    )


if __name__ == "__main__":
    *how, fd = sys.argv[1:]
    if how:
        misbehave(how[0], Connection(socket.socket(fileno=int(fd))))
    else:
        serve(int(fd), PlainCore)
