"""What every strategy in STRATEGIES must do, and what each one prefers."""

import re

import numpy as np
import pytest

from ssvae_core.acquisition import STRATEGIES, TYPICAL_FIRST, Situation, margin, suggest
from ssvae_core.atlas import Atlas, medoids, nearest_neighbours

N, K = 200, 4
NAMES = ("ant", "bee", "cow", "dog")
SENTENCE = re.compile(r"[A-Z][^.]+\.$")


@pytest.fixture(scope="module")
def atlas():
    latents = np.random.default_rng(0).normal(size=(N, 2)).astype(np.float32)
    return Atlas(latents, *nearest_neighbours(latents, 6), medoids(latents, (10, 20)))


def guesses(seed=1):
    """Probabilities, some close and some certain: (N, K)."""
    return np.random.default_rng(seed).dirichlet(np.full(K, 0.3), N).astype(np.float32)


def labels_of(n_labels, n_classes=K):
    labels = np.full(N, -1, np.int16)
    labels[np.random.default_rng(2).permutation(N)[:n_labels]] = np.arange(n_labels) % n_classes
    return labels


SITUATIONS = {"nothing": (0, K), "one class": (5, 1), "some": (12, K), "many": (60, K)}


@pytest.fixture(params=SITUATIONS)
def situation(request, atlas):
    n_labels, n_classes = SITUATIONS[request.param]
    probabilities = guesses() if n_labels else None
    if probabilities is not None and n_classes == 1:
        probabilities = np.eye(K, dtype=np.float32)[np.zeros(N, int)]
    return Situation(atlas, labels_of(n_labels, n_classes), probabilities)


def even_atlas():
    """A ring: every example has the same distances to its 4 neighbours."""
    ring = np.arange(N)[:, None] + [1, -1, 2, -2]
    distances = np.tile(np.array([1, 1, 2, 2], np.float32), (N, 1))
    angle = np.arange(N) / N * 2 * np.pi
    xy = np.stack([np.cos(angle), np.sin(angle)], 1).astype(np.float32)
    return Atlas(xy, (ring % N).astype(np.int32), distances, np.array([0, 100], np.int32))


def examples(suggestions):
    return [suggestion.example for suggestion in suggestions]


# The contract


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_it_suggests_n_different_examples_without_a_label(strategy, situation):
    without = examples(suggest(strategy, situation, 3, NAMES))
    for n in (1, 8, 20):
        chosen = examples(suggest(strategy, situation, n, NAMES, without))
        assert len(set(chosen)) == n
        assert (situation.labels[chosen] < 0).all()
        assert not set(chosen) & set(without)


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_no_two_suggestions_are_neighbours(strategy, situation):
    chosen = examples(suggest(strategy, situation, 12, NAMES))
    for example in chosen:
        assert not set(situation.atlas.neighbours[example].tolist()) & set(chosen)


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_neighbours_are_suggested_when_there_is_nothing_else(strategy, situation):
    left = int((situation.labels < 0).sum())
    chosen = examples(suggest(strategy, situation, N, NAMES))
    assert sorted(chosen) == np.flatnonzero(situation.labels < 0).tolist()
    assert len(chosen) == left


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_every_reason_is_a_sentence(strategy, situation):
    for suggestion in suggest(strategy, situation, N, NAMES):
        assert SENTENCE.match(suggestion.why), suggestion.why


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_the_same_situation_gives_the_same_suggestions_and_stays_as_it_was(strategy, situation):
    before = situation.labels.copy()
    assert suggest(strategy, situation, 9, NAMES) == suggest(strategy, situation, 9, NAMES)
    assert np.array_equal(situation.labels, before)


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_it_suggests_nothing_when_everything_is_labelled(strategy, atlas):
    situation = Situation(atlas, labels_of(N), guesses())
    assert suggest(strategy, situation, 5, NAMES) == []
    last = Situation(atlas, np.where(np.arange(N) == 7, -1, situation.labels), guesses())
    assert examples(suggest(strategy, last, 5, NAMES)) == [7]
    assert suggest(strategy, last, 5, NAMES, without=[7]) == []


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_a_single_class_is_enough_to_suggest(strategy, atlas):
    situation = Situation(atlas, labels_of(30, 1), np.ones((N, 1), np.float32))
    assert len(suggest(strategy, situation, 5, ("ant",))) == 5


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_order_of_classes_does_not_change_what_is_suggested(strategy, atlas):
    order = np.array([2, 0, 3, 1])
    labels, probabilities = labels_of(40), guesses()
    renamed = np.where(labels < 0, -1, order.argsort()[labels]).astype(np.int16)
    one = suggest(strategy, Situation(atlas, labels, probabilities), 9, NAMES)
    other = Situation(atlas, renamed, probabilities[:, order])
    assert one == suggest(strategy, other, 9, tuple(NAMES[k] for k in order))


