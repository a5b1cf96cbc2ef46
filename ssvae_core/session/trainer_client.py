"""A session's line to its trainer: labels and wishes out, snapshots and its state in.

The trainer may be away at any moment: it is started again and told what it lacks. What it has is
known by the event number it reports, so nothing is lost and nothing harmful is sent twice.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, Protocol, cast, get_args

import numpy as np

from ..errors import Unavailable, UserError
from ..options.catalogue import bound_of
from ..protocol.messages import (
    Command,
    Failed,
    Labels,
    Message,
    Open,
    Snapshot,
    Status,
    When,
    WhenMode,
)
from ..protocol.queries import Answer
from ..worker.supervisor import COMMAND, LocalWorker
from .decoder_copy import DecoderCopy
from .model_queries import AWAY, ModelQueries

RESEND_AFTER = 1.0  # seconds until labels that the trainer has not confirmed are sent again
LONGEST_RESEND = 30.0  # seconds; doubled up to there
SILENT_AFTER = 6.0  # seconds without a word of a trainer, which repeats its status all the time
PersonCommand = Literal["pause", "resume", "now", "pretrain", "cancel"]


class LabelLog(Protocol):
    """What the trainer is to learn: labels.history.History has it."""

    @property
    def seq(self) -> int:
        """The newest event."""

    @property
    def n_classes(self) -> int:
        """How many class ids have ever been made; 0 for those the session began with."""

    def changed_since(self, seq: int) -> Mapping[int, int | None]:
        """The examples that events after `seq` touched, each with its class now, or None."""
        ...

    def undone_since(self, seq: int) -> int:
        """The first event that was undone by one after `seq`; 0 if none was."""
        ...


class Trainer:
    """The trainer as a session sees it. Any thread may call its methods."""

    def __init__(
        self,
        opening: Callable[[], Open],
        history: LabelLog,
        lock: threading.RLock,
        *,
        on_snapshot: Callable[[Snapshot], None],
        on_change: Callable[[], None],
        log_file: Path,
        command: Sequence[str] = COMMAND,
    ):
        """`history` is the session's, read under its `lock`; on_change is called under it."""
        self._history, self._lock = history, lock
        self._on_snapshot, self._on_change = on_snapshot, on_change
        self._status: Status | None = None
        self._failed = ""
        self._has_started = False
        self._is_resting = False
        self._generation = -1  # of the trainer that was last heard of
        self._sent: int | None = None  # seq up to which labels went to it
        self._known, self._known_at = -1, 0.0  # seq up to which it has them, and since when
        self._resend_after = RESEND_AFTER
        self._heard_at = 0.0
        self.when = When("always")
        self.rests_for = ""  # why it is paused, as a sentence, where that was no wish of a person
        self._worker = LocalWorker(opening, self._take, command, log_file=log_file)
        self.queries = ModelQueries(self._worker.send)
        self.decoder = DecoderCopy(self.queries)

    @property
    def is_training(self) -> bool:
        """Whether the trainer is there, or about to be again."""
        return self._has_started and not (self._is_resting or self._failed)

    @property
    def is_busy(self) -> bool:
        """Whether it learns something just now, or is about to."""
        states = ("starting", "training", "pretraining")
        return self.is_training and (self._status is None or self._status.state in states)

    def start(self) -> None:
        """Start it, or start it again after it has failed."""
        with self._lock:
            self._failed, self._is_resting, self._has_started = "", False, True
            self._status, self._heard_at = None, time.monotonic()
            self._on_change()
        self._worker.start()

    def rest(self) -> None:
        """Stop it, because another session needs the processor; this does not wait for its end."""
        with self._lock:
            self._is_resting = True
            self._on_change()
        self._end(wait=False)

    def restart(self) -> None:
        """Stop it, and start it with what it is to train now, as soon as it has ended."""
        self._end(wait=False)
        self.start()

    def stop(self) -> None:
        """Stop it, after a last checkpoint."""
        self._end(wait=True)

    def _end(self, wait: bool) -> None:
        self.queries.drop()
        self._worker.stop(wait=wait)

    def command(self, name: str) -> None:
        """`pause`, `resume`, `now`, `pretrain` (an M1 from scratch) or `cancel` the present run.

        Raises UserError for anything else, and if the trainer is not there to hear it.
        """
        if name not in get_args(PersonCommand):
            raise UserError(
                f"Unknown command '{name}'. Choose one of: {', '.join(get_args(PersonCommand))}."
            )
        if not self._worker.send(Command(cast(PersonCommand, name))):
            raise Unavailable(f"{AWAY} Try again in a few seconds.")

    def set_when(self, mode: str, labels: int = 10, seconds: float = 5.0) -> None:
        """When the model is to take steps, see When: now, and whenever it is started again.

        Raises UserError for what cannot be.
        """
        try:
            when = When(cast(WhenMode, mode), labels, float(seconds))
        except ValueError as error:
            raise UserError(str(error)) from None
        with self._lock:
            self.when = when
            self._on_change()
        self._worker.send(when)

    def send_labels(self, from_seq: int | None = None) -> None:
        """Send what changed since it was last told, or since from_seq.

        A trainer that has not said yet what it has gets all that it lacks once it does.
        """
        since = self._sent if from_seq is None else from_seq
        if since is None:
            return
        changed = self._history.changed_since(since)
        classes = [-1 if label is None else label for label in changed.values()]
        message = Labels(
            from_seq=since,
            to_seq=self._history.seq,
            examples=np.fromiter(changed, np.int32, len(changed)),
            classes=np.array(classes, np.int16),
            n_classes=self._history.n_classes,
            undone_from=self._history.undone_since(since),
        )
        if self._worker.send(message):
            self._sent = self._history.seq

    def state(self) -> dict[str, Any]:
        """What the status line says of it, as JSON."""
        status = self._status or Status(0, "starting")
        state: str = status.state
        message = status.message
        if self._failed:
            state, message = "failed", self._failed
        elif self._is_resting:
            state, message = "paused", "Another session is training. Press P to train this one."
        elif self.rests_for and state == "paused":
            message = self.rests_for
        elif (silent := self._silence(status)) > SILENT_AFTER:
            message = (
                f"The trainer has said nothing for {silent:.0f} s. Labels are saved; if it stays "
                "silent, it is started again."
            )
        bound = bound_of(status.terms)
        return {
            "state": state,
            "message": message,
            "device": status.device,
            "step": status.step,
            "rate": status.rate,
            "seconds_left": status.seconds_left,
            "bound": bound if len(bound) > 1 else None,
            "run": self._run(status),
            "when": vars(self.when),
            "waits_for": status.waits_for,
        }

    def figures(self) -> dict[str, float]:
        """How busy it is: steps, steps a second, and what waits for it."""
        status = self._status
        is_there = self.is_training and status is not None
        return {
            "busy": float(self.is_busy),
            "step": float(status.step) if status else 0.0,
            "rate": float(status.rate) if status and is_there else 0.0,
            "waiting": float(max(self._history.seq - status.label_seq, 0)) if status else 0.0,
            "queries": float(self.queries.n_unanswered),
        }

    def _silence(self, status: Status) -> float:
        """Seconds since the last word of a trainer that should be there."""
        is_there = self._has_started and status.state != "restarting"
        return time.monotonic() - self._heard_at if is_there else 0.0

    def _run(self, status: Status) -> dict[str, Any] | None:
        """Where the present run is, as JSON; its loss is minus what is known of the bound."""
        if not status.run_steps:
            return None
        bound = bound_of(status.terms)
        return {
            "step": status.run_step,
            "of": status.run_steps,
            "seconds_left": status.seconds_left,
            "loss": -sum(bound.values()) if bound else None,
        }

    def _take(self, message: Message) -> None:
        """A message of the worker, on the thread that reads its socket."""
        self._heard_at = time.monotonic()
        if isinstance(message, Answer):
            self.queries.take(message)
            return
        if isinstance(message, Snapshot):
            self._on_snapshot(message)
        with self._lock:
            if isinstance(message, Failed):
                self._failed = message.error
                self.queries.drop()
            elif isinstance(message, Status):
                self._take_status(message)
            self._on_change()

    def _take_status(self, status: Status) -> None:
        self._status = status
        if status.state == "restarting":
            self.queries.drop()
            self._sent = None
        elif status.generation != self._generation:
            self._generation, self._sent = status.generation, None
            self._worker.send(self.when)
        if status.state not in ("starting", "restarting"):
            self._send_what_it_lacks(status.label_seq)

    def _send_what_it_lacks(self, label_seq: int) -> None:
        """Labels after this event, but for those that are on their way.

        Nothing is lost on the way to a trainer, so one in a long step is reminded less and less.
        """
        now = time.monotonic()
        is_up_to_date = label_seq >= self._history.seq
        if is_up_to_date or label_seq != self._known:
            self._known, self._known_at, self._resend_after = label_seq, now, RESEND_AFTER
        if is_up_to_date:
            self._sent = self._history.seq
            return
        if self._sent is not None and label_seq < self._sent:
            if now - self._known_at < self._resend_after:
                return
            self._known_at, self._resend_after = now, min(2 * self._resend_after, LONGEST_RESEND)
        self.send_labels(from_seq=label_seq)
