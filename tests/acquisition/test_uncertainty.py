"""Strategies that go by the guesses, and what the model says of an image."""

import numpy as np
import pytest

from ssvae_core.acquisition import STRATEGIES, entropy, suggest
from ssvae_core.atlas.atlas import Atlas
from tests.support.small_evidence import (
    NAMES,
    Evidence,
    K,
    N,
    examples,
    guesses,
    labels_of,
    measured,
)

DOUBTING = ("close", "margin", "entropy", "least-sure", "auto")  # go by the guesses


def even_atlas():
    """A ring: every example has the same distances to its 4 neighbours."""
    ring = np.arange(N)[:, None] + [1, -1, 2, -2]
    distances = np.tile(np.array([1, 1, 2, 2], np.float32), (N, 1))
    angle = np.arange(N) / N * 2 * np.pi
    xy = np.stack([np.cos(angle), np.sin(angle)], 1).astype(np.float32)
    return Atlas(xy, (ring % N).astype(np.int32), distances, np.array([0, 100], np.int32))


def test_the_entropy_is_that_of_scipy():
    from scipy.stats import entropy as known

    probabilities = guesses()
    probabilities[:20, 0] = 0
    probabilities /= probabilities.sum(1, keepdims=True)
    expected = known(probabilities.astype(np.float64), base=2, axis=1)
    np.testing.assert_allclose(entropy(probabilities), expected, atol=1e-5)


@pytest.mark.parametrize("strategy", DOUBTING)
def test_a_certain_image_is_never_asked_before_an_uncertain_one_of_equal_density(strategy):
    probabilities = np.tile(np.array([1, 0, 0, 0], np.float32), (N, 1))
    uncertain = np.arange(5, N, 20)
    probabilities[uncertain] = [0.5, 0.4, 0.1, 0]
    labels = np.full(N, -1, np.int16)
    labels[::2] = 0  # so that labels reach all alike
    evidence = Evidence(even_atlas(), labels, probabilities)
    chosen = examples(suggest(strategy, evidence, len(uncertain), NAMES))
    assert set(chosen) == set(uncertain.tolist())


def test_of_two_close_calls_the_one_in_a_crowd_comes_first(atlas):
    even = np.full((N, K), 0.25, np.float32)
    evidence = Evidence(atlas, labels_of(40), even)
    first = suggest("close", evidence, 1, NAMES)[0].example
    free = np.flatnonzero(evidence.labels < 0)
    assert atlas.distances[first, -1] == atlas.distances[free, -1].min()


def test_the_class_with_the_fewest_labels_is_asked_first_and_of_it_the_likeliest():
    atlas, labels = even_atlas(), np.full(N, -1, np.int16)
    labels[:11] = 0, 0, 0, 0, 1, 1, 1, 2, 3, 3, 3
    shares = np.tile(np.array([0.7, 0.1, 0.1, 0.1], np.float32), (N, 1))
    shares[20], shares[21], shares[22] = [0, 0, 0.6, 0.4], [0, 0, 0.95, 0.05], [0, 1, 0, 0]
    shares[11] = [0, 0, 0.97, 0.03]  # as likely, and beside a label
    evidence = Evidence(atlas, labels, shares)
    scores = STRATEGIES["scarce"].scores(evidence)
    assert np.argsort(-scores)[:4].tolist() == [21, 20, 22, 11]
    assert STRATEGIES["scarce"].why(evidence, 21, NAMES) == (
        f"It looks like {NAMES[2]} (95%); {NAMES[2]} has one label so far."
    )
    labels[2:] = -1
    first = STRATEGIES["scarce"].scores(Evidence(atlas, labels, shares)).argmax()
    assert first == atlas.medoids[0]  # typical ones, while there are few labels


