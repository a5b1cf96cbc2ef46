"""States of an agent to try things on: drives of the mountain car, recorded here.

The car is Moore's (1990), with the constants of Sutton & Barto, example 10.1, and gymnasium's
MountainCar-v0: too weak for the right slope, it has to swing to and fro. Six drivers push along
with its motion, each less reliably than the one before.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from .columns import Columns
from .dataset import Dataset

FORCE, GRAVITY, FASTEST = 0.001, 0.0025, 0.07  # each a step
LEFT, GOAL = -1.2, 0.5  # positions: a wall, and the end of a drive
N_DRIVERS, MOST_STEPS = 6, 200
NAMES = ("position", "velocity", "height", "push")


def mountain_car() -> Dataset:
    """878 states of four numbers, their driver as domain; which situations there are is open."""
    drives = [np.array([*drive(driver)], np.float32) for driver in range(N_DRIVERS)]
    rows = np.concatenate(drives)
    return Dataset(
        name="mountain-car",
        title="Drives of the mountain car",
        images=rows,
        class_names=(),
        columns=Columns(NAMES, rows),
        domain_names=tuple(f"driver {place}" for place in range(1, N_DRIVERS + 1)),
        domains=np.repeat(np.arange(N_DRIVERS), [len(each) for each in drives]),
    )


def drive(driver: int) -> Iterator[tuple[float, float, float, float]]:
    """The states of one drive, by NAMES; push is -1, 0 or 1."""
    chance = np.random.default_rng(driver)
    position, velocity = float(chance.uniform(-0.6, -0.4)), 0.0
    for _ in range(MOST_STEPS):
        is_reliable = chance.random() > 0.1 * driver
        push = (1 if velocity > 0 else -1) if is_reliable else int(chance.integers(-1, 2))
        yield position, velocity, float(np.sin(3 * position)), push
        position, velocity = after(position, velocity, push)
        if position >= GOAL:
            return


def after(position: float, velocity: float, push: int) -> tuple[float, float]:
    """Position and velocity one step later."""
    velocity += FORCE * push - GRAVITY * float(np.cos(3 * position))
    velocity = float(np.clip(velocity, -FASTEST, FASTEST))
    position += velocity
    if position <= LEFT:  # the wall stops it
        return LEFT, max(velocity, 0.0)
    return position, velocity
