"""The worker's loop, driven over a socket as the app does it, with a core of plain Python."""

import dataclasses
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from ssvae_core.protocol.messages import (
    Command,
    Failed,
    Labels,
    Snapshot,
    Status,
    When,
)
from ssvae_core.protocol.queries import Answer, DrawMap, Redraw, Redrawn
from ssvae_core.protocol.wire import Connection
from ssvae_core.worker.loop import Limits, WorkerLoop
from ssvae_core.worker.priority import THREAD_BY
from tests.support.plain_worker import PlainCore, opening

WAIT = 20  # seconds until a test gives up; nothing here should take one
NEVER = 1000.0
PLAIN_WORKER = [sys.executable, str(Path(__file__).parents[1] / "support" / "plain_worker.py")]


def labels(from_seq, to_seq, n_classes=0, undone_from=0, **classes):
    """With e5=1, e6=-1: example 5 has class 1, example 6 none."""
    examples = np.array([int(name[1:]) for name in classes], np.int32)
    values = np.array(list(classes.values()), np.int16)
    return Labels(from_seq, to_seq, examples, values, n_classes, undone_from)


def redrawing(number, example):
    return Redraw(number, example)


class Worker:
    """A WorkerLoop in a thread of its own, and the app's end of its connection."""

    def __init__(self, folder, limits=None, **config):
        ours, theirs = socket.socketpair()
        self.app, self.core = Connection(ours, timeout=WAIT), None
        self.theirs = Connection(theirs)
        self.loop = WorkerLoop(self.theirs, opening(folder, 7, **config), self.open, limits)
        self.codes = []
        self.thread = threading.Thread(target=lambda: self.codes.append(self.loop.run()))
        self.thread.start()

    def open(self, opening):
        self.core = PlainCore(opening)
        return self.core

    def until(self, kind, condition=lambda message: True):
        """The next message of a kind that meets a condition."""
        while True:
            message = self.app.receive()
            assert message is not None, f"the worker ended before the {kind.__name__} came"
            if isinstance(message, kind) and condition(message):
                return message

    def exit_code(self):
        self.thread.join(WAIT)
        return self.codes[0]

    def end(self):
        if self.core is not None:
            self.core.may_step.set()
        self.app.close()
        self.thread.join(WAIT)
        self.theirs.close()


@pytest.fixture
def start(tmp_path):
    workers = []

    def start(limits=None, **config):
        workers.append(Worker(tmp_path, limits, **config))
        return workers[-1]

    yield start
    for worker in workers:
        worker.end()


def checkpoint(tmp_path):
    path = tmp_path / "checkpoint.json"
    return json.loads(path.read_text()) if path.exists() else {"step_count": 0}


def test_it_says_that_it_starts_and_then_that_it_trains(start):
    worker = start()
    assert worker.app.receive().state == "starting"
    status = worker.until(Status, lambda status: status.state == "training")
    assert (status.generation, status.device, status.label_seq) == (7, "paper", 0)
    assert status.terms == {"picture": -1.5}
    assert worker.until(Status, lambda status: status.rate > 0).step > 0


def test_it_waits_when_there_is_nothing_to_train(start):
    worker = start(steps=3)
    assert worker.until(Status, lambda status: status.state == "waiting").step == 3


def test_the_first_snapshot_needs_no_label(start):
    snapshot = start().until(Snapshot)
    assert (snapshot.generation, snapshot.rev, snapshot.predicted_by) == (7, 1, "")
    assert snapshot.probabilities is None


def test_a_label_is_answered_at_once_with_a_snapshot(start):
    worker = start(Limits(snapshot_every=NEVER))
    worker.until(Snapshot)
    worker.app.send(labels(0, 2, e5=1, e6=2))
    snapshot = worker.until(Snapshot)
    assert (snapshot.rev, snapshot.label_seq, snapshot.n_labels) == (2, 2, 2)
    assert snapshot.probabilities.shape == (20, 3)


def test_without_new_labels_snapshots_keep_their_distance(start):
    worker = start(Limits(snapshot_every=0.2))
    for _ in range(4):
        worker.until(Snapshot)
    assert (np.diff(worker.core.snapshots_at) >= 0.2).all()


