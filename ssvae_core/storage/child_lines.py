"""What a process that was started here says, line by line, while whoever reads may stop."""

from __future__ import annotations

import os
import select
from collections.abc import Iterator
from typing import IO

EVENT_SECONDS = 0.2  # seconds between two events, whatever the process says


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
