"""What the labels of other folds say of a label."""

from functools import partial

import numpy as np
import pytest

from ssvae_core.protocol.queries import CheckLabels
from ssvae_core.training.chunks import run_to_end
from ssvae_core.training.out_of_fold import FOLDS, out_of_fold, stratified
from tests.support.small_core import K, ask, learned_core


@pytest.fixture
def make(digits, starter, tmp_path):
    return partial(learned_core, digits, starter, tmp_path)


def test_doubts_of_a_fold_are_what_its_other_labels_propagate(make):
    """Against propagation itself, with these labels taken away."""
    core = make(n_steps=0)
    examples, found = run_to_end(out_of_fold(core.state.ensemble.mixture.at, core.state.labels, K))
    fold = stratified(core.state.labels[examples])
    (propagation,) = core.state.ensemble.mixture.propagations.values()
    for number in range(FOLDS):
        others = core.state.labels.copy()
        others[examples[fold == number]] = -1
        expected = propagation(others, K)[examples[fold == number]]
        np.testing.assert_allclose(found[fold == number], expected, atol=1e-5)


def test_every_class_is_spread_over_the_folds():
    classes = np.repeat([0, 4, 9], [10, 3, 27])
    fold = stratified(classes)
    for k, n in ((0, 10), (4, 3), (9, 27)):
        counts = np.bincount(fold[classes == k], minlength=FOLDS)
        assert counts.sum() == n
        assert counts.max() - counts.min() <= 1
    counts = np.bincount(fold, minlength=FOLDS)
    assert counts.max() - counts.min() <= 1


def test_a_label_without_another_of_its_class_is_not_doubted(make):
    core = make(n_steps=0, classes=[1, 4])
    core.apply(20, np.array([299]), np.array([8]))
    reply = ask(core, CheckLabels)
    row = reply.propagated[reply.examples == 299]
    assert np.isnan(row).all()
    rest = reply.propagated[reply.examples != 299]
    np.testing.assert_allclose(rest.sum(1), 1, atol=1e-5)
