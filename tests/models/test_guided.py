"""The default recipe: two phases that share no parameter, and what the generator learns from."""

import numpy as np
import pytest
import torch

from ssvae_core.models import MODELS, Batch, ModelInputs
from ssvae_core.models.distributions import Bernoulli, kl_to_standard_normal
from ssvae_core.models.guided import Guided, frozen
from ssvae_core.models.networks import ImageEncoder
from ssvae_core.training.learner import Learner
from ssvae_core.training.optimisation import Optimisation
from tests.support.small_core import small_model

SHAPE, D, K = (8, 8, 1), 64, 3


@pytest.fixture
def model():
    torch.manual_seed(0)
    return make()


def make(shape=SHAPE, **config):
    return Guided(ModelInputs(shape, K, Bernoulli()), Guided.Config(2, 16, 16, **config))


def batch_of(soft_targets="given", n_labelled=5, n_unlabelled=12):
    generator = torch.Generator().manual_seed(1)
    x = torch.rand(n_labelled + n_unlabelled, D, generator=generator)
    teacher_targets = torch.eye(K)[torch.arange(n_unlabelled) % K]
    teacher_targets[::2] = 0  # no lesson
    y, fraction = torch.arange(n_labelled) % K, n_labelled / 60
    return Batch(
        x[:n_labelled],
        y,
        x[n_labelled:],
        fraction,
        teacher_targets if soft_targets == "given" else None,
    )


def generator_total(model, batch, seed=3):
    torch.manual_seed(seed)
    return model.eval().generator_loss(batch).total.item()


# Two phases


@pytest.mark.parametrize("soft_targets", ["given", "none"])
def test_the_losses_of_the_phases_reach_their_own_parameters_and_no_other(model, soft_targets):
    planned = {}
    for phase in model.phases():
        model.zero_grad(set_to_none=True)
        loss = phase.loss(batch_of(soft_targets)).total
        if loss.requires_grad:
            loss.backward()
        own = {id(p) for p in phase.parameters}
        reached = {id(p) for p in model.parameters() if p.grad is not None and p.grad.any()}
        assert reached <= own
        if loss.requires_grad:
            assert len(reached) > 0.8 * len(own)
        planned[phase.name] = own
    assert not planned["classifier"] & planned["generator"]
    assert planned["classifier"] | planned["generator"] == {id(p) for p in model.parameters()}


def test_each_phase_moves_its_own_parameters_only(model):
    for phase in model.phases():
        before = {name: p.clone() for name, p in model.named_parameters()}
        optimizer = torch.optim.Adam(phase.parameters, 1e-2)
        phase.loss(batch_of("none")).total.backward()
        optimizer.step()
        own = {id(p) for p in phase.parameters}
        for name, parameter in model.named_parameters():
            assert torch.equal(parameter, before[name]) or id(parameter) in own, name
        model.zero_grad(set_to_none=True)


def test_the_classifier_leaves_its_labels_to_the_teacher_where_there_is_one(model):
    assert model.classifier_loss(batch_of()).total.item() == 0
    alone = model.classifier_loss(batch_of("none")).total
    batch = batch_of("none")
    log_q = model.classify(batch.x_labelled)
    by_hand = -sum(log_q[i, k] for i, k in enumerate(batch.y_labelled)) / 5
    torch.testing.assert_close(alone, by_hand, atol=1e-4, rtol=1e-4)


def test_the_loss_is_that_of_both_phases(model):
    batch = batch_of("none")
    torch.manual_seed(3)
    both = model.eval().loss(batch).total.item()
    alone = model.classifier_loss(batch).total.item() + generator_total(model, batch)
    assert both == pytest.approx(alone, rel=1e-5)


# What the generator learns from


def test_it_learns_from_the_examples_that_have_a_name_and_from_no_other(model):
    batch = batch_of()
    total = generator_total(model, batch)
    nameless, named = batch.x_unlabelled.clone(), batch.x_unlabelled.clone()
    nameless[::2] = torch.rand(6, D)
    named[1] = 1 - named[1]

    def with_others(others):
        return Batch(batch.x_labelled, batch.y_labelled, others, 0.1, batch.soft_targets)

    assert generator_total(model, with_others(nameless)) == total
    assert generator_total(model, with_others(named)) != total


