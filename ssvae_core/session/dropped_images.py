"""Images that were dropped on a session's page from outside, kept so that a link brings them back.

Each is a file as it came, named by its content: what is read again is what was dropped, or nothing.
Where they would take more than MOST_BYTES, those that were dropped longest ago go.
"""

from __future__ import annotations

import hashlib
import logging
import re
from contextlib import suppress
from pathlib import Path

from ..errors import NotFound
from ..storage.whole import write_bytes_whole

MOST_BYTES = 50 * 10**6  # of a session's
NAME = re.compile(r"[0-9a-f]{32}")
GONE = "This image is not kept any longer. Drop it on the page again."

log = logging.getLogger(__name__)


class DroppedImages:
    """Of a session, in its folder."""

    def __init__(self, folder: Path):
        """Nothing is read or written yet."""
        self.folder = folder

    def keep(self, content: bytes) -> str:
        """Keep a file; the name to read it by. "" where the disk does not take it."""
        name = hashlib.sha256(content).hexdigest()[:32]
        path = self.folder / name
        try:
            if self._content(name) == content:
                path.touch()  # it goes last again
            else:
                self.folder.mkdir(exist_ok=True)
                write_bytes_whole(path, content)
                self._thin_out(name)
        except OSError as error:
            log.warning("An image that was dropped is not kept: %s", error)
            return ""
        return name

    def read(self, name: str) -> bytes:
        """What was kept under this name. NotFound where there is nothing, or it is damaged."""
        content = self._content(name) if NAME.fullmatch(name) else None
        if content is None:
            raise NotFound(GONE)
        return content

    def _content(self, name: str) -> bytes | None:
        """None where it is not there, or its content is another than its name says."""
        try:
            content = (self.folder / name).read_bytes()
        except OSError:
            return None
        return content if hashlib.sha256(content).hexdigest()[:32] == name else None

    def _thin_out(self, newest: str) -> None:
        """Let the oldest go until the rest is within MOST_BYTES; the newest stays."""
        kept = [(path.stat(), path) for path in self.folder.iterdir() if NAME.fullmatch(path.name)]
        left = sum(about.st_size for about, _ in kept)
        for about, path in sorted(kept, key=lambda each: each[0].st_mtime_ns):
            if left <= MOST_BYTES or path.name == newest:
                continue
            with suppress(OSError):
                path.unlink()
                left -= about.st_size
