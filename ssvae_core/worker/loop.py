"""The loop of a worker: labels in between two steps, snapshots out, and an end within seconds.

The thread that calls run() only reads the connection, so the end of the app is noticed also while
a step runs. The loop's own thread takes in what came. Whatever takes long it has another thread do
(background.py): what nobody waits for, such as a step, a checkpoint or a question to the model,
one that comes after others on the processor. Labels that arrive meanwhile are answered at once by
what they propagate, and applied when the core is free again: one thread at a time uses it, but for
`preview`. The last thread repeats the status, so the app hears from a trainer that is in the middle
of a long step; it falls silent when the loop has not come round for minutes, and the app then
starts another worker.
"""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace

from ..errors import UserError
from ..protocol.messages import (
    Command,
    Failed,
    Labels,
    Message,
    Open,
    Status,
    When,
    merged,
)
from ..protocol.queries import NoAnswer, Query
from ..protocol.wire import Connection, ProtocolError
from .background import Background, Found, Inbox, Work, piece_of
from .interface import Core
from .priority import Priority
from .rate import Rate, seconds_left

log = logging.getLogger(__name__)

EXIT_STOPPED, EXIT_CRASHED, EXIT_FAILED = 0, 1, 3


@dataclass(frozen=True)
class Limits:
    """How often and how long, in seconds."""

    snapshot_every: float = 0.5
    status_every: float = 0.8  # so that less than 1 s passes between two
    checkpoint_every: float = 15.0
    last_step: float = 2.0  # what a step may still take when the worker has to end
    last_checkpoint: float = 2.0
    silent_after: float = 300.0  # without a turn of the training thread
    idle_turn: float = 0.2  # wait for messages where there is nothing to train