def test_least_sure_asks_those_guessed_to_be_of_the_class_then_those_nearly_guessed(atlas):
    evidence = Evidence(atlas, labels_of(0), guesses(), about_class=2)
    shares = evidence.probabilities
    chosen = examples(suggest("least-sure", evidence, N, NAMES))
    scores = STRATEGIES["least-sure"].scores(evidence)
    is_guessed = shares.argmax(1) == 2
    order = np.argsort(-scores, kind="stable")
    n = int(is_guessed.sum())
    assert is_guessed[order[:n]].all()
    assert (np.diff(shares[order[:n], 2]) >= 0).all()  # least sure first
    assert (np.diff(shares[order[n:], 2]) <= 0).all()  # nearest miss first
    assert chosen[0] == order[0]


@pytest.mark.parametrize(("strategy", "measure"), [("odd", "anomaly"), ("disagree", "disagree")])
def test_the_most_odd_and_the_most_apart_come_first_and_the_unknown_last(strategy, measure, atlas):
    known = measured()
    known["disagree"][3::5] = np.nan
    evidence = Evidence(atlas, labels_of(10), guesses(), **known)
    values = getattr(evidence, measure).astype(np.float64)
    values[~evidence.is_open] = np.nan
    assert examples(suggest(strategy, evidence, 1, NAMES)) == [int(np.nanargmax(values))]
    scores, values = STRATEGIES[strategy].scores(evidence), getattr(evidence, measure)
    assert scores[np.isnan(values)].max() < scores[~np.isnan(values)].min()


def test_two_voices_are_not_compared_before_classes_are_known(atlas):
    evidence = Evidence(atlas, labels_of(9), guesses(), **measured())
    asked, typical = (suggest(name, evidence, 9, NAMES) for name in ("disagree", "typical"))
    assert examples(asked) == examples(typical)
    assert asked[0].why.startswith("With few labels the two voices agree; ")


@pytest.mark.parametrize("strategy", ["odd", "disagree", "margin", "entropy", "least-sure"])
def test_typical_images_are_asked_while_nothing_is_known(strategy, atlas):
    unknown = Evidence(atlas, labels_of(0), None, anomaly=np.full(N, np.nan, np.float16))
    typical = suggest("typical", unknown, 9, NAMES)
    assert examples(suggest(strategy, unknown, 9, NAMES)) == examples(typical)


def test_the_reason_names_the_two_best_classes_and_their_shares(atlas):
    probabilities = np.tile(np.array([0.1, 0.5, 0.0, 0.4], np.float32), (N, 1))
    reason = suggest("close", Evidence(atlas, labels_of(40), probabilities), 1, NAMES)[0].why
    assert reason.startswith("It lies between bee and dog (50% / 40%), and ")


def test_an_image_that_is_all_but_settled_lies_between_nothing(atlas):
    probabilities = np.tile(np.array([0.02, 0.95, 0.0, 0.03], np.float32), (N, 1))
    reason = suggest("close", Evidence(atlas, labels_of(40), probabilities), 1, NAMES)[0].why
    assert reason.startswith("It looks like bee (95%), and ")


def test_reasons_come_with_their_figures(atlas):
    shares = np.tile(np.array([0.25, 0.25, 0.5, 0.0], np.float32), (N, 1))
    anomaly, apart = np.arange(N, dtype=np.float32), np.full(N, 0.47, np.float32)
    evidence = Evidence(
        atlas, labels_of(40), shares, anomaly=anomaly, disagree=apart, about_class=2
    )
    free = evidence.is_open

    def why(strategy):
        return suggest(strategy, evidence, 1, NAMES)[0]

    assert why("entropy").why == (
        "Its guess leaves 1.5 of 1.6 bits open; it is most between cow and ant (50% / 25%)."
    )
    assert why("least-sure").why == "It is guessed to be cow, with 50% only."
    assert why("disagree").why == (
        "Propagation and the model differ in 47% of their guess; "
        "together they put it between cow and ant (50% / 25%)."
    )
    n_odder = N - 1 - np.flatnonzero(free)[-1]
    odder = {0: "none is", 1: "one is"}.get(n_odder, f"{n_odder} are")
    assert why("odd").why == f"Of 200 images that the model was asked to explain, {odder} odder."
