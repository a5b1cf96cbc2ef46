"""Suggesting: apart from each other, a share of them at random, the best for each class first."""

import numpy as np
import pytest

from ssvae_core.acquisition import STRATEGIES, suggest
from ssvae_core.acquisition.strategies import CROWDS_SETTLED
from ssvae_core.acquisition.suggest import chance_slots
from ssvae_core.errors import UserError
from tests.support.small_evidence import NAMES, Evidence, guesses, labels_of


def test_an_unknown_strategy_is_named_with_those_there_are(atlas):
    with pytest.raises(UserError, match=r"strategy 'entrpy'. Choose one of: auto, typical"):
        suggest("entrpy", Evidence(atlas, labels_of(0), None), 1, NAMES)


@pytest.mark.parametrize("mix", [0.0, 0.1, 0.25, 0.5, 0.9, 1.0])
def test_the_mix_is_the_share_drawn_at_random_in_one_batch_or_one_by_one(mix, atlas):
    evidence = Evidence(atlas, labels_of(0), None)
    combined = suggest("diverse", evidence, 20, NAMES, mix=mix)
    assert sum(each.why == "Drawn at random." for each in combined) == round(20 * mix)
    assert sum(sum(chance_slots(i, 1, mix)) for i in range(100)) == round(100 * mix)


def test_all_at_random_is_the_random_strategy_and_none_is_the_strategy(atlas):
    evidence = Evidence(atlas, labels_of(30), guesses())
    drawn = suggest("random", evidence, 9, NAMES)
    assert suggest("margin", evidence, 9, NAMES, mix=1.0) == drawn
    half = suggest("margin", evidence, 8, NAMES, mix=0.5)
    assert [each for each in half if each.why == "Drawn at random."] == drawn[:4]
    assert suggest("margin", evidence, 1, NAMES)[0] in half


def test_a_mix_that_is_no_share_is_refused(atlas):
    for mix in (-0.1, 1.1, float("nan")):
        with pytest.raises(UserError, match="between 0 and 1, got"):
            suggest("auto", Evidence(atlas, labels_of(0), None), 1, NAMES, mix=mix)


def test_close_calls_are_spread_over_the_map_and_random_ones_are_left_as_drawn(atlas):
    """A crowd of equal close calls is asked once, not twelve times."""
    n = len(atlas.xy)
    probabilities = np.full((n, 2), 0.5, np.float32)
    evidence = Evidence(atlas, np.full(n, -1, np.int16), probabilities)
    chosen = [s.example for s in suggest("close", evidence, 8, ("a", "b"))]
    gaps = np.linalg.norm(atlas.xy[chosen][:, None] - atlas.xy[chosen], axis=2)
    assert gaps[np.triu_indices(8, 1)].min() > STRATEGIES["close"].gap
    assert STRATEGIES["random"].gap == 0


def test_the_best_for_now_are_the_closest_calls_once_crowds_are_settled(atlas):
    before = Evidence(atlas, labels_of(CROWDS_SETTLED - 1), guesses())
    after = Evidence(atlas, labels_of(CROWDS_SETTLED), guesses())
    closest = [suggest("margin", evidence, 9, NAMES) for evidence in (before, after)]
    asked = [suggest("auto", evidence, 9, NAMES) for evidence in (before, after)]
    assert asked[1] == closest[1]
    assert asked[0] != closest[0]
