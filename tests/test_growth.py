"""A model that gets one more class: nothing it has learned is lost, and it learns on."""

import copy

import numpy as np
import pytest
import torch
from small_core import KINDS, K, small_model

from ssvae_core.models import M2, MODELS, ModelInputs
from ssvae_core.models.distributions import Bernoulli
from ssvae_core.models.growth import adopt, grown
from ssvae_core.training.learner import Learner
from ssvae_core.training.tensors import as_inputs

OLD, STEPS = K - 1, 40  # classes before the last digit is named, and steps till then
# There a new class is a new place on the map, and examples in between move a little towards it.
MOVES = {"aae-map"}


@pytest.fixture(scope="module", params=MODELS)
def name(request):
    return request.param


@pytest.fixture(scope="module")
def grow(name, starter, digits):
    """Makes an untrained model of this name for so many classes."""
    pixels = torch.from_numpy(digits.images).flatten(1)
    return lambda n_classes: small_model(name, starter, pixels, n_classes)


def teacher_targets(digits, n_classes, n_each=8):
    """Some labels of each of the first classes, and hints that name all of their members."""
    key = digits.answer_key
    labels = np.full(len(key), -1, np.int16)
    for k in range(n_classes):
        labels[np.flatnonzero(key == k)[:n_each]] = k
    soft_targets = np.eye(K, dtype=np.float32)[key][:, :n_classes]
    return labels, soft_targets + (1e-6 / n_classes)


@pytest.fixture(scope="module")
def trained(name, grow, digits):
    pixels = torch.from_numpy(digits.images).flatten(1)
    learner = Learner(grow(OLD), MODELS[name], pixels, (8, 8, 1), seed=0)
    learner.take_labels(*teacher_targets(digits, OLD))
    for _ in range(STEPS):
        learner.step()
    return learner


@pytest.fixture
def learner(trained):
    """Has learned all digits but the last for some steps."""
    return copy.deepcopy(trained)


@torch.no_grad()
def believed(model, x):
    """Log q(y|x), as the model predicts: (N, P) -> (N, K)."""
    return model.eval().classify(as_inputs(x))


def test_what_it_says_of_the_old_classes_stays_and_the_new_one_begins_in_between(
    name, learner, grow
):
    before = believed(learner.model, learner.prepared)
    larger = grow(K)
    adopt(larger, learner.model)
    after = believed(larger, learner.prepared)
    odds, odds_before = after[:, :OLD].log_softmax(-1), before.log_softmax(-1)
    assert odds_before.std(0).min() > 0.01  # it does tell examples apart
    if name in MOVES:
        assert (odds.argmax(-1) == odds_before.argmax(-1)).float().mean() > 0.98
    else:
        torch.testing.assert_close(odds, odds_before, atol=1e-3, rtol=1e-3)
        assert (after[:, OLD].exp() > 0).all()
    assert after.isfinite().all()
    assert (after[:, OLD].exp() < 0.5).all()


@torch.no_grad()
def test_styles_and_drawings_of_the_old_classes_stay(name, learner, grow):
    larger = grow(K)
    adopt(larger, learner.model)
    x = as_inputs(learner.prepared[:OLD])
    y = torch.arange(OLD)
    for model in (learner.model, larger):
        model.eval()
    z = learner.model.encode(x, y)
    if name not in MOVES:
        torch.testing.assert_close(larger.encode(x, y), z, atol=1e-4, rtol=1e-4)
    drawn = learner.model.decode(z, y)
    assert drawn.std(0).max() > 0.01
    torch.testing.assert_close(larger.decode(z, y), drawn, atol=1e-4, rtol=1e-4)


def test_training_goes_on(learner, grow, digits):
    learner.grow(grow(K))
    learner.take_labels(*teacher_targets(digits, K))
    for _ in range(3):
        learner.step()
    assert learner.steps == STEPS + 3
    assert all(np.isfinite(value) for value in learner.terms().values())
    assert learner.probabilities().shape == (300, K)
    assert learner.samples().shape[0] == K


@pytest.mark.parametrize("name", KINDS, indirect=True, scope="module")
def test_a_class_that_came_later_is_learned_and_the_others_are_not_lost(learner, grow, digits):
    learner.grow(grow(K))
    learner.take_labels(*teacher_targets(digits, K))
    for _ in range(80):
        learner.step()
    free = learner.labels.numpy() < 0
    right = learner.probabilities().argmax(1)[free] == digits.answer_key[free]
    is_new = digits.answer_key[free] == OLD
    assert right[is_new].mean() > 0.5
    assert right[~is_new].mean() > 0.7


def test_optimisers_remember_the_old_classes_and_know_nothing_of_the_new_one(learner, grow):
    before = [copy.deepcopy(o.state_dict()["state"]) for o in learner.optimisation.optimizers]
    rates = [o.lr for o in learner.optimisation.optimizers]
    learner.grow(grow(K))
    has_grown = not before
    for old, optimizer in zip(before, learner.optimisation.optimizers, strict=True):
        new = optimizer.state_dict()["state"]
        assert new.keys() == old.keys()
        for index, memory in new.items():
            assert memory["step"] == old[index]["step"] > 0
            for moment in ("exp_avg", "exp_avg_sq"):
                was, now = old[index][moment], memory[moment].clone()
                kept = tuple(map(slice, was.shape))
                assert torch.equal(now[kept], was)
                now[kept] = 0
                assert (now == 0).all()
                has_grown |= now.shape != was.shape
    assert has_grown
    assert rates == [o.lr for o in learner.optimisation.optimizers]


def test_it_does_not_grow_to_fewer_classes(name, grow):
    with pytest.raises(ValueError, match=f"{K} classes cannot become one of {OLD}"):
        adopt(grow(OLD), grow(K))


def test_a_model_of_another_width_is_not_adopted():
    narrow, wide = (
        M2(ModelInputs((6,), n_classes, Bernoulli()), M2.Config(2, hidden_dim))
        for n_classes, hidden_dim in ((3, 16), (4, 32))
    )
    with pytest.raises(
        ValueError, match=r"in more than their classes: .* is \(16, 6\) and \(32, 6\)"
    ):
        adopt(wide, narrow)


def test_a_new_entry_is_the_mean_of_the_old_ones_or_what_it_is_filled_with():
    old = torch.tensor([[1.0, 2.0], [3.0, 6.0]])
    assert grown(old, torch.Size([3, 2])).tolist() == [[1, 2], [3, 6], [2, 4]]
    assert grown(old, torch.Size([2, 4])).tolist() == [[1, 2, 1.5, 1.5], [3, 6, 4.5, 4.5]]
    assert grown(old, torch.Size([3, 2]), 0.0).tolist() == [[1, 2], [3, 6], [0, 0]]
    assert grown(old, old.shape) is old
    for shape in ([1, 2], [2]):
        with pytest.raises(ValueError, match="cannot"):
            grown(old, torch.Size(shape))
