"""A worker process on this machine: started, listened to, and started again when it dies.

One thread looks after it: it starts the process, hands on what comes, and notices the end of the
process as the end of the stream. A worker that says nothing for half a minute hangs, and is killed.
What goes to it waits in outgoing.py: whatever it does or fails to do, send() returns at once.
The process ends by itself when the app does, however that happens: its stream ends as well.
"""

from __future__ import annotations

import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from ..errors import UserError
from ..protocol.messages import Failed, Message, Open, Snapshot, Status
from ..protocol.wire import Connection, ProtocolError
from ..system import environment
from .outgoing import Outgoing

COMMAND = (sys.executable, "-m", "ssvae_core.worker.worker")
# A thread of torch that waits for another sleeps instead of spinning. On two cores, beside a
# browser that draws the map, 30 labels in 30 s leave time for 1268 steps this way, 46 the other.
WAIT_IDLY = {"OMP_WAIT_POLICY": "PASSIVE"}
MAX_LOG = 1_000_000  # bytes; then the log begins anew, and the one before is kept as .1

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Patience:
    """How long the supervisor waits, in seconds."""

    hangs_after: float = 30.0  # without a message
    first_pause: float = 0.5  # before the second start; doubled from crash to crash
    longest_pause: float = 30.0
    too_many: int = 3  # crashes within `crash_window` are final
    crash_window: float = 60.0
    stop: float = 4.4  # for the last step and the last checkpoint
    terminate: float = 0.3  # then kill


