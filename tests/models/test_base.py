"""What every model in MODELS must do."""

import copy
import dataclasses
import math

import pytest
import torch

from ssvae_core.models import MODELS, VAE, Batch, ModelInputs, likelihood_of
from ssvae_core.models.base import every_class
from ssvae_core.models.class_codes import ClassCodes
from ssvae_core.training.optimisation import Optimisation
from tests.support.small_models import N_FEATURES, D, K, batch_of, joined, make, small_config


@pytest.fixture(params=MODELS)
def model(request):
    return make(request.param)


@pytest.fixture(params=[(name, n) for name in MODELS for n in (0, N_FEATURES)], ids=str)
def with_or_without(request):
    """Every model, on values alone and with features behind them."""
    name, n_features = request.param
    return make(name, n_features=n_features)


def test_classify_gives_normalised_log_probabilities(with_or_without):
    model = with_or_without
    log_q = model.classify(batch_of(model).x_unlabelled)
    assert log_q.shape == (7, K)
    torch.testing.assert_close(log_q.exp().sum(-1), torch.ones(7))


def test_shapes_are_those_of_the_contract(with_or_without):
    model = with_or_without
    batch = batch_of(model)
    x, y = batch.x_labelled, batch.y_labelled
    z = model.encode(x, y)
    assert z.shape == (5, model.style_dim)
    code = model.code(x, y)
    for drawn in (model.decode(z, y), model.from_prior(y), model.decode_code(code, y)):
        assert drawn.shape == (5, D)
        assert ((drawn >= 0) & (drawn <= 1)).all()
    assert model.bound(x, y).shape == (5,)


@pytest.mark.parametrize(("n_labelled", "n_unlabelled"), [(5, 0), (0, 7), (1, 1)])
def test_loss_is_finite_when_a_part_is_empty(with_or_without, n_labelled, n_unlabelled):
    model = with_or_without
    loss = model.loss(batch_of(model, n_labelled, n_unlabelled))
    assert loss.total.isfinite()
    assert all(term.isfinite() for term in loss.terms.values())


@pytest.mark.parametrize("name", ["m2", "m1m2"])
def test_the_total_is_the_classifier_minus_the_bound(name):
    model = make(name)
    torch.manual_seed(0)
    loss = model.loss(batch_of(model))
    terms = dict(loss.terms)
    classifier = terms.pop("classifier")
    torch.testing.assert_close(loss.total, 0.1 * classifier - sum(terms.values()))


def test_training_moves_what_the_plan_names_and_nothing_else(with_or_without):
    model = with_or_without
    before = {name: p.clone() for name, p in model.named_parameters()}
    planned = {id(p) for phase in model.phases() for p in phase.parameters}
    optimisation = Optimisation(model, torch.device("cpu"), 1e-2)
    for _ in range(3):
        optimisation.step(batch_of(model))
    for name, parameter in model.named_parameters():
        moved = not torch.equal(parameter, before[name])
        assert moved == (id(parameter) in planned), name


def test_a_model_can_memorise_eight_pictures(model):
    torch.manual_seed(0)
    x, y = model.prepare((torch.rand(8, D) > 0.5).float()), torch.arange(8) % K
    batch = Batch(x, y, x[:0], 1.0)
    optimisation = Optimisation(model, torch.device("cpu"), 1e-2)
    # Adversaries take turns, and so take longer.
    for _ in range(1000 if "aae" in type(model).__module__ else 400):
        optimisation.step(batch)
    model.eval().take_labels(x, y, torch.nn.functional.one_hot(y, K).float())
    assert (model.classify(x).argmax(-1) == y).all()


def test_order_of_pictures_does_not_change_what_is_said_of_them(with_or_without):
    model = with_or_without
    x = batch_of(model).x_unlabelled
    turned = torch.arange(6, -1, -1)
    torch.testing.assert_close(model.classify(x)[turned], model.classify(x[turned]))


# What is drawn of a class


def with_codes(model, classes=range(K)):
    """The model with codes of 12 examples of each of these classes: of which x (M, P), y (M,)."""
    torch.manual_seed(4)
    y = torch.tensor([k for k in classes for _ in range(12)])
    x = joined(model, torch.rand(len(y), D))
    with torch.no_grad():
        model.class_codes = ClassCodes(model.code(x, y), y, K)
    return x, y


@torch.no_grad()
def test_samples_are_so_many_of_each_class_asked_for(with_or_without):
    model, y = with_or_without.eval(), torch.tensor([2, 0, 2, 1])
    assert model.sample(y).shape == (4, 1, D)
    with_codes(model)
    for mean in (False, True):
        drawn = model.sample(y, 6, mean)
        assert drawn.shape == (4, 6, D)
        assert ((drawn >= 0) & (drawn <= 1)).all()
        assert len(drawn.flatten(0, 1).unique(dim=0)) > 12


