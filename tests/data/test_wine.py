"""The table that ships is scikit-learn's, with the names and units of its columns."""

import numpy as np

from ssvae_core.data import load_dataset


def test_the_wines_are_those_of_scikit_learn_with_the_names_of_what_was_measured():
    from sklearn.datasets import load_wine

    table, data = load_wine(), load_dataset("wine")
    assert (len(data), data.shape, data.kind) == (178, (13,), "vector")
    np.testing.assert_allclose(data.columns.values, table.data, rtol=1e-6)
    assert data.columns.are_examples
    assert data.columns.names[:2] == ("alcohol", "malic acid")
    assert np.array_equal(data.answer_key, table.target)
