"""Draws that follow from a seed and a number, and leave no trace in the draws of others."""

import pytest
import torch

from ssvae_core.training.seeding import seeded

CPU = torch.device("cpu")


def drawn(seed, number=0):
    with seeded(CPU, seed, number):
        return torch.rand(4)


def test_the_same_seed_and_number_draw_the_same():
    assert torch.equal(drawn(3, 7), drawn(3, 7))


@pytest.mark.parametrize("other", [(3, 8), (4, 7), (7, 3)])
def test_another_seed_or_number_draws_something_else(other):
    assert not torch.equal(drawn(3, 7), drawn(*other))


def test_whoever_draws_outside_draws_on_as_if_nothing_had_been_drawn():
    torch.manual_seed(0)
    expected = torch.rand(2, 3)
    torch.manual_seed(0)
    first = torch.rand(3)
    drawn(5)
    assert torch.equal(torch.stack([first, torch.rand(3)]), expected)
