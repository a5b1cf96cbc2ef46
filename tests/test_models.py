"""What every model in MODELS must do, and each bound against quadrature and enumeration."""

import dataclasses
import math

import pytest
import torch
from quadrature import Z, gap, log_integral, log_standard_normal

from ssvae_core.models import M1M2, M2, MODELS, VAE, Batch, ModelInputs, likelihood_of
from ssvae_core.models.base import every_class
from ssvae_core.models.config import check
from ssvae_core.models.distributions import Bernoulli, Gaussian, entropy
from ssvae_core.training.optimisation import Optimisation

D, K = 6, 3
N_DRAWS = 100_000


def make_m1(latent_dim=4):
    """An untrained M1 that is fairly sure of its latents."""
    torch.manual_seed(1)
    m1 = VAE(ModelInputs((D,), 1, Bernoulli()), VAE.Config(latent_dim, 16))
    with torch.no_grad():
        m1.encoder[0].weight.mul_(8)
        m1.encoder[-1].weight[:latent_dim] *= 4
        m1.encoder[-1].bias[latent_dim:] -= 4
    return m1


def small_config(spec, latent_dim=2):
    fields = {field.name for field in dataclasses.fields(spec.config)}
    small = {"latent_dim": latent_dim, "hidden_dim": 16}
    small = {name: value for name, value in small.items() if name in fields}
    return dataclasses.replace(spec.config, **small)


def make(name, latent_dim=2):
    """A small model of this name, with weights large enough to be far from uniform."""
    m1 = make_m1()
    torch.manual_seed(2)
    spec = MODELS[name]
    inputs = ModelInputs((D,), K, Bernoulli(), m1, m1.encode(torch.rand(50, D)).detach())
    model = spec.model(inputs, small_config(spec, latent_dim))
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.requires_grad:
                parameter.mul_(2.0)
    return model


def batch_of(model, n_labelled=5, n_unlabelled=7, fraction=0.3):
    torch.manual_seed(3)
    x = model.prepare(torch.rand(n_labelled + n_unlabelled, D))
    y = torch.arange(n_labelled) % K
    return Batch(x[:n_labelled], y, x[n_labelled:], fraction)


@pytest.fixture(params=MODELS)
def model(request):
    return make(request.param)


# The contract


def test_every_knob_of_a_config_says_its_range_and_meaning(model):
    check(type(model).Config())
    for field in dataclasses.fields(type(model).Config):
        assert len(field.metadata["help"]) > 10


def test_a_config_out_of_range_says_the_range():
    with pytest.raises(ValueError, match=r"latent_dim must lie between 1 and 256, got 0"):
        check(M2.Config(latent_dim=0))


def test_classify_gives_normalised_log_probabilities(model):
    log_q = model.classify(batch_of(model).x_unlabelled)
    assert log_q.shape == (7, K)
    torch.testing.assert_close(log_q.exp().sum(-1), torch.ones(7))


def test_shapes_are_those_of_the_contract(model):
    batch = batch_of(model)
    x, y = batch.x_labelled, batch.y_labelled
    z = model.encode(x, y)
    assert z.shape == (5, model.style_dim)
    for drawn in (model.decode(z, y), model.sample(y)):
        assert drawn.shape == (5, D)
        assert ((drawn >= 0) & (drawn <= 1)).all()
    assert model.bound(x, y).shape == (5,)


@pytest.mark.parametrize(("n_labelled", "n_unlabelled"), [(5, 0), (0, 7), (1, 1)])
def test_loss_is_finite_when_a_part_is_empty(model, n_labelled, n_unlabelled):
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


def test_training_moves_what_the_plan_names_and_nothing_else(model):
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


def test_order_of_pictures_does_not_change_what_is_said_of_them(model):
    x = batch_of(model).x_unlabelled
    turned = torch.arange(6, -1, -1)
    torch.testing.assert_close(model.classify(x)[turned], model.classify(x[turned]))


# The bounds


@torch.no_grad()
def test_the_bound_of_m1_misses_log_p_x_by_exactly_the_posterior_gap():
    m1, x = make_m1(latent_dim=1), torch.rand(1, D)
    log_joint = log_standard_normal(Z) + m1.likelihood.log_prob(x, m1.decoder(Z))
    expected = log_integral(log_joint) - gap(*(q[0] for q in m1.q_z(x)), log_joint)
    torch.manual_seed(0)
    many = m1.bound(x.expand(N_DRAWS, -1)).mean()
    assert many.item() == pytest.approx(expected.item(), abs=5e-3)


