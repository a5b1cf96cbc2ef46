"""An atlas of 200 examples, and evidence of every kind on it."""

import numpy as np
import pytest

from ssvae_core.atlas.atlas import Atlas, medoids, nearest_neighbours
from tests.support.small_evidence import N


@pytest.fixture(scope="module")
def atlas():
    latents = np.random.default_rng(0).normal(size=(N, 2)).astype(np.float32)
    return Atlas(latents, *nearest_neighbours(latents, 6), medoids(latents, (10, 20)))
