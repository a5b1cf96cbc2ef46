"""What came from the app, and threads for what takes long, during which it is heard."""

from __future__ import annotations

import queue
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from ..protocol.messages import Message
from ..protocol.queries import Answer
from .priority import Priority

Found = TypeVar("Found")
Work = Generator[None, None, Answer]  # an answer in pieces


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
    """Two threads of which one works at a time: one gives way to others, one for who waits."""

    def __init__(self, inbox: Inbox, priority: Priority | None):
        """What comes into the inbox is heard while one works."""
        self._inbox, self._priority = inbox, priority
        self._nice = ThreadPoolExecutor(1, "background")
        self._for_people = ThreadPoolExecutor(1, "answers")

    def begin(self, work: Callable[[], Found]) -> Found:
        """What this work finds, that somebody waits for; what comes later gives way."""
        found = self._nice.submit(work).result()
        if self._priority is not None:
            self._nice.submit(self._priority.lower_thread).result()
        return found

    def do(
        self, work: Callable[[], Found], on_message: Callable[[], None], gives_way: bool = True
    ) -> Found:
        """What this work finds; `on_message` is called here whenever messages were heard."""
        found = (self._nice if gives_way else self._for_people).submit(work)
        found.add_done_callback(lambda _: self._inbox.put(None))
        while self._inbox.hear():
            on_message()
        return found.result()

    def end(self) -> None:
        """Take no more work."""
        self._nice.shutdown(wait=False)
        self._for_people.shutdown(wait=False)


def piece_of(work: Work) -> Answer | None:
    """The answer, if this was the last piece of it."""
    try:
        next(work)
    except StopIteration as end:
        answer: Answer = end.value
        return answer
    return None