@torch.no_grad()
def test_draws_are_of_codes_of_the_class_and_means_are_not(with_or_without):
    model = with_or_without.eval()
    with_codes(model)
    y = torch.tensor([1, 1, 0])
    torch.manual_seed(5)
    expected = model.from_prior(y.repeat_interleave(2)).view(3, 2, D)
    torch.manual_seed(5)
    assert torch.equal(model.sample(y, 2, mean=True), expected)
    torch.manual_seed(5)
    drawn = model.sample(y, 2)
    torch.manual_seed(5)
    model.from_prior(y.repeat_interleave(2))
    codes, each = model.class_codes.drawn(y, 2).flatten(0, 1), y.repeat_interleave(2)
    assert torch.equal(drawn.flatten(0, 1), model.decode_code(codes, each))


@torch.no_grad()
def test_a_class_without_codes_is_drawn_from_the_prior(model):
    model.eval()
    with_codes(model, classes=[0, 2])
    y = torch.tensor([0, 1])
    torch.manual_seed(6)
    drawn = model.sample(y, 3)
    torch.manual_seed(6)
    prior = model.sample(y, 3, mean=True)
    assert torch.equal(drawn[1], prior[1])
    assert not torch.allclose(drawn[0], prior[0])


@torch.no_grad()
def test_a_code_alone_decides_what_is_drawn_of_an_example(with_or_without):
    model = with_or_without.eval()
    x, y = with_codes(model)
    # One code of a class has no neighbours: every draw is that example drawn again.
    model.class_codes = ClassCodes(model.code(x, y)[::12], y[::12], K)
    expected = model.decode_code(model.code(x, y)[::12], y[::12])
    torch.testing.assert_close(model.sample(torch.arange(K), 2)[:, 1], expected)


@torch.no_grad()
def test_temperature_scales_how_far_draws_lie_from_their_kernels(with_or_without):
    model, y = with_or_without.eval(), torch.tensor([1, 0])
    with_codes(model)
    seen = {}
    for temperature in (0.0, 1.0, 2.0):
        torch.manual_seed(7)
        seen[temperature] = model.class_codes.drawn(y, 4, temperature)
    torch.testing.assert_close(seen[2.0] - seen[0.0], 2 * (seen[1.0] - seen[0.0]))
    model.class_codes = None  # the prior's middle, always the same
    drawn = model.sample(y, 3, temperature=0.0)
    torch.testing.assert_close(drawn[:, 0], drawn[:, 2])


def test_codes_are_of_no_state_and_a_copy_keeps_them(model):
    with_codes(model)
    assert not [name for name in model.state_dict() if "class_codes" in name]
    assert copy.deepcopy(model).class_codes is not None


# The class as an added row


def test_every_class_at_once_equals_one_class_after_the_other():
    m2, x = make("m2"), torch.rand(4, D)
    at_once, _ = m2.q_z(*every_class(x, K))
    for k in range(K):
        alone, _ = m2.q_z(x, torch.full((4,), k))
        torch.testing.assert_close(at_once[:, k], alone)


def test_a_class_row_equals_a_one_hot_input():
    net, v, y = make("m2").encoder, torch.rand(4, D), torch.tensor([0, 1, 2, 1])
    one_hot = torch.nn.functional.one_hot(y, K).float()
    weight = torch.cat([net.first.weight, net.class_rows.weight.T], 1)
    hidden = torch.nn.functional.linear(torch.cat([v, one_hot], 1), weight, net.first.bias)
    torch.testing.assert_close(net(v, y), net.last(hidden.relu()))


def test_gradients_of_every_class_at_once_equal_those_of_the_plain_loop():
    m2, x = make("m2"), torch.rand(4, D)
    weights = [m2.encoder.first.weight, m2.encoder.class_rows.weight]
    at_once = torch.autograd.grad(m2.encoder(*every_class(x, K)).square().sum(), weights)
    loop = sum(m2.encoder(x, torch.full((4,), k)).square().sum() for k in range(K))
    for one, other in zip(at_once, torch.autograd.grad(loop, weights), strict=True):
        torch.testing.assert_close(one, other)