def test_labels_that_wait_are_applied_together(start):
    worker = start()
    worker.until(Snapshot)
    worker.core.may_step.clear()
    assert worker.core.is_stepping.wait(WAIT)
    for message in (labels(0, 1, e5=1), labels(1, 3, e5=2, e6=0), labels(3, 4, e6=-1)):
        worker.app.send(message)
    worker.app.send(redrawing(1, 5))
    while len(worker.loop._inbox.heard) < 4:
        time.sleep(0.005)
    worker.core.may_step.set()
    worker.until(Status, lambda status: status.label_seq == 4)
    assert worker.core.applied == [(4, {5: 2, 6: -1})]


def test_labels_are_answered_in_the_middle_of_a_step_and_applied_after_it(start):
    worker = start()
    worker.until(Snapshot)
    worker.core.may_step.clear()
    assert worker.core.is_stepping.wait(WAIT)
    for seq in (1, 2):
        worker.app.send(labels(seq - 1, seq, e5=seq))
        snapshot = worker.until(Snapshot, lambda snapshot: snapshot.label_seq)
        assert (snapshot.label_seq, snapshot.n_labels) == (seq, 1)
    assert worker.core.is_stepping.is_set()
    assert worker.core.applied == []
    worker.core.may_step.set()
    worker.until(Status, lambda status: status.label_seq == 2)
    assert worker.core.previewed == [(1, {5: 1}), (2, {5: 2})]
    assert worker.core.applied == [(2, {5: 2})]


def test_a_label_that_comes_while_the_model_is_asked_is_in_what_it_says(start):
    """The page never goes back to guesses of fewer labels, and the new map is not lost."""
    worker, held, may_go_on = start(), threading.Event(), threading.Event()
    worker.until(Snapshot)
    make = worker.core.snapshot

    def slow_snapshot():
        made = make()
        held.set()
        may_go_on.wait(WAIT)
        return dataclasses.replace(made, xy=np.zeros((20, 2), np.float32))

    worker.core.snapshot = slow_snapshot
    assert held.wait(WAIT)
    worker.app.send(labels(0, 1, e5=1))
    first = worker.until(Snapshot, lambda snapshot: snapshot.label_seq)
    may_go_on.set()
    second = worker.until(Snapshot)
    assert (first.label_seq, second.label_seq, second.rev) == (1, 1, first.rev + 1)
    assert first.xy is None
    assert second.xy is not None


def test_a_label_of_a_class_that_is_new_waits_until_the_model_has_grown(start):
    worker = start()
    worker.until(Snapshot)
    worker.core.may_step.clear()
    assert worker.core.is_stepping.wait(WAIT)
    worker.app.send(labels(0, 2, n_classes=4, e5=3))
    while not worker.loop._inbox.heard:
        time.sleep(0.005)
    worker.core.may_step.set()
    worker.until(Snapshot, lambda snapshot: snapshot.label_seq == 2)
    assert worker.core.previewed == []
    assert worker.core.n_classes == 4


def test_labels_that_came_before_are_ignored(start):
    worker = start()
    worker.app.send(labels(0, 2, e5=1))
    worker.until(Status, lambda status: status.label_seq == 2)
    for message in (labels(0, 2, e5=0), labels(0, 1, e5=0), labels(2, 3, e6=1)):
        worker.app.send(message)
    worker.until(Status, lambda status: status.label_seq == 3)
    assert worker.core.labels == {5: 1, 6: 1}


def test_labels_that_begin_before_the_cursor_and_go_beyond_are_taken(start):
    worker = start()
    worker.app.send(labels(0, 2, e5=1))
    worker.app.send(labels(0, 4, e5=2, e6=1))
    worker.until(Status, lambda status: status.label_seq == 4)
    assert worker.core.labels == {5: 2, 6: 1}


def test_after_a_gap_nothing_is_taken_and_the_cursor_is_told(start):
    worker = start(Limits(status_every=NEVER))  # so that the status we see is the answer
    worker.app.send(labels(0, 2, e5=1))
    worker.until(Status, lambda status: status.label_seq == 2)
    worker.app.send(labels(3, 4, e6=1))
    assert worker.until(Status).label_seq == 2
    assert worker.core.labels == {5: 1}
    worker.app.send(labels(2, 4, e6=1))
    assert worker.until(Status).label_seq == 4


