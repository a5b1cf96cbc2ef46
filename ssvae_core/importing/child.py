"""A process of ours that reads what others made, and may die of it; the app goes on.

It is asked over its stdin and answers over its stdout: a length, a JSON object of that length, and
the raw bytes it announces. Nothing is pickled: who takes over a process by a file made for it can
send numbers and text, and nothing else. At the end of its stdin it ends.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable
from contextlib import suppress
from typing import IO, Any

from ..limits import MB, MOST_ITEM
from ..system import environment

Blob = bytes | bytearray | memoryview
MOST_HEAD = 64 * MB  # bytes of JSON in one answer
# One thread each, and memory from the system's own allocator: what they reserve without using it
# counts where a process is held to a limit.
FRUGAL = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "ARROW_DEFAULT_MEMORY_POOL": "system",
    "MALLOC_ARENA_MAX": "1",
}


class ChildDied(Exception):
    """Raised where a process ended in the middle of an answer, or gave none that can be read."""


class Child:
    """One process that runs a module of ours, asked by one thread at a time."""

    def __init__(self, module: str):
        self._process = subprocess.Popen(
            [sys.executable, "-m", module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,  # Ctrl-C is for whoever imports
            env=environment() | FRUGAL,
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._questions, self._answers = self._process.stdin, self._process.stdout

    def ask(self, question: Any, blobs: Iterable[Blob] = ()) -> None:
        """Send a question and its bytes."""
        try:
            send(self._questions, question, blobs)
        except OSError as error:
            raise ChildDied from error

    def answer(self) -> Any:
        """The next JSON object that it says."""
        try:
            return receive(self._answers)
        except (OSError, EOFError, ValueError) as error:
            raise ChildDied from error

    def blob(self, n: int) -> bytes:
        """The next n bytes that it says."""
        try:
            return exactly(self._answers, n)
        except (OSError, EOFError, ValueError) as error:
            raise ChildDied from error

    def kill(self) -> None:
        """End it now."""
        self._process.kill()
        self._process.wait()

    def close(self) -> None:
        """End it and let go of its streams."""
        self.kill()
        for stream in (self._questions, self._answers):
            with suppress(OSError):  # what was still to be sent to a process that is gone
                stream.close()


def send(stream: IO[bytes], head: Any, blobs: Iterable[Blob] = ()) -> None:
    """Write a JSON object and the bytes that belong to it."""
    text = json.dumps(head).encode()
    stream.write(len(text).to_bytes(8, "little"))
    stream.write(text)
    for blob in blobs:
        stream.write(blob)
    stream.flush()


def receive(stream: IO[bytes]) -> Any:
    """The next JSON object. EOFError at the end."""
    length = int.from_bytes(exactly(stream, 8), "little")
    if length > MOST_HEAD:
        raise ValueError(f"{length} bytes of JSON were announced")
    return json.loads(exactly(stream, length))


def exactly(stream: IO[bytes], n: int) -> bytes:
    """The next n bytes. EOFError if there are fewer."""
    if not 0 <= n <= max(MOST_ITEM, MOST_HEAD):
        raise ValueError(f"{n} bytes were announced")
    content = stream.read(n)
    if len(content) < n:
        raise EOFError
    return content


def streams() -> tuple[IO[bytes], IO[bytes]]:
    """Questions and answers of this process; what else prints goes to the log."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return sys.stdin.buffer, answers
