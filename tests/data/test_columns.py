"""Columns of rows: names, where a value stands, and the way back from an example."""

import numpy as np
import pytest
from scipy.stats import percentileofscore

from ssvae_core.data.columns import LONGEST_NAME, Columns, column_names

RANDOM = np.random.default_rng(0)
ROWS = RANDOM.normal(size=(300, 3)).astype(np.float32)


def columns_of(values, **about):
    return Columns(tuple("abcdef"[: values.shape[1]]), values.astype(np.float32), **about)


def test_a_rank_is_the_share_of_rows_below():
    columns = columns_of(ROWS)
    for row in ROWS[:20]:
        known = [percentileofscore(ROWS[:, k], row[k], "mean") / 100 for k in range(3)]
        assert columns.ranks(row) == pytest.approx(known, abs=0.01)


def test_ranks_of_whole_numbers_count_ties_by_half_and_what_is_missing_has_none():
    values = np.repeat([[0.0], [1.0], [np.nan]], [100, 100, 50], axis=0)
    columns = columns_of(values)
    assert columns.ranks(np.array([0.0])) == pytest.approx([0.25], abs=0.01)
    assert columns.ranks(np.array([1.0])) == pytest.approx([0.75], abs=0.01)
    assert np.isnan(columns.ranks(np.array([np.nan]))).all()


def test_steps_of_a_column_without_a_value_are_no_numbers():
    values = np.column_stack([np.full(5, np.nan), np.arange(5)])
    steps = columns_of(values).steps
    assert np.isnan(steps[:, 0]).all()
    assert (steps[0, 1], steps[-1, 1]) == (0, 4)


def test_loadings_lead_from_examples_to_columns():
    weights, offset = RANDOM.normal(size=(2, 3)), np.array([1.0, 2, 3])
    loadings = np.vstack([weights, offset]).astype(np.float32)
    columns = columns_of(ROWS, are_examples=False, loadings=loadings)
    examples = RANDOM.normal(size=(4, 2))
    expected = [[weights[:, k] @ row + offset[k] for k in range(3)] for row in examples]
    assert np.allclose(columns.of_examples(examples), expected, atol=1e-5)
    assert columns_of(ROWS, are_examples=False).of_examples(examples) is None
    assert np.array_equal(columns_of(ROWS).of_examples(ROWS), ROWS)


def test_names_are_short_printable_and_each_its_own():
    names = column_names(["a", "a", "", "x\0y", "l" * 500, "l" * 500])
    assert names[:4] == ("a", "a (2)", "(no name)", "xy")
    assert len({*names}) == 6
    assert max(map(len, names)) <= LONGEST_NAME


def test_values_of_another_width_are_refused():
    with pytest.raises(ValueError, match="a column for each of 2 names"):
        Columns(("a", "b"), ROWS)
