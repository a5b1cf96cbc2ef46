import numpy as np
import pytest

from ssvae_core.lessons.crowd import Crowd
from ssvae_core.lessons.training import nobody


@pytest.fixture(scope="module")
def crowd(request):
    return Crowd.of(request.getfixturevalue("digits"), nobody)


def test_labels_are_drawn_of_the_classes_in_turn_and_never_twice(crowd):
    for seed in range(3):
        chosen = crowd.some(crowd.n_classes, seed)
        assert sorted(crowd.classes[chosen]) == list(range(crowd.n_classes))
    many = crowd.some(100, 0)
    assert len(set(many.tolist())) == 100


def test_labels_are_drawn_among_those_that_are_asked_for(crowd):
    among = np.arange(0, len(crowd.classes), 2)
    assert set(crowd.some(30, 0, among).tolist()) <= set(among.tolist())


def test_right_labels_spread_and_leave_few_wrong(crowd):
    labels = crowd.labelled(crowd.some(60, 0))
    assert (labels >= 0).sum() == 60
    assert crowd.percent_wrong(crowd.propagated(labels).argmax(1), labels) < 30
