"""Missing values of rows: what they are filled with, and what is said of it."""

import numpy as np

from ssvae_core.importing.gaps import (
    FILLED,
    LEFT_OUT,
    MISSING,
    choose_missing,
    fill_gaps,
    in_words,
    leaves_out,
    offered,
)
from ssvae_core.importing.reading import Reading


def with_gaps(n, width, seed=0):
    random = np.random.default_rng(seed)
    values = random.normal(size=(n, width)).astype(np.float32)
    values[random.random(values.shape) < 0.2] = np.nan
    return values


def test_gaps_of_both_parts_get_the_median_of_the_first():
    train, test = with_gaps(40, 70), with_gaps(20, 70, 1)
    known = [np.nanmedian(train[:, k]) for k in range(70)]
    gaps = [np.isnan(train), np.isnan(test)]
    before = train.copy()
    n_filled = fill_gaps([train, test])
    for part, gap in zip((train, test), gaps, strict=True):
        assert np.array_equal(part[gap], np.broadcast_to(np.float32(known), part.shape)[gap])
    assert np.array_equal(train[~gaps[0]], before[~gaps[0]])
    counts = gaps[0].sum(0) + gaps[1].sum(0)
    assert n_filled == {k: n for k, n in enumerate(counts.tolist()) if n}


def test_a_column_without_a_value_becomes_nought():
    values = np.array([[np.nan, 1], [np.nan, 2]], np.float32)
    assert fill_gaps([values]) == {0: 2}
    assert values.tolist() == [[0, 1], [0, 2]]


def test_the_sentence_names_the_columns_with_most_gaps_first():
    said = in_words({0: 2, 2: 1_500}, ["a", "b", "c"])
    assert "(c 1,500, a 2)" in said
    assert f"--read {MISSING}={LEFT_OUT}" in said
    assert "and 4 more columns" in in_words(dict.fromkeys(range(10), 1), [])


def test_the_choice_is_offered_where_something_is_missing():
    reading = Reading()
    choose_missing(reading, is_seen=False)
    assert reading.options == []
    assert [option.value for option in offered(reading.options)] == [FILLED]
    choose_missing(reading, is_seen=True)
    assert not leaves_out(reading.options)
    assert offered(reading.options) == reading.options
    said = Reading({MISSING: LEFT_OUT})
    choose_missing(said, is_seen=False)
    assert leaves_out(said.options)