@torch.no_grad()
@pytest.mark.parametrize("likelihood", [Bernoulli(), Gaussian()], ids=["bernoulli", "gaussian"])
def test_the_bound_of_m2_misses_log_p_xy_by_exactly_the_posterior_gap(likelihood):
    torch.manual_seed(2)
    m2, x, y = (
        M2(ModelInputs((D,), K, likelihood), M2.Config(1, 16)),
        torch.rand(1, D),
        torch.tensor([1]),
    )
    log_joint = (
        log_standard_normal(Z) - math.log(K) + likelihood.log_prob(x, m2.p_x(Z, y.expand(len(Z))))
    )
    expected = log_integral(log_joint) - gap(*(q[0] for q in m2.q_z(x, y)), log_joint)
    torch.manual_seed(0)
    many = m2.bound(x.expand(N_DRAWS, -1), y.expand(N_DRAWS)).mean()
    assert many.item() == pytest.approx(expected.item(), abs=5e-3)


@torch.no_grad()
def test_the_unlabelled_loss_of_m2_averages_the_bound_over_classes_and_adds_the_entropy():
    m2 = make("m2", latent_dim=1)
    x = torch.rand(1, D)
    log_q = m2.classify(x)
    torch.manual_seed(0)
    per_class = torch.stack(
        [m2.bound(x.expand(N_DRAWS, -1), torch.full((N_DRAWS,), k)).mean() for k in range(K)]
    )
    expected = (log_q[0].exp() * per_class).sum() + entropy(log_q)[0]
    many = Batch(x[:0], torch.zeros(0, dtype=torch.long), x.expand(N_DRAWS, -1), 0.0)
    assert -m2.loss(many).total.item() == pytest.approx(expected.item(), abs=1e-2)


@torch.no_grad()
def test_beside_a_teacher_one_class_is_drawn_and_the_loss_of_m2_is_the_same_on_average():
    m2, x, losses = make("m2", latent_dim=1), torch.rand(1, D), []
    for soft_targets in (None, torch.zeros(N_DRAWS, K)):
        torch.manual_seed(0)
        many = x.expand(N_DRAWS, -1)
        batch = Batch(x[:0], torch.zeros(0, dtype=torch.long), many, 0.0, soft_targets)
        losses.append(m2.loss(batch).total.item())
    assert losses[1] == pytest.approx(losses[0], abs=2e-2)


@torch.no_grad()
def test_the_bound_of_m1m2_is_that_of_its_m2_on_the_standardised_latents():
    stacked = make("m1m2", latent_dim=1)
    x, y = stacked.prepare(torch.rand(1, D)), torch.tensor([2])
    z1 = x.chunk(2, -1)[0]
    m2 = stacked.m2
    log_joint = (
        log_standard_normal(Z)
        - math.log(K)
        + m2.likelihood.log_prob(z1, m2.p_x(Z, y.expand(len(Z))))
    )
    expected = log_integral(log_joint) - gap(*(q[0] for q in m2.q_z(z1, y)), log_joint)
    torch.manual_seed(0)
    many = stacked.bound(x.expand(N_DRAWS, -1), y.expand(N_DRAWS)).mean()
    assert many.item() == pytest.approx(expected.item(), abs=2e-2)


@torch.no_grad()
def test_m1m2_decodes_what_it_prepares():
    """Standardising and its inverse cancel: the mean latent comes back to M1's decoder."""
    stacked = make("m1m2")
    x = torch.rand(3, D)
    features = stacked.features
    z1 = stacked.prepare(x).chunk(2, -1)[0]
    back = features.centre.expand(3, -1).clone()
    back[:, features.active] += z1 * features.scale[features.active]
    torch.testing.assert_close(
        back[:, features.active], features.m1.encode(x)[:, features.active], atol=1e-5, rtol=1e-5
    )


@torch.no_grad()
def test_m1m2_draws_a_new_latent_of_m1_in_every_step():
    stacked = make("m1m2")
    batch = batch_of(stacked)
    torch.manual_seed(0)
    assert stacked.loss(batch).terms["features"] != stacked.loss(batch).terms["features"]


def test_m1m2_refuses_a_collapsed_m1():
    with pytest.raises(ValueError, match="none of 4 does"):
        M1M2(ModelInputs((D,), K, Bernoulli(), make_m1(), torch.zeros(10, 4)), M1M2.Config())


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


# Examples of any shape


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize(
    "shape", [(6,), (12, 12, 1), (9, 11, 3), (20, 22, 3)], ids=["vectors", "grey", "small", "large"]
)
def test_every_model_takes_vectors_and_images_grey_and_in_colour(name, shape):
    torch.manual_seed(0)
    spec, likelihood, x = MODELS[name], likelihood_of(shape), torch.rand(10, *shape)
    m1 = VAE(ModelInputs(shape, 1, likelihood), VAE.Config(4, 16))
    z1_mean = torch.randn(50, 4)
    model = spec.model(ModelInputs(shape, K, likelihood, m1, z1_mean), small_config(spec))
    x = model.prepare(x)
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
