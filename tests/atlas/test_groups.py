"""Groups are proposed before a label: largest first, with a medoid and a most distant member."""

import numpy as np
import pytest

from ssvae_core.atlas.groups import Groups, proposed, proposing
from ssvae_core.errors import UserError

MIDDLES = np.array([[0.0, 0.0], [9.0, 0.0], [0.0, 9.0]])
KINDS = np.repeat([0, 1, 2], [50, 30, 20])


@pytest.fixture
def features():
    """Three heaps, the first the largest."""
    return MIDDLES[KINDS] + np.random.default_rng(0).normal(0, 0.5, (100, 2))


def test_each_heap_is_a_group_and_the_largest_is_the_first(features):
    groups = proposed(features, 3)
    assert np.array_equal(groups.of, KINDS)
    assert groups.sizes.tolist() == [50, 30, 20]


def test_a_medoid_is_nearest_to_the_middle_and_the_farthest_is_farthest(features):
    groups = proposed(features, 3)
    for group in range(3):
        members = np.flatnonzero(group == KINDS)
        off = np.linalg.norm(features[members] - features[members].mean(0), axis=1)
        assert groups.medoids[group] == members[off.argmin()]
        assert groups.farthest[group] == members[off.argmax()]


def test_the_seed_hardly_matters(features):
    assert all(np.array_equal(proposed(features, 3, seed).of, KINDS) for seed in range(5))


def test_purity_and_majorities_are_those_of_counting(features):
    key = KINDS.copy()
    key[:5], key[60:64], key[90:] = 1, 2, -1
    groups = proposed(features, 3)
    counted = sum(
        np.bincount(key[(group == KINDS) & (key >= 0)]).max() for group in range(3)
    ) / np.count_nonzero(key >= 0)
    assert groups.purity(key, 3) == pytest.approx(counted)
    assert groups.majorities(key, 3).tolist() == [0, 1, 2]
    assert groups.majorities(np.full(100, -1), 3).tolist() == [-1, -1, -1]
    assert np.isnan(groups.purity(np.full(100, -1), 3))


def test_more_groups_than_classes_are_purer():
    rng = np.random.default_rng(1)
    features = rng.normal(0, 1, (400, 5))
    key = (features[:, 0] > 0).astype(int)
    assert proposed(features, 40).purity(key, 2) > proposed(features, 2).purity(key, 2)


def test_twins_make_fewer_groups():
    groups = proposed(np.repeat([[0.0], [1.0]], 5, 0), 4)
    assert len(groups) == 2
    assert groups.sizes.tolist() == [5, 5]


def test_many_features_are_seen_in_their_components():
    wide = np.random.default_rng(0).normal(0, 0.1, (60, 300))
    wide[:30, 0] += 50
    assert np.array_equal(np.sort(proposed(wide, 2).sizes), [30, 30])


@pytest.mark.parametrize("n", [0, 101])
def test_a_number_that_cannot_be_is_refused(features, n):
    with pytest.raises(UserError, match="From 1 to 100 groups"):
        proposed(features, n)


def test_groups_know_how_many_they_are():
    assert len(Groups(np.zeros(1, np.int32), np.zeros(1, np.float32))) == 1
    assert len(Groups(np.empty(0, np.int32), np.empty(0, np.float32))) == 0


def test_members_go_from_the_medoid_outwards(features):
    groups = proposed(features, 3)
    for group in range(3):
        members = groups.members(group)
        assert members[0] == groups.medoids[group]
        assert members[-1] == groups.farthest[group]
        assert np.array_equal(np.sort(members), np.flatnonzero(groups.of == group))


def test_the_way_there_is_told_from_nothing_to_all(features):
    *shares, groups = proposing(features, 3)
    assert shares[0] == 0
    assert shares == sorted(shares)
    assert shares[-1] < 1
    assert np.array_equal(groups.of, proposed(features, 3).of)
