"""Which states of a model are kept, and which are forgotten."""

import numpy as np
import torch

from ssvae_core.trainer.model_states import ModelState, ModelStates
from tests.support.small_core import K


def state(seq, steps, n_floats=25):
    return ModelState(seq, K, 0, steps, False, 0.0, {"w": torch.zeros(n_floats)})


def kept(states):
    return [one.steps for one in states.kept]


def test_the_newest_states_lie_close_and_older_ones_further_apart():
    """With room for 16 of 1000, an undo never costs more than twice the steps it must."""
    states = ModelStates(budget=1600)
    for number in range(1000):
        states.keep(state(number, 10 * number))
    steps = kept(states)
    assert len(steps) == 16
    assert (steps[0], steps[-1]) == (0, 9990)
    for labelled_at in range(10, 9990, 10):
        before = max(one for one in steps if one <= labelled_at)
        now = 10_000
        assert now - before <= 2 * (now - labelled_at) + 10
    gaps = np.diff(steps)
    assert gaps[-1] <= 20
    assert gaps[0] > 1000


def test_within_the_budget_every_state_is_kept():
    states = ModelStates(budget=1600)
    for number in range(16):
        states.keep(state(number, 10 * number))
    assert kept(states) == list(range(0, 160, 10))
    assert states.n_bytes == 1600


def test_states_too_large_for_the_budget_leave_the_oldest_and_the_newest():
    states = ModelStates(budget=10)
    for number in range(5):
        states.keep(state(number, 10 * number))
    assert kept(states) == [0, 40]


def test_states_that_have_learned_from_an_undone_event_are_forgotten():
    states = ModelStates()
    for seq, steps in ((0, 0), (3, 10), (8, 20)):
        states.keep(state(seq, steps))
    states.forget_from(8)
    assert kept(states) == [0, 10]
    states.forget_from(1)
    assert kept(states) == [0]
    states.clear()
    assert states.newest is None
