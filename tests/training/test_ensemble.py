"""When the model is heard, and what both voices say together."""

import numpy as np
import pytest

from ssvae_core.fitting.fit import Fit
from ssvae_core.predictions import BOTH, PROPAGATION
from ssvae_core.training import ensemble as ensemble
from ssvae_core.training.ensemble import (
    CONFIDENT_PROPAGATION,
    agreement,
    combined,
    left_open,
    may_trust,
)
from tests.support.small_core import label, make_core, snapshot, step


def guesses(n=50, k=4, seed=0, sharpness=0.5):
    return np.random.default_rng(seed).dirichlet(np.full(k, sharpness), n).astype(np.float32)


def test_together_is_the_normalised_geometric_mean():
    one, other = guesses(seed=1, sharpness=5), guesses(seed=2, sharpness=5)
    logs = (np.log(one) + np.log(other)) / 2
    expected = np.exp(logs) / np.exp(logs).sum(1, keepdims=True)
    np.testing.assert_allclose(combined(one, other), expected, atol=1e-4)


def test_both_voices_count_the_same():
    one, other = guesses(seed=1), guesses(seed=2)
    np.testing.assert_allclose(combined(one, other), combined(other, one), atol=1e-6)


def test_two_voices_that_say_the_same_are_that_voice():
    one = guesses()
    np.testing.assert_allclose(combined(one, one), one, atol=1e-5)


def test_together_probabilities_add_up_to_one_even_where_they_contradict():
    one = np.array([[1, 0, 0], [0.6, 0.4, 0]], np.float32)
    other = np.array([[0, 1, 0], [0.2, 0.8, 0]], np.float32)
    both = combined(one, other)
    np.testing.assert_allclose(both.sum(1), 1, atol=1e-6)
    np.testing.assert_allclose(both[0], [0.5, 0.5, 0], atol=1e-6)


def test_a_class_that_neither_names_is_not_named_by_both():
    one, other = guesses(), guesses(seed=1)
    one[:, 2] = other[:, 2] = 0
    assert (combined(one, other)[:, 2] == 0).all()


def test_a_model_that_says_nothing_leaves_propagations_word():
    one = guesses()
    np.testing.assert_allclose(combined(one, np.zeros_like(one)), one, atol=1e-5)
    assert np.isfinite(combined(0 * one, 0 * one)).all()


def test_agreement_counts_only_what_propagation_is_sure_of():
    propagated = np.array([[0.95, 0.05], [0.99, 0.01], [0.05, 0.95], [0.6, 0.4]], np.float32)
    modelled = np.array([[0.7, 0.3], [0.2, 0.8], [0.1, 0.9], [0.0, 1.0]], np.float32)
    assert agreement(propagated, modelled) == pytest.approx(2 / 3)


def test_agreement_is_counted_one_by_one_the_same():
    one, other = guesses(500, sharpness=0.1), guesses(500, seed=1, sharpness=0.1)
    sure = [i for i in range(500) if max(one[i]) > CONFIDENT_PROPAGATION]
    same = [np.argmax(one[i]) == np.argmax(other[i]) for i in sure]
    assert 10 < len(sure) < 490
    assert agreement(one, other) == pytest.approx(np.mean(same))


def test_there_is_no_agreement_with_a_propagation_that_is_sure_of_nothing():
    even = np.full((5, 4), 0.25, np.float32)
    assert agreement(even, even) == 0
    assert agreement(np.zeros((5, 4), np.float32), even) == 0


def test_a_model_that_does_not_know_does_not_agree():
    certain = np.eye(4, dtype=np.float32)
    assert agreement(certain, certain) == 1
    assert agreement(certain, np.full((4, 4), np.nan, np.float32)) < 0.5