def test_its_loss_is_minus_the_weighted_bound_of_the_named_ones_and_what_is_read_in_drawings(model):
    batch = batch_of()
    named = batch.soft_targets.sum(-1) > 0
    x = torch.cat([batch.x_labelled, batch.x_unlabelled[named]])
    y = torch.cat([batch.y_labelled, batch.soft_targets[named].argmax(-1)])
    total = generator_total(model, batch)
    torch.manual_seed(3)
    bound = model.bound(x, y).mean() + np.log(K)  # which is the class's own term
    drawn = model.from_prior(y)
    read = -model.classify(drawn)[torch.arange(len(y)), y].mean()
    kl = kl_to_standard_normal(*model.m2.q_z(x, y)).mean()
    config = MODELS["guided"].config
    expected = config.reader * read - bound - (1 - config.beta) * kl
    assert total == pytest.approx(expected.item(), rel=1e-4)


def test_it_takes_no_more_examples_than_it_is_told():
    torch.manual_seed(0)
    model = make(n_given=2, n_drawn=4)
    x, y = model._named(batch_of())
    batch = batch_of()
    assert torch.equal(x, torch.cat([batch.x_labelled[:2], batch.x_unlabelled[1:4:2]]))
    assert y.tolist() == [0, 1, *batch.soft_targets[[1, 3]].argmax(-1).tolist()]


def test_without_a_teacher_the_classifier_names_the_others(model):
    model.eval()
    batch = batch_of("none")
    _, y = model._named(batch)
    assert torch.equal(y[5:], model.classify(batch.x_unlabelled).argmax(-1))


def test_without_a_label_every_class_draws_every_kind_of_example(model):
    batch = batch_of("none", n_labelled=0, n_unlabelled=60)
    torch.manual_seed(0)
    x, y = model._named(batch)
    assert torch.equal(x, batch.x_unlabelled)
    assert torch.bincount(y, minlength=K).min() > 10


def test_steps_without_a_label_leave_a_model_that_can_be_asked(digits, starter):
    pixels = torch.from_numpy(digits.images).flatten(1)
    model = small_model("guided", starter, pixels)
    learner = Learner(model, MODELS["guided"], pixels, SHAPE, seed=0)
    for _ in range(3):
        learner.step()
    for answering in (model.eval(), learner.ema_model.eval()):
        assert answering.classify(pixels[:5] / 255).isfinite().all()
    assert learner.samples().std() > 0
    labels = digits.answer_key.astype(np.int16)
    learner.take_labels(labels, np.eye(10, dtype=np.float32)[labels])
    for _ in range(30):
        learner.step()
    learner.take_labels(np.where(np.arange(300) < 100, labels, -1).astype(np.int16), None)
    free = np.arange(300) >= 100
    assert (learner.probabilities().argmax(1) == labels)[free].mean() > 0.6


def test_a_step_lowers_each_of_its_losses(model):
    """Over some steps on one batch, without dropout or a new draw of what is learned from."""
    batch, optimisation = batch_of("none"), Optimisation(model, torch.device("cpu"), 1e-2)
    first = optimisation.step(batch)
    for _ in range(60):
        last = optimisation.step(batch)
    assert last["classifier"] < first["classifier"]
    assert last["picture"] > first["picture"]


# Frozen


@pytest.mark.parametrize("training", [True, False])
def test_a_frozen_module_predicts_lets_gradients_through_and_is_as_before_afterwards(training):
    net = ImageEncoder(SHAPE, 4, batch_norm=True).train(training)
    next(net.parameters()).requires_grad_(False)
    flags = [p.requires_grad for p in net.parameters()]
    averages = {name: t.clone() for name, t in net.state_dict().items()}
    x = torch.rand(3, D, requires_grad=True)
    with frozen(net):
        assert not any(module.training for module in net.modules())
        net(x).sum().backward()
    assert x.grad.any()
    assert all(p.grad is None for p in net.parameters())
    assert all(torch.equal(t, averages[name]) for name, t in net.state_dict().items())
    assert all(module.training == training for module in net.modules())
    assert [p.requires_grad for p in net.parameters()] == flags


def test_it_is_as_before_even_if_what_was_done_with_it_failed():
    net = ImageEncoder(SHAPE, 4, batch_norm=True).train()
    with pytest.raises(ZeroDivisionError), frozen(net):
        raise ZeroDivisionError
    assert net.training
    assert all(p.requires_grad for p in net.parameters())


# By shape


@pytest.mark.parametrize("shape", [(6,), (8, 8, 1), (9, 12, 3), (4, 4, 1)], ids=str)
def test_images_go_through_convolutions_and_vectors_do_not(shape):
    model = make(shape)
    is_convolutional = isinstance(model.m2.classifier_trunk, ImageEncoder)
    assert is_convolutional == (len(shape) == 3 and min(shape[:2]) >= 8)
    x = torch.rand(4, int(np.prod(shape)))
    assert model.classify(x).shape == (4, K)
    y = torch.tensor([0, 1, 2, 0])
    assert model.decode(model.encode(x, y), y).shape == x.shape
