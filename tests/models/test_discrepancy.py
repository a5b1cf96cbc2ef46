"""The discrepancy between domains, against a computation of every pair."""

import itertools
import math

import pytest
import torch

from ssvae_core.models.discrepancy import WIDTHS, discrepancy


def by_pairs(values, places, weights):
    """The mean over domains of MMD^2 between each and all others, a pair at a time."""
    n = len(values)
    squared = [[float((a - b).square().sum()) for b in values] for a in values]
    scale = sum(map(sum, squared)) / n**2

    def mean_kernel(some, others):
        total, count = 0.0, 0.0
        for i, j in itertools.product(some, others):
            kernel = sum(math.exp(-squared[i][j] / (w * scale)) for w in WIDTHS) / len(WIDTHS)
            total += weights[i] * weights[j] * kernel
            count += weights[i] * weights[j]
        return total / count

    found = []
    for domain in sorted(set(places) - {-1}):
        own = [i for i in range(n) if places[i] == domain]
        others = [i for i in range(n) if places[i] not in (domain, -1)]
        if others:
            mixed = mean_kernel(own, others)
            found.append(mean_kernel(own, own) - 2 * mixed + mean_kernel(others, others))
    return sum(found) / len(found) if found else 0.0


def one_hot(places, n_domains=3):
    found = torch.zeros(len(places), n_domains)
    for row, place in enumerate(places):
        if place >= 0:
            found[row, place] = 1.0
    return found


@pytest.mark.parametrize(
    "places", [[0, 0, 1, 1, 2, 0, 2], [0, 1, -1, 1, 0, -1, 1], [0, 0, 0, -1, 0, 0, 0]]
)
def test_it_is_the_mean_of_all_pairs(places):
    torch.manual_seed(0)
    values, weights = torch.randn(7, 4, dtype=torch.float64), torch.rand(7, dtype=torch.float64)
    s = one_hot(places).double()
    expected = by_pairs(values, places, [1.0] * 7)
    assert float(discrepancy(values, s)) == pytest.approx(expected, abs=1e-9)
    expected = by_pairs(values, places, weights.tolist())
    assert float(discrepancy(values, s, weights)) == pytest.approx(expected, abs=1e-9)


def test_domains_that_lie_apart_differ_more_and_it_can_be_lowered():
    torch.manual_seed(1)
    s, values = one_hot([0, 1] * 40, 2), torch.randn(80, 3)
    apart = values + 2 * s[:, :1]
    assert float(discrepancy(apart, s)) > 5 * float(discrepancy(values, s)) >= 0
    shift = torch.zeros(3, requires_grad=True)
    discrepancy(apart - s[:, :1] * shift, s).backward()
    assert (shift.grad < 0).all()  # to shift them together lowers it


def test_of_nothing_and_of_one_domain_there_is_none():
    assert float(discrepancy(torch.zeros(0, 3), torch.zeros(0, 2))) == 0
    assert float(discrepancy(torch.randn(5, 3), one_hot([1] * 5))) == 0
