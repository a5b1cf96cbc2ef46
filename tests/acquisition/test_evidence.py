"""What a reason says of the labels around an image."""

import pytest

from ssvae_core.acquisition import suggest
from tests.support.small_evidence import NAMES, Evidence, N, guesses, labels_of


@pytest.mark.parametrize("strategy", ["typical", "odd", "disagree"])
def test_no_reason_says_far_from_labels_of_an_image_beside_one(strategy, atlas):
    labels = labels_of(19)
    for suggestion in suggest(strategy, Evidence(atlas, labels, guesses()), N, NAMES):
        if (labels[atlas.neighbours[suggestion.example]] >= 0).any():
            assert "far from" not in suggestion.why


def test_the_reason_counts_the_labelled_neighbours(atlas):
    evidence = Evidence(atlas, labels_of(60), guesses())
    for suggestion in suggest("close", evidence, N, NAMES):
        n = int((evidence.labels[atlas.neighbours[suggestion.example]] >= 0).sum())
        counted = {0: "none of its 6", 1: "only one of its 6"}.get(n, f"{n} of its 6")
        assert counted in suggestion.why
