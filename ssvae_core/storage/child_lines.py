"""A process that is started here tells how far it is, line by line, and can be ended meanwhile."""

from __future__ import annotations

import os
import select
import subprocess
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from typing import IO, TypeVar

from ..errors import UserError

EVENT_SECONDS = 0.2  # seconds between two events, whatever the process says
MENDABLE = 2  # exit code of what the person can mend, as the last line says

T = TypeVar("T")


def told_apart(
    command: Sequence[str],
    env: Mapping[str, str],
    starting: T,
    read: Callable[[str], T | None],
    failed: Callable[[str], str],
    is_tied: bool = False,
) -> Generator[T, None, None]:
    """What a process tells on standard error: `starting`, then the newest at every event.

    `read` is the progress that a line tells, None for another; the last of these is the process's
    last word. Closing the iterator ends the process. A tied one, in a group of its own, sees its
    input end with this process, and is killed: it leaves nothing half done.

    Raises UserError with its last word for the exit code 2, and with what `failed` makes of that
    for any other.
    """
    with subprocess.Popen(
        command,
        env=env,
        stdin=subprocess.PIPE if is_tied else None,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=is_tied,
    ) as process:
        try:
            yield starting
            assert process.stderr is not None
            last, now = "", starting
            for line in lines_of(process.stderr):
                found = read(line)
                last = line.strip() if line.strip() and found is None else last
                now = now if found is None else found
                yield now
        except GeneratorExit:
            (process.kill if is_tied else process.terminate)()
            raise
    if process.returncode == MENDABLE:
        raise UserError(last)
    if process.returncode:
        raise UserError(failed(last or f"exit code {process.returncode}"))


def lines_of(stream: IO[bytes]) -> Iterator[str]:
    """Each line as it comes; "" now and then meanwhile, so that who reads may stop."""
    rest, fd = b"", stream.fileno()
    while True:
        if not select.select([fd], [], [], EVENT_SECONDS)[0]:
            yield ""
        elif new := os.read(fd, 1 << 16):
            *lines, rest = (rest + new).split(b"\n")
            yield from (line.decode(errors="replace") for line in lines)
        else:
            if rest:
                yield rest.decode(errors="replace")
            return
