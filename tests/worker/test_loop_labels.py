"""Labels reach the model in the order they were given, and are answered at once."""

import dataclasses
import threading
import time

import numpy as np

from ssvae_core.protocol.messages import Snapshot, Status
from ssvae_core.worker.loop import Limits
from tests.support.worker_in_a_thread import NEVER, WAIT, labels, redrawing


def test_a_label_is_answered_at_once_with_a_snapshot(start):
    worker = start(Limits(snapshot_every=NEVER))
    worker.until(Snapshot)
    worker.app.send(labels(0, 2, e5=1, e6=2))
    snapshot = worker.until(Snapshot)
    assert (snapshot.rev, snapshot.label_seq, snapshot.n_labels) == (2, 2, 2)
    assert snapshot.probabilities.shape == (20, 3)


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
