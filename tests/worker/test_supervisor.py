"""A worker process under supervision: killed, crashing, hanging, and its app killed beside it."""

import json
import queue
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import numpy as np
import pytest

from ssvae_core.errors import UserError
from ssvae_core.protocol.messages import Command, Failed, Labels, Snapshot, Status
from ssvae_core.worker.supervisor import LocalWorker, Patience
from tests.support.plain_worker import opening

WAIT = 30  # seconds until a test gives up; nothing here should take a few
PLAIN_WORKER = (sys.executable, str(Path(__file__).parents[1] / "support" / "plain_worker.py"))
QUICK = Patience(first_pause=0.02, stop=WAIT)


class App:
    """What a session does with its worker: it stores labels, and sends what the worker lacks."""

    def __init__(self, folder, how=(), patience=QUICK, **config):
        self.folder, self.config, self.generation = folder, config, 0
        self.received, self.head, self.trouble = queue.SimpleQueue(), 0, None
        self.worker = LocalWorker(
            self.open,
            self.take,
            (*PLAIN_WORKER, *how),
            log_file=folder / "worker.log",
            patience=patience,
        )

    def open(self):
        if self.trouble is not None:
            raise self.trouble
        self.generation += 1
        return opening(self.folder, self.generation, **self.config)

    def take(self, message):
        self.received.put(message)
        if isinstance(message, Status) and message.state != "starting":
            self.send_from(message.label_seq)

    def label(self):
        """One label more: event number n gives example n - 1 a class."""
        self.head += 1
        self.send_from(self.head - 1)

    def send_from(self, seq):
        examples = np.arange(seq, self.head, dtype=np.int32)
        if len(examples):
            classes = (examples % 3).astype(np.int16)
            self.worker.send(Labels(seq, self.head, examples, classes))

    def until(self, kind, condition=lambda message: True):
        give_up_at = time.monotonic() + WAIT
        while True:
            message = self.received.get(timeout=max(0.01, give_up_at - time.monotonic()))
            if isinstance(message, kind) and condition(message):
                return message

    def log(self):
        path = self.folder / "worker.log"
        return path.read_text() if path.exists() else ""


@pytest.fixture
def start(tmp_path):
    apps = []

    def start(*how, **options):
        apps.append(App(tmp_path, how, **options))
        apps[-1].worker.start()
        return apps[-1]

    yield start
    for app in apps:
        app.worker.stop(checkpoint=False)


def until(condition):
    give_up_at = time.monotonic() + WAIT
    while not condition():
        assert time.monotonic() < give_up_at
        time.sleep(0.01)


def checkpoint(folder):
    return json.loads((folder / "checkpoint.json").read_text())


def test_a_label_goes_there_and_a_snapshot_comes_back(start):
    app = start()
    app.until(Status, lambda status: status.state == "training")
    app.label()
    assert app.until(Snapshot, lambda snapshot: snapshot.label_seq == 1).generation == 1
    assert app.worker.is_alive


def test_stop_ends_the_process_after_a_checkpoint_and_start_goes_on_from_it(start, tmp_path):
    app = start()
    app.label()
    app.until(Status, lambda status: status.label_seq == 1)
    app.worker.stop()
    assert not app.worker.is_alive
    assert app.worker.send(Command("pause")) is False
    steps = checkpoint(tmp_path)["step_count"]
    app.worker.start()
    status = app.until(Status, lambda status: status.generation == 2 and status.step)
    assert status.step >= steps > 0
    assert status.label_seq == 1


def test_stop_without_a_checkpoint_writes_none(start, tmp_path):
    app = start()
    app.until(Snapshot)
    app.worker.stop(checkpoint=False)
    assert not app.worker.is_alive
    assert not (tmp_path / "checkpoint.json").exists()


def test_starting_twice_starts_one(start):
    app = start()
    app.worker.start()
    app.until(Snapshot)
    assert app.generation == 1


def test_a_killed_worker_is_started_again_and_gets_all_labels(start):
    app = start()
    for _ in range(3):
        app.label()
    app.until(Status, lambda status: status.label_seq == 3)
    app.worker._process.kill()
    restarting = app.until(Status, lambda status: status.state == "restarting")
    assert "killed by SIGKILL" in restarting.message
    app.label()  # nobody is there to hear it
    snapshot = app.until(Snapshot, lambda snapshot: snapshot.label_seq == 4)
    assert (snapshot.generation, snapshot.n_labels) == (2, 4)


def test_after_three_crashes_it_gives_up_and_says_the_last_words(start):
    app = start("crash")
    error = app.until(Failed).error
    assert "ended 3 times within 60 s, the last time with: No good reason at all" in error
    assert "worker.log has the details" in error
    assert app.generation == 3
    assert not app.worker.is_alive
    app.worker.start()  # a person wants to try again
    app.until(Failed)
    assert app.generation == 6


def test_the_traceback_of_a_crash_is_in_the_log(start):
    app = start(crash_at=3)
    assert "RuntimeError: the core broke" in app.until(Failed).error
    assert app.log().count("Traceback") == 3


def test_a_worker_that_says_why_it_failed_is_not_started_again(start):
    app = start(fail_at=5)
    assert app.until(Failed).error == "Training cannot go on. Do something."
    assert app.generation == 1
    app.config = {}
    app.worker.start()
    app.until(Status, lambda status: status.generation == 2 and status.state == "training")


