"""What random labels would have reached: asked for once, scored on the images that have none."""

import threading
from itertools import pairwise

import numpy as np
import pytest

from ssvae_core.errors import UserError
from ssvae_core.session import random_baseline
from ssvae_core.session.random_baseline import COUNTS, DRAWS, RandomBaseline

N = 120
KEY = np.arange(N) % 3
KEY[:4] = -1


class Trainer:
    """Takes everything for class 0 that nobody labelled; away for the first so many questions."""

    def __init__(self, away=0):
        self.asked, self.away = [], away

    def propagate(self, examples, classes):
        if self.away:
            self.away -= 1
            raise UserError("The trainer is not running just now.")
        self.asked.append((examples, classes))
        return np.zeros(N, np.int16)


@pytest.fixture(autouse=True)
def restless(monkeypatch):
    monkeypatch.setattr(random_baseline, "PAUSE_SECONDS", 0.0)


def worked_out(line, key):
    """Begin, and wait for the end."""
    line.work_out(key)
    for thread in threading.enumerate():
        if thread.name == "by-chance":
            thread.join()


def test_random_labels_are_the_true_ones_and_the_rest_is_what_counts():
    trainer, told = Trainer(), []
    worked_out(RandomBaseline(trainer, 3, told.append), KEY)
    counts = [n for n in COUNTS if n < N - 4]
    assert [n for n, _ in told[-1]] == counts
    assert [len(points) for points in told] == [1, 2, 3, 4][: len(counts)]
    assert [len(examples) for examples, _ in trainer.asked] == np.repeat(counts, DRAWS).tolist()
    for examples, labels in trainer.asked:
        assert labels.tolist() == KEY[examples].tolist()
        assert min(labels) >= 0
    for (n, accuracy), *asked in zip(
        told[-1], trainer.asked[::DRAWS], trainer.asked[1::DRAWS], strict=True
    ):
        rests = [np.setdiff1d(np.flatnonzero(KEY >= 0), examples) for examples, _ in asked]
        assert {len(rest) for rest in rests} == {N - 4 - n}
        assert accuracy == pytest.approx(np.mean([(KEY[rest] == 0).mean() for rest in rests]))


def test_more_labels_are_those_before_and_some_more():
    trainer = Trainer()
    worked_out(RandomBaseline(trainer, 3, lambda points: None), KEY)
    of_one_draw = [set(examples.tolist()) for examples, _ in trainer.asked[::DRAWS]]
    assert all(few < many for few, many in pairwise(of_one_draw))


def test_it_is_asked_once_for_each_answer_key_and_again_if_the_trainer_was_away():
    trainer, told = Trainer(away=1), []
    line = RandomBaseline(trainer, 3, told.append)
    worked_out(line, KEY)
    assert told == []
    worked_out(line, KEY)
    n_asked = len(trainer.asked)
    assert n_asked > 0
    worked_out(line, KEY)
    assert len(trainer.asked) == n_asked
    worked_out(line, np.where(KEY == 2, 1, KEY))  # two classes were merged
    assert len(trainer.asked) == 2 * n_asked


def test_closed_it_tells_nothing_more():
    told = []
    line = RandomBaseline(Trainer(), 3, told.append)
    line.close()
    worked_out(line, KEY)
    assert told == []
