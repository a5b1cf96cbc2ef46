"""The first map of a data set, and images that come later."""

import numpy as np
import pytest

from ssvae_core.atlas.atlas import Atlas
from ssvae_core.atlas.first_map import extended, first_atlas, principal_components


def last(events):
    *progress, atlas = events
    shares = [event.share for event in progress]
    assert shares == sorted(shares)
    assert all(event.message for event in progress)
    return atlas


@pytest.fixture(scope="module")
def atlas(digits):
    return last(first_atlas(digits.images))


def test_neighbours_on_the_first_map_mostly_have_the_same_class(atlas, digits):
    same = digits.answer_key[atlas.neighbours[:, :5]] == digits.answer_key[:, None]
    assert same.mean() > 0.85
    on_map = np.linalg.norm(atlas.xy[:, None] - atlas.xy, axis=2)
    np.fill_diagonal(on_map, np.inf)
    nearest = on_map.argsort(1)[:, :5]
    assert (digits.answer_key[nearest] == digits.answer_key[:, None]).mean() > 0.7


def test_the_first_map_lies_in_the_frame_and_knows_medoids(atlas, digits):
    assert isinstance(atlas, Atlas)
    assert atlas.xy.shape == (len(digits), 2)
    assert atlas.xy.min() >= 0
    assert atlas.xy.max() <= 1
    assert len(set(atlas.medoids.tolist())) == len(atlas.medoids) > 10


def test_images_that_come_later_move_nobody_and_land_among_their_like(digits):
    old = last(first_atlas(digits.images[:240]))
    new = extended(old, digits.images)
    np.testing.assert_array_equal(new.xy[:240], old.xy)
    np.testing.assert_array_equal(new.neighbours[:240], old.neighbours)
    assert new.neighbours.shape == (300, old.neighbours.shape[1])
    for place in range(240, 300):
        assert place not in new.neighbours[place]
    away = np.linalg.norm(new.xy[240:, None] - old.xy, axis=2).argsort(1)[:, :5]
    assert (digits.answer_key[away] == digits.answer_key[240:, None]).mean() > 0.7
    ratio = new.distances[240:].mean() / old.distances.mean()
    assert 0.5 < ratio < 2


def test_principal_components_equal_those_of_the_covariance(digits):
    flat = digits.images.reshape(300, -1) / 255
    found = principal_components(digits.images)
    values = np.linalg.eigvalsh(np.cov(flat.T))[::-1][: found.shape[1]]
    np.testing.assert_allclose(found.var(0, ddof=1), values, rtol=1e-3, atol=1e-5)


def test_two_images_are_enough_and_alike_ones_do_no_harm():
    images = np.zeros((2, 4, 4, 1), np.uint8)
    atlas = last(first_atlas(images))
    assert np.isfinite(atlas.xy).all()
    assert atlas.neighbours.tolist() == [[1], [0]]
