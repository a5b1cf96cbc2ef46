"""Strategies that look at the map and at no guess: typical images, and chance.

Letters in shapes: N examples.
"""

from __future__ import annotations

import numpy as np

from ..atlas.atlas import N_FIRST
from .evidence import Evidence, Names, Scores, labels_around

# Labels for typical images in strategies that go on otherwise.
TYPICAL_FIRST = N_FIRST


def typical(evidence: Evidence) -> Scores:
    """Medoids of the map in their order; then crowded places without a label near."""
    scores = evidence.density / (1 + evidence.density.max())
    scores[evidence.is_near_a_label] = 0
    medoids = evidence.atlas.medoids
    scores[medoids] = 2 - np.arange(len(medoids)) / len(medoids)
    return scores


def why_typical(evidence: Evidence, example: int, names: Names) -> str:
    """A medoid, a crowd without labels, or a remnant."""
    if (evidence.atlas.medoids == example).any():
        return "It is the most typical image of its part of the map."
    if evidence.is_near_a_label[example]:
        return f"It is among the images left; {labels_around(evidence, example)}."
    return "It stands in a crowd, far from everything you labelled."


def at_random(evidence: Evidence) -> Scores:
    """A fixed random order, so that a queue does not change under the hands."""
    rng = np.random.default_rng(evidence.seed)
    return rng.random(len(evidence.labels), np.float32)


def why_random(evidence: Evidence, example: int, names: Names) -> str:
    """There is none."""
    return "Drawn at random."
