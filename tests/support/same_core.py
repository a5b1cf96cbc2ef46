"""Whether two cores are the same to the last bit."""

import torch

from ssvae_core.training.learned import learned_tensors


def everything(core):
    """A copy of all that was learned: weights, average, what the optimisers remember, counts."""
    learner = core.state.learner
    has_given_up = learner.teacher is not None and learner.teacher.has_given_up
    tensors = {name: tensor.clone() for name, tensor in learned_tensors(learner).items()}
    return tensors | {"counts": torch.tensor([learner.steps, learner.attempt, has_given_up])}


def assert_same(one, other):
    assert one.keys() == other.keys()
    for name, tensor in one.items():
        assert torch.equal(tensor, other[name]), name
