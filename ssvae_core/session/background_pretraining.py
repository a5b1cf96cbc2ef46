"""What is learned of a data set's images before anybody has opened a session on them.

It begins when an import ends, in a worker like a session's, without labels; the data page shows
its map while it forms. A session on the same images goes on with what it has learned so far (see
trainer/m1_training.py), and the next ones find it ready. It gives way to whoever labels elsewhere:
two trainers on the same cores are several times slower than one after the other.
"""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..protocol.messages import Failed, Message, Open, Snapshot, Status
from ..storage.paths import BACKGROUND_PRETRAINING, FEATURES, WORKER_LOG, workspace_of
from ..worker.supervisor import COMMAND, LocalWorker

N_SHOWN = 4000  # examples whose places the page gets
LEARNING_STATES = ("starting", "restarting", "pretraining")


class BackgroundPretraining:
    """A trainer without labels, and what the page shows of it."""

    def __init__(
        self,
        data: str,
        place: str,
        n_examples: int,
        starter: Path,
        is_busy: Callable[[], bool],
        command: Sequence[str] = COMMAND,
    ):
        """Begin. `data` is the set's id, `place` what another process finds it by.

        `starter` is the folder where its map is, and where what is learned goes. `is_busy` says
        whether the processor is wanted elsewhere.
        """
        self.data, self.state, self.message = data, "learning", ""
        self.seconds_left: float | None = None
        self.map_version = 0
        self._place, self._starter, self._is_busy = place, starter, is_busy
        self._shown = np.sort(
            np.random.default_rng(0).choice(n_examples, min(N_SHOWN, n_examples), replace=False)
        )
        self._xy: NDArray[np.float32] | None = None
        self._has_learned = False
        self._lock = threading.Lock()
        folder = starter / BACKGROUND_PRETRAINING
        self._worker = LocalWorker(self._open, self._take, command, log_file=folder / WORKER_LOG)
        self._worker.start()

    @property
    def is_learning(self) -> bool:
        """Whether it is at work."""
        return self.state == "learning"

    def stop(self, why: str = "stopped") -> None:
        """End it within 5 s; what is learned so far is kept."""
        with self._lock:
            if not self.is_learning:
                return
            self.state = why
        self._worker.stop()
        if why == "done":
            shutil.rmtree(self._starter / BACKGROUND_PRETRAINING, ignore_errors=True)

    def places(self) -> NDArray[np.float32] | None:
        """Where some of the examples are on the newest map: (n, 2); None before the first."""
        return None if self._xy is None else self._xy[self._shown]

    def to_json(self) -> dict[str, Any]:
        """What the page shows."""
        return {
            "set": self.data,
            "state": self.state,  # learning, done, stopped, waiting (for its turn), failed
            "message": self.message,
            "seconds_left": self.seconds_left,
            "map_version": self.map_version,
        }

    def _open(self) -> Open:
        return Open(
            session=f"warming {self.data}",
            generation=1,
            data=self._place,
            model="m1",
            config={},
            n_classes=1,
            seed=0,
            folder=str(self._starter / BACKGROUND_PRETRAINING),
            device=os.environ.get("SSVAE_DEVICE", "auto"),
            starter=str(self._starter),
            features=str(workspace_of(self._starter) / FEATURES),
        )

    def _take(self, message: Message) -> None:
        """A message of the worker, on the thread that reads its socket."""
        if isinstance(message, Snapshot) and message.xy is not None:
            self._xy = message.xy
            self.map_version += 1
        elif isinstance(message, Failed):
            self.state, self.message = "failed", message.error
        elif isinstance(message, Status):
            self.message, self.seconds_left = message.message, message.seconds_left
            self._has_learned |= message.state == "pretraining"
            if message.state not in LEARNING_STATES and self._has_learned:
                self._end("done")
            elif self._is_busy():
                self._end("waiting")

    def _end(self, why: str) -> None:
        """Stop it from another thread: this one is to hear the worker's end."""
        threading.Thread(target=self.stop, args=(why,), daemon=True).start()
