"""The worker's loop, driven over a socket as the app does: training, pauses, what it tells."""

import numpy as np
import pytest

from ssvae_core.protocol.messages import Command, Failed, Snapshot, Status, When
from ssvae_core.worker.loop import Limits
from tests.support.worker_in_a_thread import NEVER, WAIT, checkpoint, labels


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


def test_without_new_labels_snapshots_keep_their_distance(start):
    worker = start(Limits(snapshot_every=0.2))
    for _ in range(4):
        worker.until(Snapshot)
    assert (np.diff(worker.core.snapshots_at) >= 0.2).all()


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
