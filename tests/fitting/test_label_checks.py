"""Missing labels in every form that arrays, lists and tables have for them."""

from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from ssvae_core.fitting.label_checks import check_labels
from tests.support.small_classifier import classifier

SMALL = {"hidden_dim": 16}
X = np.random.default_rng(0).random((8, 6))
PAIRS = ["a", "b"] * 3
MISSING = {
    "None among strings": np.array([*PAIRS, None, None], object),
    "None in a list": [*PAIRS, None, None],
    "NaN among strings": np.array([*PAIRS, np.nan, np.nan], object),
    "NaN in a list of strings": [*PAIRS, float("nan"), np.nan],
    "NaN among numbers": np.array([0, 1, 0, 1, 0, 1, np.nan, np.nan]),
    "float32 NaN": np.array([0, 1, 0, 1, 0, 1, np.nan, np.nan], np.float32),
    "infinity": np.array([0, 1, 0, 1, 0, 1, np.inf, -np.inf]),
    "a decimal NaN": np.array([Decimal(0), Decimal(1)] * 3 + [Decimal("nan")] * 2, object),
    "NA in an array": np.array([*PAIRS, pd.NA, pd.NA], object),
    "NA among strings": pd.Series([*PAIRS, None, None], dtype="string"),
    "NA among integers": pd.Series([0, 1, 0, 1, 0, 1, None, None], dtype="Int64"),
    "NA among booleans": pd.Series([False, True] * 3 + [None] * 2, dtype="boolean"),
    "a category": pd.Series([*PAIRS, None, None], dtype="category"),
    "no date": np.array(["2026-01-01", "2026-01-02"] * 3 + ["NaT"] * 2, "M8[D]"),
    "an empty string": [*PAIRS, "", ""],
    "a blank one": np.array([*PAIRS, " ", " "], object),
    "a string of the number": [*PAIRS, "-1", "-1"],
    "a string of a float": [*PAIRS, "-1.0", "-1.0"],
    "bytes": np.array([b"a", b"b"] * 3 + [b"-1"] * 2),
    "NaN made a string": np.array([*PAIRS, "nan", "nan"]),
    "None made a string": np.array([*PAIRS, "None", "None"]),
    "the word": [*PAIRS, "unlabelled", "Unlabeled"],
    "a mask": np.ma.array([0, 1] * 4, mask=[False] * 6 + [True] * 2),
    "a mask among strings": np.ma.array(["a", "b"] * 4, mask=[False] * 6 + [True] * 2),
    "-1 in uint8": np.array([0, 1, 0, 1, 0, 1, -1, -1]).astype(np.uint8),
    "-1 in uint64": np.array([0, 1, 0, 1, 0, 1, -1, -1]).astype(np.uint64),
    "nothing": None,
}


@pytest.fixture(scope="module")
def learned():
    return classifier("m2", max_iter=1, config=SMALL).fit(X, [0, 1] * 4)


@pytest.mark.parametrize("y", MISSING.values(), ids=MISSING)
def test_a_missing_label_is_an_error_that_names_minus_one(y, learned):
    for say in (classifier("m2").fit, classifier("m2").partial_fit, learned.score):
        with pytest.raises(ValueError, match="-1"):
            say(X, y)


def test_the_error_counts_what_is_missing_and_says_how_to_write_it():
    with pytest.raises(ValueError, match=r"holds <NA> \(2 of 8\).*number -1.*fillna\(-1\)"):
        check_labels(MISSING["NA among strings"])


@pytest.mark.parametrize(
    "y",
    [
        pd.Series(PAIRS + [None] * 2, dtype="string").to_numpy(object, na_value=-1),
        pd.Series([0, 1] * 3 + [None] * 2, dtype="Int64").to_numpy(object, na_value=-1),
        pd.Series(PAIRS + [None] * 2, dtype="category").astype(object).fillna(-1),
        np.array([0, 1] * 3 + [-1] * 2, np.float32),
        np.ma.array([0, 1] * 3 + [-1] * 2),
    ],
)
def test_what_the_error_says_is_taken(y):
    found = classifier("m2", max_iter=1, config=SMALL).fit(X, y)
    assert len(found.classes_) == 2
    assert (found.fit_.labels == -1).sum() == 2


def test_truth_values_and_high_numbers_in_a_signed_type_are_classes():
    check_labels(np.array([True, False]))
    check_labels(np.array([0, 255]))
    check_labels(["nano", "nonesuch", "-10"])


def test_labels_in_two_columns_are_refused_by_score_as_by_fit(learned):
    for say in (classifier("m2").fit, learned.score):
        with pytest.raises(ValueError, match="1d array"):
            say(X, np.eye(2)[[0, 1] * 4])


@pytest.mark.parametrize("classes", [["a", None], ["a", float("nan")], ["a", ""], [0, np.nan]])
def test_a_class_that_is_named_ahead_cannot_be_a_missing_one(classes):
    y = ["a", "b"] * 4 if classes[0] == "a" else [0, 1] * 4
    with pytest.raises(ValueError, match="-1"):
        classifier("m2").partial_fit(X, y, classes=classes)
