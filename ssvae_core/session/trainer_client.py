"""A session's line to its trainer: labels and wishes out, snapshots and its state in.

The trainer may be away at any moment: it is started again and told what it lacks. What it has is
known by the event number it reports, so nothing is lost and nothing harmful is sent twice.
"""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any, Literal, Protocol, cast, get_args

import numpy as np
from numpy.typing import NDArray

from ..errors import UserError
from ..options.catalogue import bound_of
from ..protocol.messages import (
    Answer,
    Ask,
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
from ..worker.supervisor import COMMAND, LocalWorker

RESEND_AFTER = 1.0  # seconds until labels that the trainer has not confirmed are sent again
REDRAW_WITHIN = 2.0  # seconds
ANSWER_WITHIN = 10.0
MAP_WITHIN = 50.0  # of all examples: 60,000 took 10 on two cores that others wanted, too
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
        self._sent = (0, 0.0)  # seq up to which labels went out, and when
        self._answers: dict[int, Future[Answer]] = {}
        self._ask_ids = itertools.count()
        self.when = When("always")
        self._told_when = -1  # the generation that has heard it
        self._worker = LocalWorker(opening, self._take, command, log_file=log_file)

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
            self._on_change()
        self._worker.start()

    def rest(self) -> None:
        """Stop it, because another session needs the processor."""
        with self._lock:
            self._is_resting = True
            self._on_change()
        self._worker.stop()

    def restart(self) -> None:
        """Stop it, and start it with what it is to train now."""
        with self._lock:
            self._status = None
        self._worker.stop()
        self.start()

    def stop(self) -> None:
        """Stop it, after a last checkpoint."""
        self._worker.stop()

    def command(self, name: str) -> None:
        """`pause`, `resume`, `now`, `pretrain` (an M1 from scratch) or `cancel` the present run.

        Raises UserError for anything else, and if the trainer is not there to hear it.
        """
        if name not in get_args(PersonCommand):
            raise UserError(
                f"Unknown command '{name}'. Choose one of: {', '.join(get_args(PersonCommand))}."
            )
        if not self._worker.send(Command(cast(PersonCommand, name))):
            raise UserError("The trainer is not running just now. Try again in a few seconds.")

    def set_when(self, mode: str, labels: int = 10, seconds: float = 5.0) -> None:
        """When the model is to take steps, see When: now, and whenever it is started again.

        Raises UserError for what cannot be.
        """
        if mode not in get_args(WhenMode):
            raise UserError(
                f"Unknown way to train: {mode!r}. Choose one of: {', '.join(get_args(WhenMode))}."
            )
        if not 1 <= labels <= 1_000_000:
            raise UserError(f"Train after 1 to 1,000,000 labels, not after {labels}.")
        if not 0 <= seconds <= 86_400:
            raise UserError(f"Train after 0 to 86,400 seconds, not after {seconds:g}.")
        with self._lock:
            self.when = When(cast(WhenMode, mode), labels, float(seconds))
            self._on_change()
        self._worker.send(self.when)

    def ask(
        self,
        what: str,
        examples: Sequence[int] | NDArray[np.integer] = (),
        options: Mapping[str, Any] | None = None,
        within: float = ANSWER_WITHIN,
    ) -> Answer:
        """The model's answer to one of training.questions.QUESTIONS.

        Raises UserError if the trainer is away, has no answer, or none within so many seconds.
        """
        number, answer = next(self._ask_ids), Future[Answer]()
        self._answers[number] = answer
        try:
            wish = Ask(number, what, np.asarray(examples, np.int32), dict(options or {}))
            if not self._worker.send(wish):
                raise UserError("The trainer is not running just now.")
            found = answer.result(within)
        except TimeoutError:
            raise UserError("The trainer did not answer in time. Try again.") from None
        finally:
            del self._answers[number]
        if found.error:
            raise UserError(found.error)
        return found

    def redraw(self, example: int) -> NDArray[np.uint8]:
        """The example as the model redraws it: (H, W, C). UserError if the trainer is away."""
        images = self.ask("redraw", [example], within=REDRAW_WITHIN).images
        assert images is not None
        return images[0]

    def places(self, view: str) -> NDArray[np.float32]:
        """Another map of all examples, see training.questions.places: (N, 2). UserError if none."""
        numbers = self.ask("places", options={"view": view}, within=MAP_WITHIN).numbers
        assert numbers is not None
        return numbers

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
            n_classes=self._history.n_classes,
            undone_from=self._history.undone_since(since),
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
        if isinstance(message, Answer):
            if answer := self._answers.get(message.id):
                answer.set_result(message)
            return
        if isinstance(message, Snapshot):
            self._on_snapshot(message)
        with self._lock:
            if isinstance(message, Failed):
                self._failed = message.error
            elif isinstance(message, Status):
                self._status = message
                self._tell_when(message)
                self._send_what_it_lacks(message)
            self._on_change()

    def _tell_when(self, status: Status) -> None:
        """Tell a trainer that has just started when it is to take steps."""
        if status.state == "starting" and status.generation != self._told_when:
            self._told_when = status.generation
            self._worker.send(self.when)

    def _send_what_it_lacks(self, status: Status) -> None:
        if status.state in ("starting", "restarting") or status.label_seq >= self._history.seq:
            return
        seq, at = self._sent
        if status.label_seq < seq and time.monotonic() - at < RESEND_AFTER:
            return  # they may be on their way
        self.send_labels(from_seq=status.label_seq)
