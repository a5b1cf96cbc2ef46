"""The clock, the table and the file of the comparison with peers; no peer is trained here."""

import json

import numpy as np
import pytest

from benchmarks.peers import PEERS, save
from benchmarks.timing import Task, cell, last_cell, standing, table, timed

TASK = Task(np.zeros((4, 2, 2, 1), np.uint8), np.array([0, 1, -1, -1], np.int16), 2, 0, 10.0)


class Clock:
    """Goes on only when told to."""

    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now

    def wait(self, seconds):
        self.now += seconds


def race(steps, task=TASK, answering=7.0):
    """The points of a learner whose steps take these seconds and whose error is its step."""
    clock = Clock()

    def learn(task):
        for number, seconds in enumerate(steps):
            clock.wait(seconds)
            yield lambda images, number=number: np.array([number])

    def test_error(answer):
        clock.wait(answering)
        return float(answer(None)[0])

    points = timed(learn, task, test_error, clock)
    return [(point.seconds, point.error, point.answering) for point in points]


def row(*runs, budget=120.0, title="A"):
    runs = [{"points": [point(*p) for p in points]} for points in runs]
    made = {
        "note": "",
        "command": "c",
        "date": "d",
        "machine": "m",
        "versions": "v",
        "clock": "wall",
    }
    return {"title": title, "budget": budget, "runs": runs, **made}


def point(seconds, error):
    return {"seconds": seconds, "error": error, "wall": seconds, "answering": 0.5}


def test_answering_is_not_training():
    assert race([1.0] * 5) == [(1, 0, 7), (2, 1, 7), (5, 4, 7)]


def test_a_learner_is_stopped_when_its_budget_is_spent_and_asked_once_more():
    assert race([4.0] * 1000) == [(4, 0, 7), (8, 1, 7), (12, 2, 7)]


def test_a_learners_own_clock_stands_still_while_it_is_asked():
    clock, seen = Clock(), []

    def learn(task):
        for _ in range(3):
            clock.wait(2.0)
            seen.append(task.now())
            yield lambda images: clock.wait(7.0)

    list(timed(learn, TASK, lambda answer: answer(None) or 0.0, clock))
    assert seen == [2, 4, 6]


def test_a_learner_that_ends_between_two_moments_is_asked_at_its_end():
    assert race([1.5, 2.5, 0.3]) == [(1.5, 0, 7), (4, 1, 7), (pytest.approx(4.3), 2, 7)]


def test_one_that_answers_once_is_asked_once_however_late():
    assert race([300.0]) == [(300, 0, 7)]
    assert race([0.25]) == [(0.25, 0, 7)]
    assert race([]) == []


def test_an_answer_stands_until_the_next_one():
    points = [point(23, 9.0), point(60, 5.0)]
    assert standing(points, 5) is None
    assert standing(points, 30)["error"] == 9.0
    assert standing(points, 120)["error"] == 5.0


def test_a_cell_says_how_late_its_answer_was():
    assert cell(row([(5.1, 9.0)]), 5) == "9.0"
    assert cell(row([(6.2, 9.0)]), 5) == "9.0, at 6 s"
    assert cell(row([(8.0, 9.0)]), 5) == "–"


def test_a_cell_has_the_mean_and_the_extremes_of_all_draws():
    assert cell(row([(30, 2.0)], [(30, 4.0)], [(30, 9.0)]), 30) == "5.0 (2.0 to 9.0)"
    assert cell(row([(30, 2.0)], [(50, 4.0)]), 30) == "–"


def test_nothing_is_said_of_seconds_that_were_not_granted():
    assert cell(row([(30, 2.0)], budget=30.0), 120) == "–"
    assert last_cell(row([(30, 2.0)], budget=30.0)) == "2.0, at 30 s"


def test_a_row_of_one_peer_leaves_the_others_as_they_were(tmp_path):
    last, first = list(PEERS)[-1], next(iter(PEERS))
    save(tmp_path, {last: row([(5, 3.0)], title="last")})
    save(tmp_path, {first: row([(5, 2.0)], title="first")})
    rows = save(tmp_path, {last: row([(5, 1.0)], title="last again")})
    assert json.loads((tmp_path / "peers.json").read_text()) == rows
    assert [kept["title"] for kept in rows.values()] == ["first", "last again"]
    assert table(rows) in (tmp_path / "peers.md").read_text()


def test_every_row_of_the_table_has_a_cell_under_every_head():
    lines = table({"a": row([(5, 3.0)]), "b": row([(200, 3.0)])}).splitlines()
    assert {line.count("|") for line in lines[:4]} == {7}
