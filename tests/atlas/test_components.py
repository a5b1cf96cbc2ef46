"""Principal components, against the singular values of the centred examples."""

import numpy as np
import pytest

from ssvae_core.atlas import components
from ssvae_core.atlas.components import PrincipalComponents


@pytest.fixture
def images(digits):
    return digits.images


def by_svd(values, n):
    """What the first n right singular vectors make of the centred rows."""
    centred = values - values.mean(0)
    return centred @ np.linalg.svd(centred, full_matrices=False)[2][:n].T


def test_they_are_the_directions_of_most_variance(images):
    found = PrincipalComponents(images, 5)(images)
    expected = by_svd(images.reshape(len(images), -1) / 255, 5)
    signs = np.sign((found * expected).sum(0))  # a direction has no sign of its own
    np.testing.assert_allclose(found * signs, expected, atol=1e-3)


def test_bytes_and_the_same_as_shares_have_the_same(images):
    fitted = PrincipalComponents(images, 5)
    np.testing.assert_allclose(fitted(images), fitted((images / 255).astype(np.float32)), atol=1e-5)


def test_others_are_placed_by_what_some_were_fitted_to_in_parts_as_at_once(images, monkeypatch):
    fitted = PrincipalComponents(images[:100], 5)
    at_once = fitted(images)
    monkeypatch.setattr(components, "AT_ONCE", 7)
    np.testing.assert_allclose(fitted(images), at_once, atol=1e-5)


def test_there_are_no_more_than_examples_or_values_and_alike_ones_are_no_error(images):
    assert PrincipalComponents(images[:3])(images).shape == (300, 3)
    assert not PrincipalComponents(np.ones((20, 4, 4, 1), np.uint8), 2)(
        images[:1, :4, :4] * 0 + 1
    ).any()
