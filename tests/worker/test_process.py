"""The worker's process by itself: it gives way to others, and ends with the app."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from ssvae_core.protocol.messages import Command, Snapshot
from ssvae_core.protocol.wire import Connection
from ssvae_core.worker.priority import THREAD_BY
from tests.support.plain_worker import opening
from tests.support.worker_in_a_thread import WAIT, checkpoint

PLAIN_WORKER = [sys.executable, str(Path(__file__).parents[1] / "support" / "plain_worker.py")]


@pytest.fixture
def launch(tmp_path):
    """Start the process itself."""
    processes = []

    def launch(first_message):
        ours, theirs = socket.socketpair()
        command = [*PLAIN_WORKER, str(theirs.fileno())]
        root = str(Path(__file__).parents[2])
        process = subprocess.Popen(
            command,
            pass_fds=[theirs.fileno()],
            stderr=subprocess.PIPE,
            env=os.environ | {"PYTHONPATH": root},
        )
        theirs.close()
        connection = Connection(ours, timeout=WAIT)
        processes.append((process, connection))
        connection.send(first_message)
        return process, connection

    yield launch
    for process, connection in processes:
        connection.close()
        process.kill()
        process.communicate()


def test_the_process_gives_way_to_others_and_ends_with_the_app_not_with_its_ctrl_c(
    launch, tmp_path
):
    process, connection = launch(opening(tmp_path))
    while not isinstance(connection.receive(), Snapshot):
        pass
    while not isinstance(connection.receive(), Snapshot):  # a step was taken
        pass
    now = os.nice(0)
    threads = Path(f"/proc/{process.pid}/task").iterdir()
    assert {os.getpriority(os.PRIO_PROCESS, int(thread.name)) for thread in threads} == {
        now,  # what answers
        min(19, now + THREAD_BY),  # what trains
    }
    process.send_signal(signal.SIGINT)
    for _ in range(3):
        assert connection.receive() is not None
    connection.close()
    assert process.wait(WAIT) == 0
    assert checkpoint(tmp_path)["step_count"] > 0


def test_the_process_wants_to_know_what_to_train_first(launch):
    process, _ = launch(Command("pause"))
    assert process.wait(WAIT) == 1
    assert b"Open was expected as first message, got Command" in process.stderr.read()
