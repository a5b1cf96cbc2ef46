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
            code = WorkerLoop(connection, opening, _then_giving_way(open_core), limits).run()
        else:
            log.error("Open was expected as first message, got %r.", opening)
    except Exception:
        log.exception("The worker ended")
    finally:
        with contextlib.suppress(OSError):  # of a disk that is full
            sys.stderr.flush()
        os._exit(code)  # whatever the training thread is doing


def _then_giving_way(open_core: Callable[[Open], Core]) -> Callable[[Open], Core]:
    """Opening somebody waits for; from then on the page goes first."""

    def opened(opening: Open) -> Core:
        core = open_core(opening)
        for thread in (0, os.getpid()):  # the one that trains, and the one that reads
            lower = min(os.getpriority(os.PRIO_PROCESS, thread) + 5, 19)
            os.setpriority(os.PRIO_PROCESS, thread, lower)
        # Where each process session shares the processor as a group, only the group's counts.
        if os.getsid(0) == os.getpid():  # ours alone: the group of a shell is not to be slowed down
            with contextlib.suppress(OSError):
                Path("/proc/self/autogroup").write_text("10")
        return core

    return opened


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
    )


if __name__ == "__main__":
    main()