def test_pause_stops_training_and_saves_and_resume_goes_on(start, tmp_path):
    worker = start()
    worker.until(Snapshot)
    worker.app.send(Command("pause"))
    status = worker.until(Status, lambda status: status.state == "paused")
    again = worker.until(Status)
    assert again.step == status.step == worker.core.step_count
    assert again.rate == 0
    assert checkpoint(tmp_path)["step_count"] == status.step
    worker.app.send(Command("resume"))
    worker.until(Status, lambda status: status.state == "training" and status.step > again.step)


def test_labels_are_answered_while_paused(start):
    worker = start()
    worker.app.send(Command("pause"))
    paused = worker.until(Status, lambda status: status.state == "paused")
    worker.app.send(labels(0, 1, e5=1))
    assert worker.until(Snapshot, lambda snapshot: snapshot.label_seq == 1).step == paused.step


def test_it_says_it_is_there_while_a_step_lasts(start):
    worker = start(Limits(status_every=0.05))
    worker.until(Snapshot)
    worker.core.may_step.clear()
    assert worker.core.is_stepping.wait(WAIT)
    for _ in range(5):
        worker.until(Status)
    assert worker.core.is_stepping.is_set()


def test_it_falls_silent_when_the_training_thread_hangs(start):
    worker = start(Limits(status_every=0.05, silent_after=0.3))
    worker.until(Snapshot)
    worker.core.may_step.clear()
    worker.app._socket.settimeout(0.6)
    with pytest.raises(TimeoutError):
        worker.until(Failed)


def test_an_answer_comes_with_the_id_of_its_query(start):
    worker = start()
    worker.app.send(redrawing(11, 5))
    worker.app.send(redrawing(12, 99))
    worker.app.send(DrawMap(13, "pca"))
    first, second, third = (worker.until(Answer) for _ in range(3))
    assert (first.id, first.image.tolist()) == (11, [[[5]] * 4] * 4)
    assert vars(second) == {"id": 12, "error": "There is no image 99."}
    assert vars(third) == {"id": 13, "error": "The plain worker draws no map."}


def test_classes_and_undone_events_reach_the_core_with_the_labels(start):
    """Of several messages taken together, the most classes and the earliest event undone."""
    worker = start()
    worker.until(Snapshot)
    worker.core.may_step.clear()
    assert worker.core.is_stepping.wait(WAIT)
    for message in (
        labels(0, 4, n_classes=5, e5=1),
        labels(4, 6, n_classes=4, undone_from=3, e5=2),
        labels(6, 7, undone_from=6, e5=2),
        labels(0, 2, undone_from=1, e5=0),
    ):
        worker.app.send(message)
    while len(worker.loop._inbox.heard) < 4:
        time.sleep(0.005)
    worker.core.may_step.set()
    worker.until(Status, lambda status: status.label_seq == 7)
    assert (worker.core.n_classes, worker.core.undone_from) == (5, [3])


def test_train_now_ends_a_pause_and_the_run_is_told(start):
    worker = start(Limits(status_every=0.05), seconds=0.01)
    worker.until(Status, lambda status: status.rate > 0)
    worker.app.send(Command("pause"))
    worker.until(Status, lambda status: status.state == "paused")
    worker.app.send(Command("now"))
    status = worker.until(Status, lambda status: status.run_steps and status.rate)
    assert (status.state, status.run_step, status.run_steps) == ("training", 30, 90)
    assert status.seconds_left == pytest.approx(60 / status.rate)
    worker.app.send(Command("cancel"))
    assert worker.until(Status, lambda status: not status.run_steps).seconds_left is None


def test_when_to_train_is_told_and_what_it_waits_for_comes_back_at_once(start):
    worker = start(Limits(status_every=NEVER))
    worker.app.send(When("labels", 20, 3.0))
    assert worker.until(Status, lambda status: status.waits_for).waits_for == "mode labels"
    assert vars(worker.core.when) == {"mode": "labels", "labels": 20, "seconds": 3.0}


def test_pretraining_can_be_started_and_cancelled_also_from_a_pause(start):
    worker = start()
    worker.app.send(Command("pause"))
    worker.until(Status, lambda status: status.state == "paused")
    worker.app.send(Command("pretrain"))
    worker.until(Status, lambda status: status.state == "pretraining")
    worker.app.send(Command("cancel"))
    worker.until(Status, lambda status: status.state == "training")


def asking_for_long(number):
    return DrawMap(number, "style")


