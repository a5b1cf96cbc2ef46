"""The best guesses of a table of probabilities."""

import numpy as np
import pytest

from ssvae_core.export.content import best_guesses


def test_the_best_guess_of_nothing_is_none():
    classes, confidence = best_guesses(np.array([[0, 0, 0], [0.2, 0.7, 0.1]], np.float16))
    assert classes.tolist() == [-1, 1]
    assert confidence == pytest.approx([0, 0.7], abs=1e-3)