@pytest.mark.parametrize("min_class_probability", [1e-9, 0.04])
def test_the_likely_classes_alone_give_the_sum_over_them(min_class_probability, monkeypatch):
    monkeypatch.setattr("ssvae_core.models.m2.sample_gaussian", lambda mean, log_var: mean)
    m2, x = make("m2"), torch.rand(20, D)
    with torch.no_grad():
        m2.classifier[-1].weight *= 5  # so that it is sure of some
    batch = Batch(x[:0], torch.zeros(0, dtype=torch.long), x, 0.0)
    log_q = m2.classify(x)
    is_likely = log_q.exp() >= min_class_probability
    assert is_likely.all() == (min_class_probability < 0.01)
    q = log_q.exp() * is_likely
    q = q / q.sum(-1, keepdim=True)
    of_classes = torch.stack([m2.bound(x, torch.full((20,), k)) for k in range(K)], -1)
    bound = (q * (of_classes - q.clamp(1e-30).log())).sum(-1)
    weights = list(m2.parameters())
    exact = torch.autograd.grad(-bound.mean(), weights)
    m2.config = dataclasses.replace(m2.config, min_class_probability=min_class_probability)
    loss = m2.loss(batch)
    torch.testing.assert_close(loss.total, -bound.mean())
    for one, other in zip(torch.autograd.grad(loss.total, weights), exact, strict=True):
        torch.testing.assert_close(one, other)


@pytest.mark.parametrize("name", MODELS)
def test_weights_that_are_no_numbers_show_in_the_terms_without_a_label_too(name):
    model = make(name)
    x = model.prepare(torch.rand(8, D))
    batch = Batch(x[:0], torch.zeros(0, dtype=torch.long), x, 0.0)
    for phase in model.phases():
        for parameter in phase.parameters:
            parameter.data.fill_(math.nan)
    terms = [term for phase in model.phases() for term in phase.loss(batch).terms.values()]
    assert not terms or not all(term.isfinite() for term in terms)


# With an encoder's features


@pytest.mark.parametrize("name", MODELS)
def test_classes_are_told_from_the_features_and_the_rest_is_explained_without_them(name):
    model = make(name, n_features=N_FEATURES)
    x, y = batch_of(model).x_labelled, torch.arange(5) % K
    others = torch.cat([model.own(x), -x[:, -N_FEATURES:]], -1)
    assert not torch.allclose(model.classify(x), model.classify(others), atol=1e-3)
    torch.manual_seed(0)
    explained = model.bound(x, y)
    torch.manual_seed(0)
    if name != "aae-map":  # whose place on the map is that of a class
        torch.testing.assert_close(model.bound(others, y), explained)
        torch.testing.assert_close(model.encode(others, y), model.encode(x, y))
    drawn = torch.cat([torch.rand_like(model.own(x)), x[:, -N_FEATURES:]], -1)
    assert not torch.allclose(model.bound(drawn, y), explained, atol=1e-3)
    # These take what they infer of the values beside the features.
    looks_at_both = {"cvae", "adgm", "gmvae", "sdgm"}
    same = torch.allclose(model.classify(drawn), model.classify(x), atol=1e-4)
    assert same == (name not in looks_at_both)


def test_labels_are_learned_from_features_where_values_say_nothing():
    torch.manual_seed(0)
    model, y = make("m2", n_features=N_FEATURES), torch.arange(30) % K
    features = torch.nn.functional.one_hot(y, N_FEATURES) + 0.1 * torch.randn(30, N_FEATURES)
    x = torch.cat([torch.rand(30, D), features], -1)
    optimisation = Optimisation(model.train(), torch.device("cpu"), 1e-2)
    for _ in range(60):
        optimisation.step(Batch(x[:15], y[:15], x[:0], 1.0))
    assert (model.eval().classify(x[15:]).argmax(-1) == y[15:]).float().mean() > 0.9


# Examples of any shape


@pytest.mark.parametrize("n_features", [0, N_FEATURES])
@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize(
    "shape", [(6,), (12, 12, 1), (9, 11, 3), (20, 22, 3)], ids=["vectors", "grey", "small", "large"]
)
def test_every_model_takes_vectors_and_images_grey_and_in_colour(name, shape, n_features):
    torch.manual_seed(0)
    spec, likelihood, x = MODELS[name], likelihood_of(shape), torch.rand(10, *shape)
    m1 = VAE(ModelInputs(shape, 1, likelihood), VAE.Config(4, 16))
    z1_mean = torch.randn(50, 4)
    inputs = ModelInputs(shape, K, likelihood, m1, z1_mean, n_features=n_features)
    model = spec.model(inputs, small_config(spec))
    x = joined(model, x)
    batch = Batch(x[:4], torch.arange(4) % K, x[4:], 0.4)
    optimisation = Optimisation(model, torch.device("cpu"))
    if optimisation.phases:
        optimisation.step(batch)
    model.eval()
    y = torch.arange(4) % K
    drawn = model.decode(model.encode(x[:4], y), y)
    assert drawn.shape == (4, math.prod(shape))
    assert drawn.isfinite().all()
    assert model.classify(x).shape == (10, K)
    assert model.bound(*every_class(x, K)).shape == (10, K)
