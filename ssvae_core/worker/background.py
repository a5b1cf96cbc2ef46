"""What came from the app, and a thread for work that nobody waits for, during which it is heard."""

from __future__ import annotations

import queue
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from ..protocol.messages import Message
from .priority import Priority

Found = TypeVar("Found")


class Inbox:
    """Messages in the order in which they came. Any thread may put one in, one takes them out."""

    def __init__(self) -> None:
        """Nothing has come."""
        self._queue: queue.SimpleQueue[Message | None] = queue.SimpleQueue()  # None: work is done
        self.heard: list[Message] = []  # during such work; the next to take has them

    def put(self, message: Message | None) -> None:
        """One more; None wakes who hears."""
        self._queue.put(message)

    def take(self, seconds: float) -> list[Message]:
        """All that is there; where nothing is, all that comes within so many seconds."""
        self._hear(0 if self.heard else seconds)
        heard, self.heard = self.heard, []
        return heard

    def hear(self) -> bool:
        """Wait until something comes, and leave it in `heard`; False where it is a None."""
        return self._hear(None)

    def _hear(self, seconds: float | None) -> bool:
        came = []
        try:
            came.append(self._queue.get(seconds != 0, seconds))
            while True:
                came.append(self._queue.get_nowait())
        except queue.Empty:
            self.heard += [message for message in came if message is not None]
            return None not in came


class Background:
    """A thread that does one piece of work after the other, after others on the processor."""

    def __init__(self, inbox: Inbox, priority: Priority | None):
        """What comes into the inbox is heard while it works."""
        self._inbox, self._priority = inbox, priority
        self._thread = ThreadPoolExecutor(1, "background")

    def begin(self, work: Callable[[], Found]) -> Found:
        """What this work finds, that somebody waits for; what comes later gives way."""
        found = self._thread.submit(work).result()
        if self._priority is not None:
            self._thread.submit(self._priority.lower_thread).result()
        return found

    def do(self, work: Callable[[], Found], on_message: Callable[[], None]) -> Found:
        """What this work finds; `on_message` is called here whenever messages were heard."""
        found = self._thread.submit(work)
        found.add_done_callback(lambda _: self._inbox.put(None))
        while self._inbox.hear():
            on_message()
        return found.result()

    def end(self) -> None:
        """Take no more work."""
        self._thread.shutdown(wait=False)