def test_an_unknown_strategy_is_named_with_those_there_are(atlas):
    with pytest.raises(ValueError, match=r"strategy 'entrpy'. Choose one of: auto, typical"):
        suggest("entrpy", Situation(atlas, labels_of(0), None), 1, NAMES)


# What they prefer


def test_the_margin_is_1_minus_the_gap_of_the_two_best():
    probabilities = guesses()
    expected = [1 - (sorted(row)[-1] - sorted(row)[-2]) for row in probabilities.tolist()]
    np.testing.assert_allclose(margin(probabilities), expected, atol=1e-6)


def test_order_of_classes_does_not_change_the_margin():
    probabilities = guesses()
    for seed in range(5):
        order = np.random.default_rng(seed).permutation(K)
        assert np.array_equal(margin(probabilities[:, order]), margin(probabilities))


@pytest.mark.parametrize("strategy", ["close", "auto"])
def test_a_certain_image_is_never_asked_before_an_uncertain_one_of_equal_density(strategy):
    probabilities = np.tile(np.array([1, 0, 0, 0], np.float32), (N, 1))
    uncertain = np.arange(5, N, 10)
    probabilities[uncertain] = [0.5, 0.4, 0.1, 0]
    labels = np.full(N, -1, np.int16)
    labels[1 : 2 * TYPICAL_FIRST : 2] = 0  # none of the uncertain ones' neighbours is all there is
    labels[uncertain] = -1
    labels[150 : 150 + TYPICAL_FIRST] = 1
    labels[uncertain] = -1
    situation = Situation(even_atlas(), labels, probabilities)
    assert situation.n_labels >= TYPICAL_FIRST
    chosen = examples(suggest(strategy, situation, len(uncertain), NAMES))
    assert set(chosen) == set(uncertain.tolist())


def test_of_two_close_calls_the_one_in_a_crowd_comes_first(atlas):
    even = np.full((N, K), 0.25, np.float32)
    situation = Situation(atlas, labels_of(40), even)
    first = suggest("close", situation, 1, NAMES)[0].example
    free = np.flatnonzero(situation.labels < 0)
    assert atlas.distances[first, -1] == atlas.distances[free, -1].min()


def test_typical_images_are_the_medoids_in_their_order(atlas):
    chosen = examples(suggest("typical", Situation(atlas, labels_of(0), None), 10, NAMES))
    apart = [m for m in atlas.medoids.tolist() if m in chosen]
    assert apart == chosen


def test_the_best_for_now_turns_from_typical_to_close_calls(atlas):
    for n_labels, like in ((TYPICAL_FIRST - 1, "typical"), (TYPICAL_FIRST, "close")):
        situation = Situation(atlas, labels_of(n_labels), guesses())
        assert suggest("auto", situation, 9, NAMES) == suggest(like, situation, 9, NAMES)


def test_another_seed_draws_another_random_order(atlas):
    orders = [
        suggest("random", Situation(atlas, labels_of(0), None, seed), 9, NAMES) for seed in (0, 1)
    ]
    assert orders[0] != orders[1]


# Reasons are true


def test_the_reason_names_the_two_best_classes_and_their_shares(atlas):
    probabilities = np.tile(np.array([0.1, 0.5, 0.0, 0.4], np.float32), (N, 1))
    reason = suggest("close", Situation(atlas, labels_of(40), probabilities), 1, NAMES)[0].why
    assert reason.startswith("It lies between bee and dog (50% / 40%), and ")


@pytest.mark.parametrize("strategy", ["typical", "auto"])
def test_no_reason_says_far_from_labels_of_an_image_beside_one(strategy, atlas):
    labels = labels_of(TYPICAL_FIRST - 1)
    for suggestion in suggest(strategy, Situation(atlas, labels, guesses()), N, NAMES):
        if (labels[atlas.neighbours[suggestion.example]] >= 0).any():
            assert "far from" not in suggestion.why


def test_the_reason_counts_the_labelled_neighbours(atlas):
    situation = Situation(atlas, labels_of(60), guesses())
    for suggestion in suggest("close", situation, N, NAMES):
        n = int((situation.labels[atlas.neighbours[suggestion.example]] >= 0).sum())
        counted = {0: "none of its 6", 1: "only one of its 6"}.get(n, f"{n} of its 6")
        assert counted in suggestion.why


def test_close_calls_are_spread_over_the_map_and_random_ones_are_left_as_drawn(atlas):
    """A crowd of equal close calls is asked once, not twelve times."""
    n = len(atlas.xy)
    probabilities = np.full((n, 2), 0.5, np.float32)
    situation = Situation(atlas, np.full(n, -1, np.int16), probabilities)
    chosen = [s.example for s in suggest("close", situation, 8, ("a", "b"))]
    gaps = np.linalg.norm(atlas.xy[chosen][:, None] - atlas.xy[chosen], axis=2)
    assert gaps[np.triu_indices(8, 1)].min() > STRATEGIES["close"].gap
    assert STRATEGIES["random"].gap == 0
