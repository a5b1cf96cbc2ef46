"""The worker's loop answers what it is asked, and hears all else meanwhile."""

import threading
import time

import numpy as np

from ssvae_core.protocol.messages import Command, Snapshot, Status
from ssvae_core.protocol.queries import Answer, DrawMap, Redrawn
from tests.support.worker_in_a_thread import WAIT, labels, redrawing


def test_an_answer_comes_with_the_id_of_its_query(start):
    worker = start()
    worker.app.send(redrawing(11, 5))
    worker.app.send(redrawing(12, 99))
    worker.app.send(DrawMap(13, "pca"))
    first, second, third = (worker.until(Answer) for _ in range(3))
    assert (first.id, first.image.tolist()) == (11, [[[5]] * 4] * 4)
    assert vars(second) == {"id": 12, "error": "There is no image 99."}
    assert vars(third) == {"id": 13, "error": "The plain worker draws no map."}


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