def test_what_hinders_the_start_is_said(tmp_path):
    app = App(tmp_path)
    app.trouble = UserError("The workspace is gone.")
    app.worker.start()
    assert app.until(Failed).error == "The workspace is gone."


def test_a_program_that_is_not_there_counts_as_crash(tmp_path):
    app = App(tmp_path)
    app.worker._command = (str(tmp_path / "nothing"),)
    app.worker.start()
    assert "No such file" in app.until(Failed).error


def test_a_hung_worker_is_killed_and_started_again(start):
    app = start("hang", patience=Patience(first_pause=0.02, hangs_after=0.2, crash_window=0.0))
    until(lambda: app.generation >= 3)


def test_a_stopped_process_is_noticed_killed_and_started_again(start):
    app = start(patience=Patience(first_pause=0.02, hangs_after=2.0, too_many=1000))
    app.until(Snapshot)
    app.worker._process.send_signal(signal.SIGSTOP)
    assert (
        "silent for 2 s" in app.until(Status, lambda status: status.state == "restarting").message
    )
    app.until(Snapshot, lambda snapshot: snapshot.generation > 1)


def test_stop_takes_a_process_down_that_does_not_listen(start):
    app = start(patience=Patience(stop=0.1, terminate=0.1))
    app.until(Snapshot)
    process = app.worker._process
    process.send_signal(signal.SIGSTOP)
    app.worker.stop()
    assert process.wait(WAIT) == -signal.SIGKILL


def test_stop_does_not_wait_for_a_restart(start):
    app = start("crash", patience=Patience(first_pause=1000.0))
    until(lambda: app.generation == 1 and "No good reason" in app.log())
    app.worker.stop()
    app.worker.start()
    until(lambda: app.generation == 2)


def test_messages_of_another_generation_are_dropped(start):
    app = start("stale")
    status = app.until(Status)
    assert (status.generation, status.state) == (1, "waiting")


def test_garbage_from_the_worker_is_a_crash(start):
    app = start("garbage")
    assert "ended 3 times" in app.until(Failed).error


def test_an_error_in_the_app_does_not_stop_the_messages(start, caplog):
    app = start()
    app.until(Snapshot)
    take, app.worker._on_message = app.worker._on_message, lambda message: 1 / 0
    until(lambda: "was not taken" in caplog.text)
    app.worker._on_message = take
    app.until(Snapshot)


def test_stop_from_within_a_message_works(start):
    app = start()
    app.until(Snapshot)
    app.worker._on_message = lambda message: app.worker.stop()
    until(lambda: not app.worker.is_alive)
    app.worker._on_message = app.take
    app.worker.start()
    app.until(Snapshot, lambda snapshot: snapshot.generation == 2)


def test_a_long_log_begins_anew(start, tmp_path):
    (tmp_path / "worker.log").write_text("x" * 1_000_001)
    app = start("crash")
    app.until(Failed)
    assert (tmp_path / "worker.log.1").stat().st_size == 1_000_001
    assert app.log().count("No good reason") == 3


APP = """
    import signal, sys, time
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell may have it ignored
    sys.path.insert(0, {root!r})
    from pathlib import Path
    from tests.support.plain_worker import opening
    from ssvae_core.worker.supervisor import LocalWorker
    from ssvae_core.protocol.messages import Snapshot

    def take(message):
        if isinstance(message, Snapshot) and message.step:
            print(worker._process.pid, flush=True)

    worker = LocalWorker(lambda: opening({folder!r}), take, {command!r})
    worker.start()
    time.sleep(1000)
"""


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_a_worker_ends_with_a_checkpoint_when_its_app_is_killed(tmp_path, how):
    root = str(Path(__file__).parents[2])
    script = textwrap.dedent(APP).format(root=root, folder=str(tmp_path), command=PLAIN_WORKER)
    app = subprocess.Popen(
        [sys.executable, "-c", script],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=tmp_path,  # the worker finds the package from anywhere
        text=True,
    )
    worker_pid = int(app.stdout.readline())
    app.send_signal(how)
    app.wait(WAIT)
    app.stdout.close()
    until(lambda: not is_running(worker_pid))
    assert checkpoint(tmp_path)["step_count"] > 0


def is_running(pid):
    """Whether this process does anything; one that only waits to be buried does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().split(") ")[1][0] != "Z"
    except OSError:
        return False


@pytest.mark.parametrize("log", ["a folder", "on a full disk", "nowhere"])
def test_a_log_that_takes_nothing_ends_no_training(start, tmp_path, log):
    path = tmp_path / "worker.log"
    if log == "a folder":
        path.mkdir()
    elif log == "on a full disk":
        path.symlink_to("/dev/full")
    else:
        path.symlink_to(tmp_path / "nowhere" / "worker.log")
    app = start()
    app.until(Status, lambda status: status.state == "training")
    (tmp_path / "checkpoint.json").mkdir()  # what is told of it is told to the log, too
    app.worker.send(Command("checkpoint"))
    app.until(Status, lambda status: "The model is not saved" in status.message)
    app.label()
    assert app.until(Snapshot, lambda snapshot: snapshot.label_seq == 1).generation == 1
