"""The benchmark of who is worth hearing: what is seen of a model, and what is made of it."""

import itertools
from functools import partial

import pytest

from benchmarks import ensemble as benchmark
from benchmarks.ensemble import looks, ratio, summary, table

SEEN = {"model": "m2", "sight": True, "labels": 100, "seconds": 3, "steps": 40}
SEEN |= {"alone": 4.0, "propagation": 2.0}


@pytest.fixture
def found():
    """A look at a model that contradicts, and one at a model that sets things right."""
    return [
        SEEN | {"contradicts": 0.02, "open": 0.1, "speaks": False, "both": 2.5},
        SEEN | {"contradicts": 0.001, "open": 0.1, "speaks": True, "both": 1.5},
    ]


def test_what_is_seen_is_of_examples_without_a_label(digits, monkeypatch):
    monkeypatch.setitem(benchmark.CLOCKS, "processor", partial(next, itertools.count()))
    monkeypatch.setattr(benchmark, "SECONDS", (1, 60, 120, 900))  # looks at the clock
    seen = list(looks(digits, "m2", 40, 0, None, budget=120))
    assert [look["seconds"] for look in seen] == [60, 120]  # it had not begun before
    assert seen[0]["steps"] < seen[1]["steps"]
    for look in seen:
        assert 0 <= look["contradicts"] <= 1
        assert 0 < look["open"] < 1
        assert 0 < look["propagation"] < 50
        assert 0 < look["both"] < 50


def test_the_table_begins_with_whoever_contradicts_least(found):
    _, _, *rows = table(found)
    assert [row.rsplit("|", 2)[1].strip() for row in rows] == ["yes", "no"]
    assert ratio(found[0]) == pytest.approx(0.2)


def test_the_summary_counts_both_sides_of_the_rule(found):
    text = summary([*found, found[0] | {"both": 1.9}])
    assert "where the model would speak (1 looks), both erred less in 1: by 0.50 to 0.50" in text
    assert "where the model would not (2 looks), both erred less in 1: by -0.50 to 0.10" in text
    assert "would speak" not in summary(found[:1])
