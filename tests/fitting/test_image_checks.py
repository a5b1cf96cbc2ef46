"""Images of any form that arrays have, and what is refused."""

import re

import numpy as np
import pytest
from numpy.testing import assert_allclose

from ssvae_core.fitting.image_checks import as_images
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


CHANNELS_FIRST = [(20, 3, 8, 8), (20, 1, 28, 28), (20, 4, 8, 8), (20, 2, 9, 5), (20, 3, 6, 8)]


@pytest.mark.parametrize("shape", CHANNELS_FIRST)
def test_channels_that_come_first_are_refused_with_the_shape_that_is_expected(shape):
    X, y = np.zeros(shape), np.arange(20) % 2
    says = rf"\(n, H, W, C\).*{re.escape(str(shape))}.*moveaxis\(X, 1, -1\)"
    with pytest.raises(ValueError, match=says):
        classifier().fit(X, y)
    with pytest.raises(ValueError, match=says):
        classifier().partial_fit(X, y)
    assert as_images(np.moveaxis(X, 1, -1)).shape == (20, *shape[2:], shape[1])


def test_what_a_fitted_classifier_is_asked_about_has_its_channels_last_too(fitted, images):
    first = np.moveaxis(images[:3], -1, 1)
    for ask in (fitted.predict, fitted.predict_proba, fitted.transform, fitted.reconstruct):
        with pytest.raises(ValueError, match=r"\(n, H, W, C\)"):
            ask(first)
    with pytest.raises(ValueError, match=r"\(n, H, W, C\)"):
        fitted.score(first, [0, 1, 2])


@pytest.mark.parametrize("shape", [(20, 8, 8, 5), (20, 8, 8, 0), (20, 0, 8), (20, 8, 8, 8)])
def test_images_of_other_channels_or_without_a_pixel_are_refused(shape):
    with pytest.raises(ValueError, match=re.escape(str(shape))):
        classifier().fit(np.zeros(shape), np.arange(20) % 2)


@pytest.mark.parametrize("shape", [(3, 3, 4, 3), (3, 8, 8, 1), (3, 4, 4, 4), (3, 1, 1, 1)])
def test_a_shape_that_may_be_read_both_ways_has_its_channels_last(shape):
    assert as_images(np.zeros(shape)).shape == shape


def test_truth_values_are_no_images_until_they_are_floats():
    with pytest.raises(ValueError, match=r"astype\(float\)"):
        as_images(np.ones((2, 8, 8), bool))
