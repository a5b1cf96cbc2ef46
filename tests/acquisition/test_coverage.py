"""Strategies that go by what an answer settles or reaches."""

import dataclasses

import numpy as np
import pytest

from ssvae_core.acquisition import STRATEGIES, suggest
from ssvae_core.acquisition.coverage import WALK_STEPS
from ssvae_core.atlas.atlas import Atlas, medoids, nearest_neighbours
from tests.support.small_evidence import NAMES, Evidence, K, N, examples, labels_of

FEW = WALK_STEPS[-1][0]  # labels, from which on walks are short


def groups(sizes, n_neighbours=6):
    """Groups that lie far apart, of many alike: an atlas, and the group of each example."""
    rng = np.random.default_rng(0)
    group = np.repeat(np.arange(len(sizes)), sizes)
    corners = 100 * np.eye(len(sizes), dtype=np.float32)
    latents = corners[group] + rng.normal(size=(len(group), len(sizes))).astype(np.float32)
    xy = latents[:, :2] / 100
    return Atlas(xy, *nearest_neighbours(latents, n_neighbours), medoids(xy, (3,))), group


@pytest.mark.parametrize("strategy", ["auto", "diverse"])
def test_every_group_is_asked_about_before_one_is_asked_twice(strategy):
    atlas, group = groups((100, 90, 80, 70, 60))
    evidence = Evidence(atlas, np.full(len(group), -1, np.int16), None)
    asked = group[examples(suggest(strategy, evidence, 5, NAMES))]
    assert sorted(asked) == [0, 1, 2, 3, 4]


def test_of_the_first_medoids_those_of_new_groups_are_asked_first():
    """Whatever their order on the map, and whether they are asked together or one by one."""
    atlas, group = groups((100, 90, 80, 70, 60))
    pairs = []
    for members in (np.flatnonzero(group == k).tolist() for k in range(5)):
        one = members[0]
        near = {one, *atlas.neighbours[one].tolist()}
        other = next(m for m in members if m not in near and one not in atlas.neighbours[m])
        pairs += [one, other]
    atlas = dataclasses.replace(atlas, medoids=np.array(pairs, np.int32))
    labels = np.full(len(group), -1, np.int16)
    asked = examples(suggest("auto", Evidence(atlas, labels, None), 10, NAMES))
    assert sorted(group[asked[:5]]) == [0, 1, 2, 3, 4]
    assert set(asked) == set(atlas.medoids.tolist())
    labels[asked[:5]] = 0
    rest = examples(suggest("auto", Evidence(atlas, labels, None), 5, NAMES))
    assert set(rest) == set(asked[5:])


@pytest.mark.parametrize("strategy", ["auto", "diverse"])
def test_a_group_without_a_label_is_asked_before_those_that_have_one(strategy):
    """However sure the guess is: a class that nobody named is propagated like any other."""
    atlas, group = groups((100, 90, 80, 70, 60))
    labels = np.full(len(group), -1, np.int16)
    for k in (0, 1, 2, 4):
        labels[np.flatnonzero(group == k)[:2]] = 0
    sure = np.tile(np.array([1, 0, 0, 0], np.float32), (len(group), 1))
    (first,) = examples(suggest(strategy, Evidence(atlas, labels, sure), 1, NAMES))
    assert group[first] == 3


def test_the_best_for_now_goes_where_guesses_are_close_and_the_far_one_does_not():
    atlas, group = groups((80, 80, 80))
    labels = np.full(len(group), -1, np.int16)
    for k in range(3):
        labels[np.flatnonzero(group == k)[:10]] = k
    shares = np.where((group == 1)[:, None], [0.4, 0.6, 0, 0], [1, 0, 0, 0]).astype(np.float32)
    evidence = Evidence(atlas, labels, shares)
    assert evidence.n_labels >= FEW
    assert (group[examples(suggest("auto", evidence, 3, NAMES))] == 1).all()
    assert (group[examples(suggest("diverse", evidence, 3, NAMES))] != 1).any()


def test_one_answer_takes_off_what_it_settles():
    """The second question of a batch is the first one after the first is answered."""
    atlas, group = groups((100, 90, 80))
    none = np.full(len(group), -1, np.int16)
    first, second = examples(suggest("diverse", Evidence(atlas, none, None), 2, NAMES))
    none[first] = 0
    assert examples(suggest("diverse", Evidence(atlas, none, None), 1, NAMES)) == [second]


def test_the_best_for_now_says_whose_doubt_an_answer_settles(atlas):
    shares = np.tile(np.array([1, 0, 0, 0], np.float32), (N, 1))
    in_doubt = atlas.neighbours[9][:3]
    shares[in_doubt] = [0.5, 0.5, 0, 0]
    evidence = Evidence(atlas, labels_of(40), shares)
    reason = STRATEGIES["auto"].why(evidence, 9, NAMES)
    assert reason == "It looks like ant; 3 of its 6 nearest images are in doubt."


def test_the_default_goes_by_what_propagates_and_not_by_what_the_model_doubts(atlas):
    """Two crowds, each in doubt for one voice only."""
    labels = labels_of(40)
    free = np.flatnonzero(labels < 0)
    crowd, other = (atlas.neighbours[i] for i in (free[0], free[-1]))
    shares = np.eye(K, dtype=np.float32)[np.zeros(N, int)]
    shares[crowd, :2] = 0.5  # what both say together, mostly the model
    undecided = np.zeros(N, np.float16)
    undecided[other] = 1
    both = Evidence(atlas, labels, shares, undecided=undecided)
    model = Evidence(atlas, labels, shares)
    scores = [STRATEGIES["auto"].scores(evidence) for evidence in (both, model)]
    gain = scores[0] - scores[1]
    assert gain[other].mean() > 0 > gain[crowd].mean()


def test_as_many_medoids_come_first_as_the_atlas_says():
    atlas, group = groups((100, 90, 80, 70, 60))
    medoids = np.random.default_rng(0).permutation(len(group))[:20].astype(np.int32)
    labels = np.full(len(group), -1, np.int16)
    asked = {}
    for n_first in (10, 20):
        of = dataclasses.replace(atlas, medoids=medoids, n_first=n_first)
        asked[n_first] = examples(suggest("auto", Evidence(of, labels, None), 20, NAMES))
    n_medoids = {n_first: len(set(its) & set(medoids.tolist())) for n_first, its in asked.items()}
    assert n_medoids[20] == 20
    assert 10 <= n_medoids[10] < 20
    assert set(asked[10][:10]) <= set(medoids[:10].tolist())
