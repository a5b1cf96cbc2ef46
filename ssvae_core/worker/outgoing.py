"""What is to go to one worker. A thread of its own waits for the socket, so that nobody else does.

A worker that is stopped, or whose socket is full, costs neither time nor memory: of labels, of
when to train and of each command only the newest waits, and who asks limits the queries.
"""

from __future__ import annotations

import logging
import threading

from ..protocol.messages import Command, Labels, Message, When, merged
from ..protocol.wire import Connection, ProtocolError

log = logging.getLogger(__name__)


class Outgoing:
    """Messages on their way, in order. Any thread may put one in; that never waits."""

    def __init__(self, connection: Connection):
        """Send over this connection, on which nobody else sends from here on."""
        self._connection = connection
        self._waiting: dict[object, Message] = {}  # by what a newer one takes the place of
        self._changed = threading.Condition()
        self._is_ending = False
        threading.Thread(target=self._run, name="to-trainer", daemon=True).start()

    def put(self, message: Message) -> bool:
        """Let it go out when its turn comes; False where nothing goes out any more."""
        with self._changed:
            if self._is_ending:
                return False
            key = _key(message)
            earlier = self._waiting.get(key)
            if isinstance(message, Labels) and isinstance(earlier, Labels):
                self._waiting[key] = joined(earlier, message)  # labels keep their turn
            else:
                self._waiting.pop(key, None)
                self._waiting[key] = message
            self._changed.notify()
            return True

    def finish(self) -> None:
        """Send what waits, then tell the other end that nothing more will come."""
        with self._changed:
            self._is_ending = True
            self._changed.notify()

    def close(self) -> None:
        """Send no more."""
        with self._changed:
            self._waiting.clear()
        self.finish()

    def _run(self) -> None:
        while (message := self._next()) is not None:
            try:
                self._connection.send(message)
            except ProtocolError:
                log.exception("A message to the trainer cannot be written.")
            except OSError as error:
                log.warning("A message to the trainer was lost: %s", error)
                self._connection.abort()  # it may have gone in part; the supervisor starts anew
                self.close()
        self._connection.finish_sending()

    def _next(self) -> Message | None:
        """The next message, once there is one; None at the end."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._is_ending)
            return self._waiting.pop(next(iter(self._waiting))) if self._waiting else None


def joined(earlier: Labels, later: Labels) -> Labels:
    """Both as one message; the later one alone where it says all, or does not follow.

    After a gap the trainer says what it lacks, and gets it.
    """
    if later.from_seq <= earlier.from_seq:
        return later
    both, is_gap = merged((earlier, later), earlier.from_seq)
    return later if both is None or is_gap else both


def _key(message: Message) -> object:
    """What is the same for two messages of which the newer says all that is to be known."""
    if isinstance(message, Labels | When):
        return type(message)
    return message.name if isinstance(message, Command) else id(message)
