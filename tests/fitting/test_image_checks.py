"""Images of any form that arrays have, and what is refused."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from tests.support.small_classifier import classifier


def test_images_without_an_axis_of_channels_come_back_without_one(images, few):
    flat = classifier(max_iter=1).fit(images[..., 0], few)
    assert flat.reconstruct(images[:3, ..., 0]).shape == (3, 8, 8)
    assert flat.sample(0).shape == (1, 8, 8)


def test_bytes_and_floats_of_the_same_images_are_the_same_to_it(fitted, images):
    assert_allclose(
        fitted.predict_proba(images[:20]), fitted.predict_proba(images[:20] / 255), atol=1e-5
    )


@pytest.mark.parametrize(
    ("X", "says"),
    [
        (np.full((4, 8, 8), 16.0), r"must lie in \[0, 1\]; X goes from 16 to 16"),
        (np.full((4, 8, 8), np.nan), r"must lie in \[0, 1\]"),
        (np.ones((4, 8, 8), int), "X is int64"),
        (np.ones((4, 2, 2, 2, 2)), "it has shape"),
        (np.ones((1, 8, 8)), "At least 2 images"),
    ],
)
def test_images_that_cannot_be_are_said_to_be_so(X, says):
    with pytest.raises(ValueError, match=says):
        classifier().fit(X, np.arange(len(X)))