class LocalWorker:
    """Keeps one worker running between start() and stop(). Any thread may call its methods."""

    def __init__(
        self,
        opening: Callable[[], Open],
        on_message: Callable[[Message], None],
        command: Sequence[str] = COMMAND,
        *,
        log_file: Path | None = None,
        patience: Patience | None = None,
    ):
        """`opening` makes the first message of every start; `on_message` takes what comes.

        Both are called on the supervisor's thread. What the worker prints goes to `log_file`, or
        where our own prints go.
        """
        self._opening, self._on_message, self._command = opening, on_message, tuple(command)
        self._log_file, self._patience = log_file, patience or Patience()
        self._lock = threading.Lock()  # over the five below
        self._stopping = threading.Event()  # of the present thread; every thread has its own
        self._thread: threading.Thread | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._outgoing: Outgoing | None = None
        self._status: Status | None = None

    @property
    def is_alive(self) -> bool:
        """Whether a process runs now; between a crash and the next start there is none."""
        process = self._process
        return process is not None and process.poll() is None

    def start(self) -> None:
        """Start, also after stop() or Failed. Does nothing where it runs or is about to."""
        with self._lock:
            if self._thread is not None and not self._stopping.is_set():
                return
            previous, self._stopping = self._thread, threading.Event()
            self._thread = threading.Thread(
                target=self._supervise, args=(self._stopping, previous), daemon=True
            )
            self._thread.start()

    def send(self, message: Message) -> bool:
        """Hand a message to the worker. False, and the message is lost, where there is none."""
        outgoing = self._outgoing
        return outgoing is not None and outgoing.put(message)

    def stop(self, checkpoint: bool = True, wait: bool = True) -> None:
        """End the worker within 5 s, after a last checkpoint or without.

        Without `wait` this returns at once; what is started then begins when the worker is gone.
        """
        with self._lock:
            self._stopping.set()
            thread, process, outgoing = self._thread, self._process, self._outgoing
        end = partial(self._end, thread, process, outgoing if checkpoint else None)
        if wait:
            end()
        else:
            threading.Thread(target=end, name="end-trainer", daemon=True).start()

    def _end(
        self,
        thread: threading.Thread | None,
        process: subprocess.Popen[bytes] | None,
        outgoing: Outgoing | None,
    ) -> None:
        if process is not None:
            if outgoing is not None:
                outgoing.finish()
                _wait(process, self._patience.stop)
            process.terminate()
            if not _wait(process, self._patience.terminate):
                process.kill()
                _wait(process, self._patience.terminate)
        if thread is not None and thread is not threading.current_thread():
            thread.join(self._patience.terminate)

    def _supervise(self, stopping: threading.Event, previous: threading.Thread | None) -> None:
        if previous is not None:
            previous.join()  # two workers of a session would write to the same folder
        crashes: list[float] = []
        pause = self._patience.first_pause
        while not stopping.is_set():
            started_at = time.monotonic()
            end = self._run(stopping)
            if stopping.is_set():
                return
            if isinstance(end, Failed):
                self._give_up(stopping, end)
                return
            now = time.monotonic()
            crashes = [at for at in (*crashes, now) if now - at <= self._patience.crash_window]
            if len(crashes) >= self._patience.too_many:
                self._give_up(stopping, Failed(self._too_many_crashes(end)))
                return
            if now - started_at > self._patience.crash_window:
                pause = self._patience.first_pause
            self._say_restarting(end)
            stopping.wait(pause)
            pause = min(2 * pause, self._patience.longest_pause)

    def _run(self, stopping: threading.Event) -> Failed | str:
        """One worker from its start to its end: what it failed of, or how it ended, in words."""
        try:
            opening = self._opening()
            with self._lock:
                if stopping.is_set():
                    return "stopped"
                process, connection = self._launch()
                self._process = process
        except UserError as error:
            return Failed(str(error))
        except Exception as error:
            log.exception("The trainer could not be started.")
            return str(error)
        end: Failed | str | None = None
        outgoing = Outgoing(connection)
        try:
            outgoing.put(opening)
            with self._lock:
                self._outgoing = outgoing  # from here on others may send as well
            end = self._listen(connection, opening.generation, stopping)
        except TimeoutError:
            end = f"silent for {self._patience.hangs_after:g} s"
            process.kill()
        except (OSError, ProtocolError) as error:
            log.warning("The trainer cannot be understood: %s", error)
        finally:
            with self._lock:
                self._outgoing = None
            outgoing.close()
            connection.abort()
            if not _wait(process, self._patience.stop):
                process.kill()
                process.wait()
            connection.close()
        return end if end is not None else self._last_words(process.returncode)

    def _launch(self) -> tuple[subprocess.Popen[bytes], Connection]:
        ours, theirs = socket.socketpair()
        output = self._open_log()
        try:
            process = subprocess.Popen(
                [*self._command, str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env=WAIT_IDLY | environment(),
                start_new_session=True,  # Ctrl-C in the app's terminal is not for the worker
            )
        except BaseException:
            ours.close()
            raise
        finally:
            theirs.close()
            if output is not None:
                os.close(output)
        return process, Connection(ours, timeout=self._patience.hangs_after)

    def _listen(
        self, connection: Connection, generation: int, stopping: threading.Event
    ) -> Failed | None:
        """Hand on what comes until the stream ends, or until the worker says that it failed."""
        while (message := connection.receive()) is not None:
            if isinstance(message, Failed):
                return message
            if stopping.is_set():
                continue  # another may be about to start, and says itself how it is
            if isinstance(message, Status | Snapshot) and message.generation != generation:
                log.warning("A message of generation %d was dropped.", message.generation)
                continue
            if isinstance(message, Status):
                self._status = message
            self._tell(message)
        return None

    def _tell(self, message: Message) -> None:
        try:
            self._on_message(message)
        except Exception:
            log.exception("A message of the trainer was not taken.")

    def _give_up(self, stopping: threading.Event, failed: Failed) -> None:
        """Say so when everything is put away, so that whoever hears it may call start()."""
        with self._lock:
            if self._stopping is stopping:
                self._thread = None
        self._tell(failed)

    def _say_restarting(self, end: str) -> None:
        log.warning("The trainer ended (%s) and is started again.", end)
        if self._status is not None:
            message = f"The trainer ended ({end}) and is started again."
            self._tell(replace(self._status, state="restarting", rate=0.0, message=message))

    def _too_many_crashes(self, end: str) -> str:
        details = f" {self._log_file} has the details." if self._log_file else ""
        return (
            f"The trainer ended {self._patience.too_many} times within "
            f"{self._patience.crash_window:.0f} s, the last time with: {end}. "
            f"Labelling goes on; resume training to try again.{details}"
        )

    def _open_log(self) -> int | None:
        """A descriptor to write the log's end; None for where our own prints go."""
        path = self._log_file
        if path is None:
            return None
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            if path.exists() and path.stat().st_size > MAX_LOG:
                path.replace(path.with_name(path.name + ".1"))
            return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        except OSError as error:  # a full disk, or something of that name: it learns all the same
            log.warning("The trainer's log cannot be written: %s", error)
            return None

    def _last_words(self, exit_code: int) -> str:
        if exit_code < 0:
            return f"killed by {signal.Signals(-exit_code).name}"
        lines: list[str] = []
        if exit_code != 0 and self._log_file is not None:
            with suppress(OSError):
                lines = self._log_file.read_text(errors="replace")[-2000:].split("\n")
        said = [line.strip() for line in lines if line.strip()]
        return said[-1] if said else f"exit code {exit_code}"


def _wait(process: subprocess.Popen[bytes], seconds: float) -> bool:
    """Whether the process has ended within this time."""
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        return False
    return True
