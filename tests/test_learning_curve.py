"""The curve keeps the last word for each number of labels, over restarts too."""

import sqlite3
from contextlib import closing

import pytest

from ssvae_core.labels.store import LabelStore
from ssvae_core.session.learning_curve import LearningCurve


@pytest.fixture
def store(tmp_path):
    store = LabelStore(tmp_path / "labels.db")
    yield store
    store.close()


@pytest.fixture
def session(store):
    return store.create_session("S", data="mnist", model="m2", n_examples=9, classes=("a",)).id


def points(curve):
    line = curve.figure()["data"][0]
    return list(zip(line["x"], [round(y, 2) for y in line["y"]], strict=True))


def test_it_begins_with_the_tenth_label(store, session):
    curve = LearningCurve(store, session)
    curve.add(9, 9, "propagation", 0.5)
    assert points(curve) == []
    curve.add(10, 10, "propagation", 0.6)
    curve.add(12, 12, "model", 0.7)
    assert points(curve) == [(10, 60.0), (12, 70.0)]
    curve.close()


def test_a_better_guess_with_the_same_labels_moves_the_point(store, session):
    curve = LearningCurve(store, session)
    curve.add(10, 10, "propagation", 0.6)
    version = curve.version
    curve.add(10, 10, "propagation", 0.6001)  # too little to see
    assert curve.version == version
    curve.add(10, 10, "model", 0.65)
    assert curve.version > version
    assert points(curve) == [(10, 65.0)]
    curve.close()


def test_what_a_lasso_reached_is_not_shown_when_it_is_undone(store, session):
    curve = LearningCurve(store, session)
    for n, accuracy in [(10, 0.6), (20, 0.7), (1759, 0.8)]:
        curve.add(n, n, "model", accuracy)
    version = curve.version
    curve.add(1760, 20, "model", 0.7)
    assert curve.version > version
    assert points(curve) == [(10, 60.0), (20, 70.0)]
    curve.add(1761, 1759, "model", 0.8)
    assert points(curve)[-1] == (1759, 80.0)
    curve.close()


def test_it_is_there_again_the_next_day(store, session):
    curve = LearningCurve(store, session)
    curve.add(10, 10, "propagation", 0.6)
    curve.add(11, 11, "model", 0.7)
    curve.close()
    again = LearningCurve(store, session)
    assert points(again) == [(10, 60.0), (11, 70.0)]
    again.close()


def test_a_point_that_cannot_be_stored_holds_up_nothing(store, session, tmp_path, caplog):
    curve = LearningCurve(store, session)
    with closing(sqlite3.connect(tmp_path / "labels.db")) as database:
        database.execute("DROP TABLE metric")
    curve.add(10, 10, "propagation", 0.6)
    curve.close()
    assert points(curve) == [(10, 60.0)]
    assert "not saved" in caplog.text


def test_it_says_what_ten_more_labels_will_bring_and_checks_what_it_said(store, session):
    curve = LearningCurve(store, session)
    assert curve.outlook() == {"next": "", "checked": ""}
    for n, accuracy in [(10, 0.80), (20, 0.90), (30, 0.93), (40, 0.945), (50, 0.955)]:
        curve.add(n, n, "model", accuracy)
    outlook = curve.figure()["outlook"]
    assert outlook["next"].startswith("10 more labels: about +")
    assert outlook["checked"].startswith("You were told ")
    assert outlook["checked"].endswith("it was +1.0 %.")
    curve.close()


def test_random_labels_lie_beside_the_curve_as_far_as_twice_its_labels(store, session):
    curve = LearningCurve(store, session)
    curve.add(10, 10, "propagation", 0.6)
    version = curve.version
    curve.lay_beside([(10, 0.4), (20, 0.5), (50, 0.7)])
    assert curve.version > version
    assert len(curve.figure()["data"]) == 3
    assert curve.figure()["data"][2]["x"] == [10, 20]
    curve.add(25, 25, "model", 0.9)
    assert curve.figure()["data"][2]["x"] == [10, 20, 50]
    curve.close()