def test_a_cancel_and_labels_are_heard_in_the_middle_of_a_long_answer(start):
    worker = start()
    worker.app.send(Command("now"))
    worker.until(Status, lambda status: status.run_steps)
    worker.app.send(asking_for_long(1))
    while not worker.core.pieces:
        time.sleep(0.005)
    steps = worker.core.step_count
    worker.app.send(Command("cancel"))
    worker.until(Status, lambda status: not status.run_steps)
    worker.app.send(labels(0, 1, e5=1))
    worker.until(Status, lambda status: status.label_seq == 1)
    assert worker.core.step_count == steps  # the answer is of one model


def test_labels_are_answered_in_the_middle_of_a_piece_of_an_answer(start):
    worker, held, may_go_on = start(), threading.Event(), threading.Event()
    worker.until(Snapshot)

    def answering(query):
        held.set()
        may_go_on.wait(WAIT)
        yield
        return Redrawn(query.id, np.zeros((4, 4, 1), np.uint8))

    worker.core.query = answering
    worker.app.send(redrawing(1, 5))
    assert held.wait(WAIT)
    worker.app.send(labels(0, 1, e5=1))
    assert worker.until(Snapshot, lambda snapshot: snapshot.label_seq).label_seq == 1
    assert worker.core.applied == []
    may_go_on.set()
    assert worker.until(Answer).id == 1


def test_a_short_query_does_not_wait_for_the_answer_to_a_long_one(start):
    worker = start()
    worker.app.send(asking_for_long(1))
    worker.app.send(redrawing(2, 7))
    assert worker.until(Answer).id == 2


def test_it_saves_now_and_then_but_only_what_is_new(start, tmp_path):
    worker = start(Limits(checkpoint_every=0.02, status_every=0.05), steps=30)
    worker.until(Status, lambda status: status.state == "waiting")
    worker.until(Status, lambda status: checkpoint(tmp_path)["step_count"] == 30)
    saves = worker.core.saves
    for _ in range(3):
        worker.until(Status)
    assert worker.core.saves == saves > 1


def test_a_full_disk_is_a_warning_and_training_goes_on(start):
    worker = start(Limits(checkpoint_every=0.02), disk_is_full=True)
    warned = worker.until(Status, lambda status: "No space left" in status.message)
    assert warned.message.startswith("The model is not saved, training goes on:")
    worker.until(Status, lambda status: status.step > warned.step)


@pytest.mark.parametrize("how", ["stop", "end of the stream"])
def test_it_ends_with_a_checkpoint(start, tmp_path, how):
    worker = start()
    worker.app.send(labels(0, 1, e5=1))
    worker.until(Status, lambda status: status.label_seq == 1)
    if how == "stop":
        worker.app.send(Command("stop"))
    else:
        worker.app.finish_sending()
    assert worker.exit_code() == 0
    saved = checkpoint(tmp_path)
    assert (saved["step_count"], saved["labels"]) == (worker.core.step_count, {"5": 1})


@pytest.mark.parametrize("how", ["stop", "end of the stream"])
def test_it_ends_without_a_checkpoint_where_a_step_does_not_end(start, tmp_path, how):
    worker = start(Limits(last_step=0.1))
    worker.until(Snapshot)
    worker.core.may_step.clear()
    assert worker.core.is_stepping.wait(WAIT)
    if how == "stop":
        worker.app.send(Command("stop"))
    else:
        worker.app.finish_sending()
    assert worker.exit_code() == 0
    assert not (tmp_path / "checkpoint.json").exists()


@pytest.mark.parametrize(
    "config", [{"refuse": "Training cannot go on. Do something."}, {"fail_at": 3}]
)
def test_what_a_person_must_know_is_said_before_it_ends(start, config):
    worker = start(**config)
    assert worker.until(Failed).error == "Training cannot go on. Do something."
    assert worker.exit_code() == 3


def test_a_bug_leaves_its_traceback_and_another_exit_code(start, caplog):
    assert start(crash_at=3).exit_code() == 1
    assert "RuntimeError: the core broke" in caplog.text


def test_what_cannot_be_read_ends_it_with_a_checkpoint(start, tmp_path, caplog):
    worker = start()
    worker.until(Snapshot, lambda snapshot: snapshot.step > 0)
    worker.app._socket.sendall(b"\x05\x00\x00\x00hello")
    assert worker.exit_code() == 1
    assert "A JSON header was expected" in caplog.text
    assert checkpoint(tmp_path)["step_count"] > 0


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