class WorkerLoop:
    """Drives a core by what comes over a connection."""

    def __init__(
        self,
        connection: Connection,
        opening: Open,
        open_core: Callable[[Open], Core],
        limits: Limits | None = None,
        priority: Priority | None = None,
    ):
        """`open_core` is called in the background thread; it may take long.

        Without a `priority` all threads and processes have the same.
        """
        self._connection, self._opening, self._open_core = connection, opening, open_core
        self._limits = limits or Limits()
        self._core: Core | None = None
        self._priority = priority
        self._inbox = Inbox()
        self._background = Background(self._inbox, priority)
        self._label_seq = self._answered_seq = 0  # of labels applied, and of labels answered
        self._asked: deque[tuple[int, Work]] = deque()  # ids of queries, and what answers them
        self._exit_code = EXIT_STOPPED
        self._stopping = threading.Event()
        self._left_turns = threading.Event()
        self._finished = threading.Event()
        self._status = Status(opening.generation, "starting")
        self._status_lock = threading.Lock()  # an older status never goes out after a newer one
        self._is_paused = False
        self._warning = ""
        now = time.monotonic()
        self._turn_at = self._status_at = self._saved_at = now
        self._snapshot_at = -float("inf")
        self._rate, self._saved = Rate(), (0, 0)

    def run(self) -> int:
        """Serve until the other end says stop or is gone, or the core fails; the exit code."""
        self._send(self._status)
        for work in (self._train, self._repeat_status):
            threading.Thread(target=work, daemon=True).start()
        self._read()
        self._stopping.set()
        self._inbox.put(Command("stop"))  # wakes a training thread that waits for messages
        # A core that is not open yet, or a step that does not end, leaves nothing to save.
        if self._core is not None and self._left_turns.wait(self._limits.last_step):
            self._finished.wait(self._limits.last_checkpoint)
        return self._exit_code

    def _read(self) -> None:
        while True:
            try:
                message = self._connection.receive()
            except ProtocolError as error:
                log.warning("The app sent what cannot be read: %s", error)
                self._exit_code = EXIT_CRASHED
                return
            if message is None or (isinstance(message, Command) and message.name == "stop"):
                return
            self._inbox.put(message)
            if self._priority and isinstance(message, Labels | Query):
                self._priority.raise_group()

    def _train(self) -> None:
        try:
            # Opened where it trains: how many threads torch uses is a thread's own.
            core = self._background.begin(lambda: self._open_core(self._opening))
            self._saved = counts = counts_of(core.status())
            self._rate, self._label_seq = Rate(counts[0]), counts[1]
            self._answered_seq = self._label_seq
            self._core = core
            while not self._stopping.is_set():
                self._turn(core)
            self._left_turns.set()
            self._save(core)
        except UserError as error:
            self._exit_code = EXIT_FAILED
            self._send(Failed(str(error)))
        except Exception:
            self._exit_code = EXIT_CRASHED
            log.exception("The trainer ended")
        finally:
            self._left_turns.set()
            self._finished.set()
            self._background.end()
            self._connection.interrupt()  # ends _read()

    def _turn(self, core: Core) -> None:
        """Take in what waits, then one piece of an answer, or one step where nobody asks."""
        self._turn_at = time.monotonic()
        messages = self._waiting_messages(core)
        if self._stopping.is_set():
            return  # what came last is sent again to the next worker
        is_waited_for = self._take_in(core, messages)
        self._note(core)
        self._publish(core, at_once=is_waited_for)
        if self._asked:
            self._answer(core, *self._asked.popleft())
        elif core.busy and not self._is_paused:
            self._share_processor()
            self._in_background(core, core.step)
            self._note(core)
        if time.monotonic() - self._saved_at >= self._limits.checkpoint_every:
            self._save(core)

    def _waiting_messages(self, core: Core) -> list[Message]:
        """All that came. Without anything to train, wait a moment for the first."""
        is_idle = not self._asked and (self._is_paused or not core.busy)
        return self._inbox.take(self._limits.idle_turn if is_idle else 0)

    def _take_in(self, core: Core, messages: list[Message]) -> bool:
        """Do what the messages say, all labels together first; whether these wait for an answer."""
        self._preview(core, messages)
        labels, is_gap = merged(messages, self._label_seq)
        if labels is not None:
            core.apply(
                labels.to_seq, labels.examples, labels.classes, labels.n_classes, labels.undone_from
            )
            self._label_seq = labels.to_seq
        if is_gap:
            self._note(core, at_once=True)  # the app sends again from our label_seq
        for message in messages:
            if isinstance(message, Command):
                self._obey(core, message)
            elif isinstance(message, When):
                core.set_when(message)
                self._note(core, at_once=True)
            elif isinstance(message, Query):
                self._asked.append((message.id, core.query(message)))
        return self._label_seq > self._answered_seq

    def _preview(self, core: Core, messages: list[Message]) -> None:
        """Answer the labels that have no answer yet, before they are applied."""
        labels, _ = merged(messages, self._label_seq)
        if labels is None or labels.to_seq <= self._answered_seq:
            return
        if (snapshot := core.preview(labels)) is not None:
            self._send(snapshot)
            self._answered_seq = labels.to_seq
            self._share_processor()

    def _in_background(
        self, core: Core, work: Callable[[], Found], gives_way: bool = True
    ) -> Found:
        """What this work finds; labels that come meanwhile are answered at once."""
        return self._background.do(work, lambda: self._preview(core, self._inbox.heard), gives_way)

    def _share_processor(self) -> None:
        """Let others go first again, where nobody waits for an answer."""
        if self._priority is not None and not self._asked:
            self._priority.lower_group()

    def _obey(self, core: Core, command: Command) -> None:
        if command.name == "pause":
            self._is_paused = True
            self._save(core)
        elif command.name == "resume":
            self._is_paused = False
        elif command.name == "checkpoint":
            self._save(core)
        elif command.name in ("now", "pretrain"):
            self._is_paused = False
            core.command(command.name)
        elif command.name == "cancel":
            core.command("cancel")

    def _answer(self, core: Core, number: int, work: Work) -> None:
        """A piece of an answer; if it is not the last, the other queries have their turns."""
        try:
            answer = self._in_background(core, lambda: piece_of(work), gives_way=False)
        except UserError as error:
            answer = NoAnswer(number, str(error))
        if answer is None:
            self._asked.append((number, work))
        else:
            self._send(answer)

    def _publish(self, core: Core, at_once: bool) -> None:
        """Send a snapshot if the last has been out for a while; at once where a person waits."""
        if not at_once and time.monotonic() - self._snapshot_at < self._limits.snapshot_every:
            return
        snapshot = core.snapshot() if at_once else self._in_background(core, core.snapshot)
        if snapshot is not None:
            labels, _ = merged(self._inbox.heard, self._label_seq)
            newer = labels and core.preview(labels)  # of labels that were answered meanwhile
            self._send(replace(newer, xy=snapshot.xy) if newer else snapshot)
        self._answered_seq = max(self._answered_seq, self._label_seq)
        self._snapshot_at = time.monotonic()

    def _save(self, core: Core) -> None:
        """Write a checkpoint if anything happened since the last."""
        now = counts_of(core.status())
        self._saved_at = time.monotonic()
        if now == self._saved and not core.is_pretraining:
            return
        try:
            self._in_background(core, core.save)
            self._saved, self._warning = now, ""
        except (OSError, UserError) as error:
            log.exception("No checkpoint was written")  # which a full disk does not end
            self._warning = f"The model is not saved, training goes on: {error}"

    def _note(self, core: Core, at_once: bool = False) -> None:
        """Renew the status now and then; send it at once where it says something else."""
        now, last, status = time.monotonic(), self._status, core.status()
        if self._is_paused:
            status = replace(status, state="paused")
        is_other = (status.state, status.label_seq, status.waits_for) != (
            *(last.state, last.label_seq, last.waits_for),
        )
        if not (at_once or is_other or now - self._status_at >= self._limits.status_every / 2):
            return
        rate = self._rate.after(status.step)
        status = replace(
            status,
            rate=rate if status.state in ("training", "pretraining") else 0.0,
            message=status.message or self._warning,
            seconds_left=seconds_left(status, rate),
        )
        self._status_at = now
        with self._status_lock:
            self._status = status
            if at_once or is_other:
                self._send(status)

    def _repeat_status(self) -> None:
        while not self._finished.wait(self._limits.status_every):
            if time.monotonic() - self._turn_at < self._limits.silent_after:
                with self._status_lock:
                    self._send(self._status)

    def _send(self, message: Message) -> None:
        with contextlib.suppress(OSError):  # the app is gone; _read() sees it too
            self._connection.send(message)


def counts_of(status: Status) -> tuple[int, int]:
    """Steps taken, and the last label event: a checkpoint is due where they have changed."""
    return status.step, status.label_seq
