"""One app to a workspace: a lock that ends with the process, and the file that says who holds it.

The lock is the system's (flock), so that a killed app leaves none behind, and it is on the file
itself, whatever path leads there.
"""

from __future__ import annotations

import errno
import json
import logging
import os
import socket
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from ..errors import Conflict, NotWritten
from .file_lock import lock_file
from .paths import APP_LOCK

CANNOT_LOCK = {errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOSYS, errno.EINVAL, errno.EBADF}

log = logging.getLogger(__name__)


class WorkspaceLock:
    """A workspace that no other app may use, until `release` or the end of the process."""

    def __init__(self, workspace: Path, what: str = "app"):
        """Take the lock; `what` says in a word who does. Conflict, naming who has it, if taken."""
        self._path = workspace / APP_LOCK
        self._holder = {
            "what": what,
            "pid": os.getpid(),
            "host": socket.gethostname(),
            "since": f"{datetime.now():%d %b %H:%M}",
            "address": "",
        }
        self._handle = self._taken(workspace)
        self._write()

    def tell(self, address: str) -> None:
        """Say where the app answers, for whoever is refused."""
        self._holder["address"] = address
        self._write()

    def release(self) -> None:
        """Let others in."""
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1

    def _taken(self, workspace: Path) -> int:
        while True:
            try:
                handle = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            except OSError as error:
                raise NotWritten(
                    f"The workspace {workspace} cannot be used: {error.strerror}. "
                    "Check who may write there, or name another folder in SSVAE_WORKSPACE."
                ) from error
            try:
                lock_file(handle, is_free=True)
            except OSError as error:
                if error.errno in CANNOT_LOCK:
                    log.warning(
                        "The file system of %s knows no locks: see to it yourself that no second "
                        "app is started on this workspace.",
                        workspace,
                    )
                    return handle
                text = os.pread(handle, 4096, 0)
                os.close(handle)
                raise Conflict(_refusal(workspace, _read(text))) from error
            if _is_at(handle, self._path):
                return handle
            os.close(handle)  # somebody removed the file meanwhile: the lock is on the new one

    def _write(self) -> None:
        if self._handle < 0:
            return
        content = json.dumps(self._holder).encode()
        try:
            os.ftruncate(self._handle, 0)
            os.pwrite(self._handle, content, 0)
        except OSError as error:  # a full disk: the lock holds all the same
            log.warning("%s does not say who uses the workspace: %s", self._path, error)


def holder_of(workspace: Path) -> Mapping[str, Any] | None:
    """Who uses a workspace now, as far as that is written; None where nobody does."""
    try:
        handle = os.open(workspace / APP_LOCK, os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        lock_file(handle, is_free=True)
    except OSError as error:
        return None if error.errno in CANNOT_LOCK else _read(os.pread(handle, 4096, 0))
    finally:
        os.close(handle)
    return None


def _is_at(handle: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(handle), path.stat())
    except OSError:
        return False


def _read(text: bytes) -> Mapping[str, Any]:
    """Who holds it, as far as the file can be read."""
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _refusal(workspace: Path, holder: Mapping[str, Any]) -> str:
    """Why this app does not start, and what to do."""
    if holder.get("what", "app") != "app":
        return (
            f"The workspace {workspace} is in use: `{holder['what']}` is at work on it "
            f"(process {holder.get('pid', '?')}). Wait for its end."
        )
    at = f" at {holder['address']}" if holder.get("address") else ""
    where = holder.get("host")
    beside = f" on {where}" if where and where != socket.gethostname() else ""
    return (
        f"The workspace {workspace} is in use by another app{at} "
        f"(process {holder.get('pid', '?')}{beside}, since {holder.get('since', '?')}). "
        "Go on there, or stop it first; or name another folder in SSVAE_WORKSPACE."
    )
