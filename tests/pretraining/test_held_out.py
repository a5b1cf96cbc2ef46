"""An M1's bound on images that it does not learn from, and when it has stopped improving."""

import numpy as np
import pytest
import torch

from ssvae_core.pretraining.held_out import HeldOut
from ssvae_core.training.chunks import run_to_end


def after(bounds):
    held_out = HeldOut(300)
    held_out.bounds = np.asarray(bounds, np.float64).tolist()
    return held_out.has_stopped


def test_a_tenth_is_held_out_always_the_same_and_the_others_are_learned_from():
    held_out, again = HeldOut(300), HeldOut(300)
    assert len(held_out.examples) == 30
    assert torch.equal(held_out.examples, again.examples)
    everybody = torch.cat([held_out.examples, held_out.others]).sort().values
    assert torch.equal(everybody, torch.arange(300))


def test_of_few_images_none_is_held_out_and_of_many_not_more_than_enough(starter):
    few = HeldOut(40)
    assert (len(few.examples), len(few.others)) == (0, 40)
    run_to_end(few.look(starter.m1, torch.zeros(40, 64, dtype=torch.uint8)))
    assert not few.bounds
    assert not few.has_stopped
    assert len(HeldOut(60_000).examples) == 512


def test_a_look_is_the_mean_bound_of_the_held_out_with_the_same_draws_each_time(starter, pixels):
    held_out = HeldOut(len(pixels))
    for _ in range(2):
        run_to_end(held_out.look(starter.m1, pixels))
    assert held_out.bounds[0] == held_out.bounds[1]
    x = pixels[held_out.examples].float() / 255
    with torch.no_grad():
        draws = torch.stack([starter.m1.bound(x).mean() for _ in range(200)])
    assert held_out.bounds[0] == pytest.approx(draws.mean().item(), abs=5 * draws.std().item())


@pytest.mark.parametrize(
    ("bounds", "has_stopped"),
    [
        ([], False),
        ([-100.0, -60.0], False),
        (-100 + 10 * np.arange(12), False),  # gains as much in its second half
        (np.minimum(-100 + 10 * np.arange(12), -50), True),  # the first six have it all
        ([-100, -80, -60, -50, -55, -60, -65, -70], True),  # learns by heart
        ([-100, -80, -60, -50, -55, -60, -49, -48], False),  # a bad stretch
        (np.full(8, -70.0), True),  # nothing to learn
    ],
)
def test_it_has_stopped_when_the_second_half_of_its_steps_brought_next_to_nothing(
    bounds, has_stopped
):
    assert after(bounds) is has_stopped


def test_it_can_be_told_of_any_scale():
    gains = -np.exp(-np.arange(40) / 4)
    assert after(gains) is after(1e4 * gains - 3e5) is True
    assert after(gains[:8]) is after(1e-4 * gains[:8]) is False
