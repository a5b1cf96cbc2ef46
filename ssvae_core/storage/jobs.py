"""Long work beside the requests: a thread that goes through a generator, one event after another.

Whoever asks sees the newest event; who cancels closes the generator, which leaves nothing behind.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Generator, Iterator
from typing import Generic, Literal, TypeVar

from ..errors import UserError

P = TypeVar("P")
State = Literal["running", "done", "failed", "cancelled"]

log = logging.getLogger(__name__)


class Job(Generic[P]):
    """One piece of work under way, or what came of it. It begins at once."""

    def __init__(
        self,
        work: Iterator[P],
        is_end: Callable[[P], bool],
        then: Callable[[P], None] = lambda last: None,
    ):
        """`is_end` knows the last event, which cannot be cancelled; `then` is called with it."""
        self._is_end = is_end
        self.began = time.time()
        self.latest: P | None = None
        self.error = ""  # why it failed, in words
        self.state: State = "running"
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(work, then), daemon=True)
        self._thread.start()

    @property
    def is_running(self) -> bool:
        """Whether it is still to end."""
        return self.state == "running"

    def cancel(self) -> None:
        """Let it end at its next event."""
        self._stop.set()

    def wait(self, seconds: float | None = None) -> None:
        """Until it has ended, or so long."""
        self._thread.join(seconds)

    def _run(self, work: Iterator[P], then: Callable[[P], None]) -> None:
        state: State = "failed"
        try:
            state = self._go_through(work, then)
        except UserError as error:
            self.error = str(error)
        except Exception:
            log.exception("A job failed")
            self.error = "Something went wrong; the app's log says what. Nothing was kept."
        self.state = state

    def _go_through(self, work: Iterator[P], then: Callable[[P], None]) -> State:
        try:
            for event in work:
                self.latest = event
                if self._is_end(event):
                    then(event)
                    return "done"
                if self._stop.is_set():
                    return "cancelled"
        finally:
            if isinstance(work, Generator):
                work.close()
        return "done"
