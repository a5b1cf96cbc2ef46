"""A worker's loop in a thread, with a core of plain Python, driven over a socket."""

import json
import socket
import threading

import numpy as np

from ssvae_core.protocol.messages import Labels
from ssvae_core.protocol.queries import Redraw
from ssvae_core.protocol.wire import Connection
from ssvae_core.worker.loop import WorkerLoop
from tests.support.plain_worker import PlainCore, opening

WAIT = 20  # seconds until a test gives up; nothing here should take one
NEVER = 1000.0


def labels(from_seq, to_seq, n_classes=0, undone_from=0, **classes):
    """With e5=1, e6=-1: example 5 has class 1, example 6 none."""
    examples = np.array([int(name[1:]) for name in classes], np.int32)
    values = np.array(list(classes.values()), np.int16)
    return Labels(from_seq, to_seq, examples, values, n_classes, undone_from)


def redrawing(number, example):
    return Redraw(number, example)


class Worker:
    """A WorkerLoop in a thread of its own, and the app's end of its connection."""

    def __init__(self, folder, limits=None, **config):
        ours, theirs = socket.socketpair()
        self.app, self.core = Connection(ours, timeout=WAIT), None
        self.theirs = Connection(theirs)
        self.loop = WorkerLoop(self.theirs, opening(folder, 7, **config), self.open, limits)
        self.codes = []
        self.thread = threading.Thread(target=lambda: self.codes.append(self.loop.run()))
        self.thread.start()

    def open(self, opening):
        self.core = PlainCore(opening)
        return self.core

    def until(self, kind, condition=lambda message: True):
        """The next message of a kind that meets a condition."""
        while True:
            message = self.app.receive()
            assert message is not None, f"the worker ended before the {kind.__name__} came"
            if isinstance(message, kind) and condition(message):
                return message

    def exit_code(self):
        self.thread.join(WAIT)
        return self.codes[0]

    def end(self):
        if self.core is not None:
            self.core.may_step.set()
        self.app.close()
        self.thread.join(WAIT)
        self.theirs.close()


def checkpoint(tmp_path):
    path = tmp_path / "checkpoint.json"
    return json.loads(path.read_text()) if path.exists() else {"step_count": 0}