def voices_of(n_sure, n_contradicted, n_open):
    """Propagation and a model: so many examples that the first is sure of, and that it is not."""
    propagated = np.tile(np.array([[0.95, 0.05]], np.float32), (n_sure + n_open, 1))
    modelled = propagated.copy()
    modelled[:n_contradicted] = [0.2, 0.8]
    propagated[n_sure:] = [0.6, 0.4]
    return propagated, modelled


@pytest.mark.parametrize(
    ("n_sure", "n_contradicted", "n_open", "may", "may_go_on"),
    [
        (1000, 0, 0, True, True),
        (1000, 1, 0, False, False),  # there is nothing that it could set right
        (1000, 5, 60, True, True),
        (1000, 7, 60, False, True),
        (1000, 10, 60, False, False),
        (1000, 20, 1000, True, True),
        (1000, 25, 1000, False, True),  # it does not agree, however much is open
        (1000, 35, 1000, False, False),
        (0, 0, 100, False, False),
    ],
)
def test_how_much_the_model_may_contradict_follows_from_what_is_open(
    n_sure, n_contradicted, n_open, may, may_go_on
):
    propagated, modelled = voices_of(n_sure, n_contradicted, n_open)
    said = agreement(propagated, modelled), left_open(propagated)
    assert may_trust(*said, is_trusted=False) is may
    assert may_trust(*said, is_trusted=True) is may_go_on


@pytest.fixture
def core(digits, starter, tmp_path, monkeypatch):
    """Its model is always taken to have gone astray."""
    monkeypatch.setattr(ensemble, "STRAYED_AGREEMENT", 1.1)
    monkeypatch.setattr(ensemble, "STEPS_BEFORE_TEACHER", 40)
    return make_core("guided", digits, starter, tmp_path)


def has_strayed(core):
    snapshot(core)
    return core.state.learner.teacher.has_given_up


def test_a_model_strays_only_when_its_labels_have_been_learned(core):
    label(core, n_each=1)
    step(core, 39)
    label(core, n_each=2)
    step(core, 40)
    assert not has_strayed(core)
    step(core, 1)
    assert has_strayed(core)


def test_a_model_that_strayed_is_let_go_when_there_are_twice_as_many_labels(core):
    label(core, n_each=2)
    step(core, 41)
    assert has_strayed(core)
    label(core, n_each=2)
    label(core, n_each=3)
    assert core.state.learner.teacher.has_given_up
    label(core, n_each=4)
    assert not core.state.learner.teacher.has_given_up
    step(core, 41)
    assert has_strayed(core)


def test_what_was_previewed_is_not_propagated_again_when_it_is_taken(digits, starter, tmp_path):
    core = make_core("m1m2", digits, starter, tmp_path)
    one, calls = core.state.ensemble, []
    propagate = one.mixture

    def counted(labels, n_classes):
        calls.append(n_classes)
        return propagate(labels, n_classes)

    one.mixture = counted
    labels = core.state.labels.copy()
    labels[3] = digits.answer_key[3]
    previewed = one.preview(labels)
    assert not (core.state.labels >= 0).any()
    one.take_labels(labels)
    np.testing.assert_array_equal(previewed.propagated, one.propagated)
    assert len(calls) == 1


@pytest.mark.parametrize(("has_features", "who"), [(False, BOTH), (True, PROPAGATION)])
def test_a_model_on_features_does_not_answer_beside_the_probe_of_them(
    has_features, who, monkeypatch
):
    monkeypatch.setattr(ensemble, "may_trust", lambda *known: True)
    rng = np.random.default_rng(0)
    classes = np.arange(60) % 2
    images = rng.integers(0, 256, (60, 8, 8, 1), np.uint8)
    features = (classes[:, None] * 2 - 1 + rng.normal(size=(60, 6))).astype(np.float32)
    labels = np.where(np.arange(60) < 20, classes, -1)
    fit = Fit(images, labels, n_classes=2, features=features if has_features else None)
    for _ in fit.run(max_steps=40):
        pass
    assert fit.predicted_by == who
