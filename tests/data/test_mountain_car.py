"""The drives that ship, against the environment that others know."""

import gymnasium
import numpy as np
import pytest

from ssvae_core.data import load_dataset
from ssvae_core.data.mountain_car import GOAL, LEFT, after


def test_a_step_is_that_of_gymnasium():
    valley, chance = gymnasium.make("MountainCar-v0").unwrapped, np.random.default_rng(0)
    valley.reset(seed=0)
    for _ in range(200):
        state = (chance.uniform(LEFT, GOAL), chance.uniform(-0.07, 0.07))
        push = int(chance.integers(-1, 2))
        valley.state = state
        expected, *_ = valley.step(push + 1)
        assert after(*state, push) == pytest.approx(tuple(expected), abs=1e-6)


def test_what_is_recorded_are_whole_drives_of_six_drivers():
    data = load_dataset("mountain-car")
    assert (len(data), data.shape, data.class_names) == (878, (4,), ())
    assert [count for _, count in data.domain_counts()] == [101, 158, 158, 132, 158, 171]
    for place in range(6):
        position, velocity, height, push = data.images[data.in_domain(place)].T
        assert -0.6 <= position[0] <= -0.4
        assert velocity[0] == 0
        assert position.max() < GOAL
        np.testing.assert_allclose(height, np.sin(3 * position), atol=1e-6)
        follows = [after(*state)[0] for state in zip(position, velocity, push, strict=True)]
        np.testing.assert_allclose(follows[:-1], position[1:], atol=1e-5)
