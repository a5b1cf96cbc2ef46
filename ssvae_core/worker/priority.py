"""Who goes first on the processor: answers that a person waits for, then others, then training.

A thread's niceness counts among the threads of its session only, where each session shares the
processor as a group (Linux's autogroup), and there the group's niceness counts among sessions. So
both are set: the thread that trains is always nicer than the one that answers, and the group is
nice as long as nobody waits. A thread's cannot be taken back, the group's can, ten times a second.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

THREAD_BY = 5  # by which the thread that trains is nicer
GROUP_LAST = 10  # niceness of the group while nobody waits for an answer
GROUP_FILE = Path("/proc/self/autogroup")


class Priority:
    """Of a worker's threads, and of the worker among other processes."""

    def __init__(self) -> None:
        """Nobody waits, or somebody waits for the worker to start."""
        self._is_alone = os.getsid(0) == os.getpid()  # the group of a shell is not to be slowed
        self._group = 0  # niceness, as it was written last

    def lower_thread(self) -> None:
        """Let the thread that calls this come after all that are as nice as it was.

        Where threads have no niceness of their own, the process gets it.
        """
        now = os.getpriority(os.PRIO_PROCESS, 0)
        os.setpriority(os.PRIO_PROCESS, 0, min(now + THREAD_BY, 19))

    def raise_group(self) -> None:
        """Somebody waits for an answer."""
        self._set_group(0)

    def lower_group(self) -> None:
        """Nobody waits any longer: the page that draws the answer goes first, and all others."""
        self._set_group(GROUP_LAST)

    def _set_group(self, niceness: int) -> None:
        if not self._is_alone or self._group == niceness:
            return
        with contextlib.suppress(OSError):  # no such groups here, or too soon after the last time
            GROUP_FILE.write_text(str(niceness))
            self._group = niceness
