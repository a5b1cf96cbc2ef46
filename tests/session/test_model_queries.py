"""Queries to a model: each waits for its own answer, and none for ever."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from ssvae_core.errors import Conflict, Unavailable, UserError
from ssvae_core.protocol.queries import NoAnswer, Redrawn
from ssvae_core.session import model_queries
from ssvae_core.session.model_queries import MOST_UNANSWERED, ModelQueries

IMAGE = np.zeros((2, 2, 1), np.uint8)


class Trainer:
    """Takes queries, and answers as a test tells it."""

    def __init__(self):
        self.asked, self.is_there, self.has_asked = [], True, threading.Semaphore(0)
        self.queries = ModelQueries(self.send)

    def send(self, query):
        self.asked.append(query)
        self.has_asked.release()
        return self.is_there


def asking(queries, n=1):
    """So many who wait, each in a thread; what becomes of them."""
    found = []

    def ask():
        try:
            found.append(queries.redraw(5))
        except UserError as error:
            found.append(error)

    threads = [threading.Thread(target=ask) for _ in range(n)]
    for thread in threads:
        thread.start()
    return threads, found


def ended(threads):
    for thread in threads:
        thread.join(20)
        assert not thread.is_alive()


def test_each_gets_its_own_answer_in_any_order():
    trainer = Trainer()
    threads, found = asking(trainer.queries, 2)
    for _ in threads:
        trainer.has_asked.acquire()
    for query in reversed(trainer.asked):
        trainer.queries.take(Redrawn(query.id, IMAGE + query.id))
    ended(threads)
    assert sorted(int(image[0, 0, 0]) for image in found) == [0, 1]


def test_no_answer_is_in_the_models_words(monkeypatch):
    trainer = Trainer()
    threads, found = asking(trainer.queries)
    trainer.has_asked.acquire()
    trainer.queries.take(NoAnswer(trainer.asked[0].id, "There is no image 5."))
    ended(threads)
    assert isinstance(found[0], Conflict)


def test_who_waits_is_let_go_at_once_when_the_trainer_ends():
    trainer = Trainer()
    threads, found = asking(trainer.queries, 20)
    for _ in threads:
        trainer.has_asked.acquire()
    trainer.queries.drop()
    ended(threads)
    assert {str(error) for error in found} == {"The trainer is not running just now."}
    assert {type(error) for error in found} == {Unavailable}


def test_a_trainer_that_answers_nothing_is_asked_so_much_and_no_more(monkeypatch):
    monkeypatch.setattr(model_queries, "REDRAW_WITHIN", 0.0)
    trainer = Trainer()
    for _ in range(MOST_UNANSWERED):
        with pytest.raises(Unavailable, match="did not answer in time"):
            trainer.queries.redraw(5)
    with pytest.raises(Unavailable, match="busy with earlier questions"):
        trainer.queries.redraw(5)
    trainer.queries.take(Redrawn(trainer.asked[0].id, IMAGE))  # a late answer: nobody waits
    with pytest.raises(Unavailable, match="did not answer in time"):
        trainer.queries.redraw(5)
    assert len(trainer.asked) == MOST_UNANSWERED + 1
    trainer.queries.drop()  # another trainer has nothing to catch up with
    with pytest.raises(Unavailable, match="did not answer in time"):
        trainer.queries.redraw(5)


def test_a_trainer_that_is_away_is_not_waited_for():
    trainer = Trainer()
    trainer.is_there = False
    with pytest.raises(Unavailable, match="not running just now"):
        trainer.queries.redraw(5)
