"""The trainer's process: `python -m ssvae_core.worker.worker FD`, FD a socket from the app."""

from __future__ import annotations

import contextlib
import faulthandler
import logging
import os
import signal
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from ..protocol.messages import Open
from ..protocol.wire import Connection
from .interface import Core
from .loop import EXIT_CRASHED, Limits, WorkerLoop
from .priority import Priority

log = logging.getLogger(__name__)


def serve(fd: int, open_core: Callable[[Open], Core], limits: Limits | None = None) -> NoReturn:
    """Be the worker at the other end of this socket, until the process ends."""
    faulthandler.enable()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the app, whose end ends us
    code = EXIT_CRASHED
    try:
        sock = socket.socket(fileno=fd)
        sock.set_inheritable(False)  # a grandchild with this socket would hide our end
        connection = Connection(sock)
        opening = connection.receive()
        if isinstance(opening, Open):
            code = WorkerLoop(connection, opening, open_core, limits, Priority()).run()
        else:
            log.error("Open was expected as first message, got %r.", opening)
    except Exception:
        log.exception("The worker ended")
    finally:
        with contextlib.suppress(OSError):  # of a disk that is full
            sys.stderr.flush()
        os._exit(code)  # whatever the training thread is doing


def main() -> NoReturn:
    """The worker that trains, for the socket in the last argument."""
    serve(int(sys.argv[-1]), _open_trainer)


def _open_trainer(opening: Open) -> Core:
    from ..trainer.open import open_core  # torch; the rest of this file does without

    return open_core(
        data=opening.data,
        model=opening.model,
        config=opening.config,
        n_classes=opening.n_classes,
        seed=opening.seed,
        device=opening.device,
        starter=Path(opening.starter),
        folder=Path(opening.folder),
        generation=opening.generation,
        features=Path(opening.features),
    )


if __name__ == "__main__":
    main()
