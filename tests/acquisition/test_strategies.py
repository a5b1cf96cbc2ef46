"""What every strategy in STRATEGIES must do."""

import re

import numpy as np
import pytest

from ssvae_core.acquisition import STRATEGIES, suggest
from ssvae_core.errors import UserError
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

SENTENCE = re.compile(r"[A-Z].+[^.]\.$")


SITUATIONS = {
    "nothing": (0, K),
    "one class": (5, 1),
    "some": (12, K),
    "many": (60, K),
    "measured": (60, K),
}


@pytest.fixture(params=SITUATIONS)
def evidence(request, atlas):
    n_labels, n_classes = SITUATIONS[request.param]
    probabilities = guesses() if n_labels else None
    if probabilities is not None and n_classes == 1:
        probabilities = np.eye(K, dtype=np.float32)[np.zeros(N, int)]
    more = measured() if request.param == "measured" else {}
    return Evidence(atlas, labels_of(n_labels, n_classes), probabilities, **more)


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_it_suggests_n_different_examples_without_a_label(strategy, evidence):
    without = examples(suggest(strategy, evidence, 3, NAMES))
    for n in (1, 8, 20):
        chosen = examples(suggest(strategy, evidence, n, NAMES, without))
        assert len(set(chosen)) == n
        assert (evidence.labels[chosen] < 0).all()
        assert not set(chosen) & set(without)


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_no_two_suggestions_are_neighbours(strategy, evidence):
    chosen = examples(suggest(strategy, evidence, 12, NAMES))
    for example in chosen:
        assert not set(evidence.atlas.neighbours[example].tolist()) & set(chosen)


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_neighbours_are_suggested_when_there_is_nothing_else(strategy, evidence):
    left = int((evidence.labels < 0).sum())
    chosen = examples(suggest(strategy, evidence, N, NAMES))
    assert sorted(chosen) == np.flatnonzero(evidence.labels < 0).tolist()
    assert len(chosen) == left


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_every_reason_is_a_sentence(strategy, evidence):
    for suggestion in suggest(strategy, evidence, N, NAMES):
        assert SENTENCE.match(suggestion.why), suggestion.why


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_the_same_situation_gives_the_same_suggestions_and_stays_as_it_was(strategy, evidence):
    before = evidence.labels.copy()
    assert suggest(strategy, evidence, 9, NAMES) == suggest(strategy, evidence, 9, NAMES)
    assert np.array_equal(evidence.labels, before)


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_it_suggests_nothing_when_everything_is_labelled(strategy, atlas):
    evidence = Evidence(atlas, labels_of(N), guesses())
    assert suggest(strategy, evidence, 5, NAMES) == []
    last = Evidence(atlas, np.where(np.arange(N) == 7, -1, evidence.labels), guesses())
    assert examples(suggest(strategy, last, 5, NAMES)) == [7]
    assert suggest(strategy, last, 5, NAMES, without=[7]) == []


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_a_single_class_is_enough_to_suggest(strategy, atlas):
    evidence = Evidence(atlas, labels_of(30, 1), np.ones((N, 1), np.float32))
    assert len(suggest(strategy, evidence, 5, ("ant",))) == 5


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_order_of_classes_does_not_change_what_is_suggested(strategy, atlas):
    order = np.array([2, 0, 3, 1])
    labels, probabilities = labels_of(40), guesses()
    renamed = np.where(labels < 0, -1, order.argsort()[labels]).astype(np.int16)
    one = suggest(strategy, Evidence(atlas, labels, probabilities), 9, NAMES)
    its = int(order.argsort()[0])  # the first class now
    other = Evidence(atlas, renamed, probabilities[:, order], about_class=its)
    assert one == suggest(strategy, other, 9, tuple(NAMES[k] for k in order))


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_scores_are_finite_and_the_same_each_time(strategy, evidence):
    scores = STRATEGIES[strategy].scores(evidence)
    assert scores.shape == (N,)
    assert np.isfinite(scores).all()
    assert np.array_equal(scores, STRATEGIES[strategy].scores(evidence))


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_guesses_in_half_precision_will_do(strategy, atlas):
    """As a snapshot brings them."""
    evidence = Evidence(atlas, labels_of(40), guesses().astype(np.float16), **measured())
    assert np.isfinite(STRATEGIES[strategy].scores(evidence)).all()
    assert len(suggest(strategy, evidence, 9, NAMES)) == 9


@pytest.mark.parametrize("mix", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("strategy", STRATEGIES)
def test_what_is_excluded_is_never_asked(strategy, mix, atlas):
    excluded = np.arange(N) % 3 == 0
    evidence = Evidence(atlas, labels_of(40), guesses(), excluded=excluded, **measured())
    chosen = examples(suggest(strategy, evidence, N, NAMES, mix=mix))
    assert sorted(chosen) == np.flatnonzero((evidence.labels < 0) & ~excluded).tolist()


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_nothing_beside_what_is_on_the_screen_is_asked(strategy, evidence):
    shown = examples(suggest(strategy, evidence, 6, NAMES))
    near = evidence.atlas.neighbours
    for example in examples(suggest(strategy, evidence, 6, NAMES, without=shown)):
        assert not set(near[example].tolist()) & set(shown)
        assert example not in near[shown]


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_it_says_what_it_is_and_whether_it_needs_a_class(strategy, atlas):
    it = STRATEGIES[strategy]
    assert it.title
    assert SENTENCE.match(it.about)
    without_class = Evidence(atlas, labels_of(40), guesses(), about_class=None)
    if not it.needs_class:
        assert suggest(strategy, without_class, 1, NAMES)
        return
    for class_names in (NAMES, dict(enumerate(NAMES))):
        with pytest.raises(UserError, match=r"needs a class .* Choose one of: 0 \(ant\), 1 \(bee"):
            suggest(strategy, without_class, 1, class_names)


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_classes_may_be_named_by_ids_with_gaps(strategy, atlas):
    """As they are after one was merged into another: its column stays, empty."""
    probabilities = np.insert(guesses(), 1, 0, axis=1)
    names = {0: "ant", 2: "bee", 3: "cow", 4: "dog"}
    labels = labels_of(60)
    labels[labels > 0] += 1
    evidence = Evidence(atlas, labels, probabilities, **measured())
    dense = Evidence(atlas, labels_of(60), guesses(), **measured())
    assert suggest(strategy, evidence, 30, names) == suggest(strategy, dense, 30, NAMES)
