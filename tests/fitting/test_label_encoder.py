"""Labels of any kind that scikit-learn gives them in."""

import pickle

import numpy as np
import pytest

from tests.support.small_classifier import classifier


def test_strings_go_with_the_number_minus_one(images, few):
    names = np.array([f"digit {label}" for label in few], object)
    names[few < 0] = -1
    learned = classifier(max_iter=1).fit(images, names)
    assert learned.classes_.tolist() == [f"digit {k}" for k in range(10)]
    assert learned.predict(images[:1])[0].startswith("digit ")
    assert learned.sample("digit 3").shape == (1, 8, 8, 1)


@pytest.mark.parametrize(
    ("y", "says"),
    [
        (["a", "-1", "b", "a"], "string '-1'"),
        ([-1, -1, -1, -1], "y has no label"),
        (np.array(["a", 1, -1, "b"], object), "one type; y holds int and str"),
        ([0.5, 1.25, 2.5, 3.1], "Unknown label type"),
        ([0, 1, -1], "inconsistent numbers of samples"),
    ],
)
def test_labels_that_cannot_be_are_said_to_be_so(images, y, says):
    with pytest.raises(ValueError, match=says):
        classifier().fit(images[:4], y)


def test_labels_of_another_type_than_before_are_refused(fitted, images):
    with pytest.raises(ValueError, match="Labels must be of one type"):
        pickle.loads(pickle.dumps(fitted)).partial_fit(images[:2], ["a", "b"])
