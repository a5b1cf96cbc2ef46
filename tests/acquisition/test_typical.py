"""Typical images, and random ones."""

from ssvae_core.acquisition import suggest
from tests.support.small_evidence import NAMES, Evidence, examples, labels_of


def test_typical_images_are_the_medoids_in_their_order(atlas):
    chosen = examples(suggest("typical", Evidence(atlas, labels_of(0), None), 10, NAMES))
    apart = [m for m in atlas.medoids.tolist() if m in chosen]
    assert apart == chosen


def test_another_seed_draws_another_random_order(atlas):
    orders = [
        suggest("random", Evidence(atlas, labels_of(0), None, seed), 9, NAMES) for seed in (0, 1)
    ]
    assert orders[0] != orders[1]
