"""A session's line to its trainer: labels and wishes out, snapshots and its state in.

The trainer may be away at any moment: it is started again and told what it lacks. What it has is
known by the event number it reports, so nothing is lost and nothing harmful is sent twice.
"""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any, Literal, cast, get_args

import numpy as np
from numpy.typing import NDArray

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
from .catalogue import BOUND_TERMS
from .errors import UserError
from .labels.history import History

RESEND_AFTER = 1.0  # seconds until labels that the trainer has not confirmed are sent again
REDRAW_WITHIN = 2.0  # seconds
PersonCommand = Literal["pause", "resume", "pretrain", "cancel"]


class Trainer:
    """The trainer as a session sees it. Any thread may call its methods."""

    def __init__(
        self,
        opening: Callable[[], Open],
        history: History,
        lock: threading.RLock,
        *,
        on_snapshot: Callable[[Snapshot], None],
        on_change: Callable[[], None],
        log_file: Path,
    ):
        """`history` is the session's, read under its `lock`; on_change is called under it."""
        self._history, self._lock = history, lock
        self._on_snapshot, self._on_change = on_snapshot, on_change
        self._status: Status | None = None
        self._failed = ""
        self._has_started = False
        self._is_resting = False
        self._sent = (0, 0.0)  # seq up to which labels went out, and when
        self._redrawings: dict[int, Future[NDArray[np.uint8]]] = {}
        self._redraw_ids = itertools.count()
        self._worker = LocalWorker(opening, self._take, log_file=log_file)

    @property
    def is_training(self) -> bool:
        """Whether the trainer is there, or about to be again."""
        return self._has_started and not (self._is_resting or self._failed)

    def start(self) -> None:
        """Start it, or start it again after it has failed."""
        with self._lock:
            self._failed, self._is_resting, self._has_started = "", False, True
            self._on_change()
        self._worker.start()

    def rest(self) -> None:
        """Stop it, because another session needs the processor."""
        with self._lock:
            self._is_resting = True
            self._on_change()
        self._worker.stop()

    def stop(self) -> None:
        """Stop it, after a last checkpoint."""
        self._worker.stop()

    def command(self, name: str) -> None:
        """`pause`, `resume`, `pretrain` (an M1 from scratch) or `cancel` that.

        Raises UserError for anything else, and if the trainer is not there to hear it.
        """
        if name not in get_args(PersonCommand):
            raise UserError(
                f"Unknown command '{name}'. Choose one of: {', '.join(get_args(PersonCommand))}."
            )
        if not self._worker.send(Command(cast(PersonCommand, name))):
            raise UserError("The trainer is not running just now. Try again in a few seconds.")

    def redraw(self, example: int) -> NDArray[np.uint8]:
        """The example as the model redraws it: (H, W, C). UserError if the trainer is away."""
        number, answer = next(self._redraw_ids), Future[NDArray[np.uint8]]()
        self._redrawings[number] = answer
        try:
            if not self._worker.send(Redraw(number, example)):
                raise UserError("The trainer is not running just now.")
            return answer.result(REDRAW_WITHIN)
        except TimeoutError:
            raise UserError("The trainer did not answer in time. Try again.") from None
        finally:
            del self._redrawings[number]

    def send_labels(self, from_seq: int | None = None) -> None:
        """Send what changed since it was last told, or since from_seq."""
        since = self._sent[0] if from_seq is None else from_seq
        changed = self._history.changed_since(since)
        classes = [-1 if label is None else label for label in changed.values()]
        message = Labels(
            from_seq=since,
            to_seq=self._history.seq,
            examples=np.fromiter(changed, np.int32, len(changed)),
            classes=np.array(classes, np.int16),
        )
        if self._worker.send(message):
            self._sent = (self._history.seq, time.monotonic())

    def state(self) -> dict[str, Any]:
        """What the status line says of it, as JSON."""
        status = self._status or Status(0, "starting")
        state: str = status.state
        message = status.message
        if self._failed:
            state, message = "failed", self._failed
        elif self._is_resting:
            state, message = "paused", "Another session is training. Press P to train this one."
        bound = {name: value for name, value in status.terms.items() if name in BOUND_TERMS}
        return {
            "state": state,
            "message": message,
            "device": status.device,
            "step": status.step,
            "rate": status.rate,
            "seconds_left": status.seconds_left,
            "bound": bound if len(bound) > 1 else None,
        }

    def _take(self, message: Message) -> None:
        """A message of the worker, on the thread that reads its socket."""
        if isinstance(message, Redrawn):
            self._take_redrawing(message)
            return
        if isinstance(message, Snapshot):
            self._on_snapshot(message)
        with self._lock:
            if isinstance(message, Failed):
                self._failed = message.error
            elif isinstance(message, Status):
                self._status = message
                self._send_what_it_lacks(message)
            self._on_change()

    def _take_redrawing(self, message: Redrawn) -> None:
        answer = self._redrawings.get(message.id)
        if answer is None:
            return
        if message.image is not None:
            answer.set_result(message.image)
        else:
            answer.set_exception(UserError(message.error))

    def _send_what_it_lacks(self, status: Status) -> None:
        if status.state in ("starting", "restarting") or status.label_seq >= self._history.seq:
            return
        seq, at = self._sent
        if status.label_seq < seq and time.monotonic() - at < RESEND_AFTER:
            return  # they may be on their way
        self.send_labels(from_seq=status.label_seq)
