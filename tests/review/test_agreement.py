"""Kappas against their formulas written out, and the order of disagreements."""

import numpy as np
import pytest

from ssvae_core.review.agreement import agreement


def votes_of(**people):
    """{example: {person: class}} from a list of classes a person; None is no vote."""
    n = len(next(iter(people.values())))
    return {i: {p: v[i] for p, v in people.items() if v[i] is not None} for i in range(n)}


ANA, BEN, EVA = [0, 0, 1, 1, 2, 2, 0, 5], [0, 0, 1, 2, 2, 2, 1, 5], [0, 1, 1, 1, 2, 0, 0, 5]


def test_cohens_kappa_is_its_formula():
    """(observed - expected) / (1 - expected)."""
    (pair,) = agreement(votes_of(Ana=ANA, Ben=BEN)).pairs
    observed = np.mean(np.equal(ANA, BEN))
    expected = sum(ANA.count(c) * BEN.count(c) for c in {*ANA, *BEN}) / 8**2
    assert pair.kappa == pytest.approx((observed - expected) / (1 - expected))
    assert (pair.people, pair.n, pair.agreed) == (("Ana", "Ben"), 8, 6)


def test_the_overall_figure_is_fleiss_kappa_up_to_one_in_n():
    """Alpha = 1 - (1 - 1/n) (1 - kappa) with n votes, all on all: both written out."""
    table = np.array(
        [[row.count(c) for c in (0, 1, 2, 5)] for row in zip(ANA, BEN, EVA, strict=True)]
    )
    observed = ((table**2).sum(1) - 3).mean() / 6
    expected = ((table.sum(0) / 24) ** 2).sum()
    fleiss = (observed - expected) / (1 - expected)
    found = agreement(votes_of(Ana=ANA, Ben=BEN, Eva=EVA))
    assert found.overall == pytest.approx(1 - (1 - 1 / 24) * (1 - fleiss))
    assert found.fleiss == pytest.approx(fleiss)


def test_fleiss_kappa_is_not_given_where_some_have_more_votes():
    votes = {1: {"Ana": 0, "Ben": 0}, 2: {"Ana": 1, "Ben": 0, "Eva": 1}, 3: {"Ana": 1, "Ben": 1}}
    assert agreement(votes).fleiss is None
    assert agreement(votes).overall is not None


def test_people_who_share_the_work_have_an_overall_figure_too():
    """Pairs of votes, each example's weighted by 1 / (votes - 1): Krippendorff's definition."""
    votes = votes_of(Ana=[0, 0, 1, None, 3], Ben=[0, 1, None, 1, None], Eva=[0, None, 1, 1, None])
    table = np.array([[3, 0], [1, 1], [0, 2], [0, 2]])
    n = table.sum()
    within = (table * (table.sum(1, keepdims=True) - table)).sum(1) / (table.sum(1) - 1)
    across = (table.sum(0) * (n - table.sum(0))).sum() / (n - 1)
    found = agreement(votes)
    assert found.overall == pytest.approx(1 - within.sum() / across)
    assert found.n_doubly == 4


def test_people_without_an_image_in_common_have_no_kappa_and_it_is_said():
    found = agreement({0: {"Ana": 1}, 1: {"Ben": 2}})
    (pair,) = found.pairs
    assert pair.kappa is None
    assert "no image in common" in pair.why
    assert found.overall is None
    assert found.n_doubly == 0


def test_one_class_only_is_no_kappa():
    found = agreement(votes_of(Ana=[3, 3], Ben=[3, 3]))
    assert found.pairs[0].kappa is None
    assert found.overall is None
    assert found.pairs[0].agreed == 2


def test_disagreements_are_listed_most_people_first_then_surest_first():
    votes = {
        1: {"Ana": 0, "Ben": 1},
        2: {"Ana": 0, "Ben": 1},
        3: {"Ana": 0, "Ben": 1, "Eva": 2},
        4: {"Ana": 0, "Ben": 0, "Eva": 2},
        5: {"Ana": 4, "Ben": 4},
    }
    found = agreement(votes, {1: 0.6, 2: 0.9, 4: 0.7}).disagreements
    assert [d.example for d in found] == [3, 2, 4, 1]
    assert [d.leading for d in found] == [None, None, 0, None]


def test_nobody_voted_is_nothing_to_compare():
    found = agreement({})
    assert (found.pairs, found.overall, found.disagreements) == ((), None, ())
