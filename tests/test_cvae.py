"""The VAE with label information: its bounds by quadrature, its classes by comparing them."""

import copy
import math

import pytest
import torch
from quadrature import Z, gap, log_integral, log_standard_normal

from ssvae_core.models import Batch, ModelInputs, importance_bound
from ssvae_core.models.base import every_class
from ssvae_core.models.cvae import CVAE, UNKNOWN
from ssvae_core.models.distributions import Bernoulli, Gaussian, entropy, kl_to_standard_normal
from ssvae_core.training.optimisation import Optimisation

D, K = 6, 3
N_DRAWS = 100_000


def make(latent_dim=2, likelihood=None, shape=(D,), scale=2.0):
    """A small model with weights large enough to be far from uniform."""
    torch.manual_seed(2)
    inputs = ModelInputs(shape, K, likelihood or Bernoulli())
    model = CVAE(inputs, CVAE.Config(latent_dim=latent_dim, hidden_dim=16, n_features=8))
    with torch.no_grad():
        for net in (model.encoder, model.decoder):
            for parameter in net.parameters():
                parameter.mul_(scale)
    return model


@torch.no_grad()
def make_certain(model):
    """No spread of z, so that a draw is the mean, and no temperature."""
    model.log_temperature.zero_()
    model.encoder.last.weight[model.style_dim :] = 0
    model.encoder.last.bias[model.style_dim :] = -20


def examples(n):
    torch.manual_seed(3)
    return torch.rand(n, D), torch.arange(n) % K


def log_joint(model, x, k):
    """Log p(x, y=k, z) on the grid."""
    log_p_x = model.likelihood.log_prob(x, model.p_x(Z, torch.full((len(Z),), k)))
    return log_standard_normal(Z) - math.log(K) + log_p_x


# The bounds


@torch.no_grad()
@pytest.mark.parametrize("likelihood", [Bernoulli(), Gaussian()], ids=["bernoulli", "gaussian"])
def test_the_bound_misses_log_p_xy_by_exactly_the_posterior_gap(likelihood):
    model, x = make(1, likelihood, scale=1.0), torch.rand(1, D)
    for k in range(K):
        on_grid = log_joint(model, x, k)
        q = (part[0] for part in model.q_z(x, torch.tensor([k])))
        expected = log_integral(on_grid) - gap(*q, on_grid)
        many = model.bound(x.expand(N_DRAWS, -1), torch.full((N_DRAWS,), k)).mean()
        assert many.item() == pytest.approx(expected.item(), abs=5e-3)


@torch.no_grad()
def test_the_mean_weight_is_the_integral_over_styles_and_the_sum_over_classes():
    model, (x, _) = make(1), examples(1)
    exact = torch.stack([log_integral(log_joint(model, x, k)) for k in range(K)])
    weights = model.log_weight(x.expand(N_DRAWS, 1, -1), torch.arange(K))
    per_class = weights.logsumexp(0) - math.log(N_DRAWS)
    torch.testing.assert_close(per_class, exact, atol=1e-2, rtol=0)
    total = importance_bound(model, x.expand(500, -1), 20).logsumexp(0) - math.log(500)
    assert total.item() == pytest.approx(exact.logsumexp(0).item(), abs=3e-2)


@torch.no_grad()
def test_no_q_of_the_class_makes_m2s_unlabelled_bound_larger_than_its_own_at_temperature_one():
    model, (x, _) = make(), examples(4)
    make_certain(model)
    torch.manual_seed(0)
    bound = model.bound(*every_class(x, K))

    def of_m2(log_q):
        return (log_q.exp() * bound).sum(-1) + entropy(log_q)

    best = of_m2(model.classify(x))
    torch.testing.assert_close(best, bound.logsumexp(-1))
    for _ in range(200):
        assert (of_m2((bound + 3 * torch.randn(4, K)).log_softmax(-1)) < best).all()


def test_gradients_of_every_class_at_once_equal_those_of_the_plain_loop():
    model, (x, y) = make(), examples(4)
    weights = [model.encoder.class_rows.weight, model.encoder.first.weight]
    weights += [model.decoder.class_rows.weight, model.decoder.first.weight]
    columns = []
    for k in range(K):
        of_class = torch.full((4,), k)
        z_mean, z_log_var = model.q_z(x, of_class)
        log_p_x = model.likelihood.log_prob(x, model.p_x(z_mean, of_class))
        columns.append(log_p_x - kl_to_standard_normal(z_mean, z_log_var))
    loop = (torch.stack(columns, -1) / model.log_temperature.exp()).log_softmax(-1)
    at_once = model.classify(x)
    torch.testing.assert_close(at_once, loop)
    chosen = torch.arange(4), y
    for one, other in zip(
        torch.autograd.grad(at_once[chosen].sum(), weights),
        torch.autograd.grad(loop[chosen].sum(), weights),
        strict=True,
    ):
        torch.testing.assert_close(one, other, atol=1e-5, rtol=1e-4)


# The classes


@torch.no_grad()
def test_at_temperature_one_it_classifies_by_bayes_rule_if_the_encoder_is_certain():
    model, (x, _) = make(), examples(5)
    make_certain(model)
    posterior = model.bound(*every_class(x, K)).log_softmax(-1)
    torch.testing.assert_close(model.classify(x), posterior, atol=1e-3, rtol=1e-3)


@torch.no_grad()
def test_the_temperature_changes_how_sure_it_is_and_not_of_what():
    model, (x, _) = make(), examples(20)
    said = []
    for temperature in (0.1, 1.0, 10.0):
        model.log_temperature.fill_(math.log(temperature))
        said.append(model.classify(x).exp())
    assert (said[0].max(-1).values > said[1].max(-1).values).all()
    assert (said[1].max(-1).values > said[2].max(-1).values).all()
    assert torch.equal(said[0].argmax(-1), said[2].argmax(-1))


def test_training_learns_a_temperature_that_fits_how_often_it_is_right():
    """Labels drawn at random: whatever the bounds say, being sure is wrong."""
    model, (x, _) = make(), examples(64)
    y = torch.randint(K, (64,), generator=torch.Generator().manual_seed(1))
    optimizer = torch.optim.Adam([model.log_temperature], 0.3)
    before = model.log_temperature.item()
    for _ in range(20):
        optimizer.zero_grad()
        model.loss(Batch(x, y, x[:0], 1.0)).total.backward()
        optimizer.step()
    assert model.log_temperature.item() > before


# The loss


def test_the_loss_weighs_the_bounds_by_how_many_examples_have_a_label():
    model, (x, y) = make(), examples(9)
    batch = Batch(x[:4], y[:4], x[4:], 0.3)
    torch.manual_seed(0)
    terms = model.loss(batch).terms
    torch.manual_seed(0)
    labelled = model.bound(x[:4], y[:4]).mean()
    unlabelled = model.explained(x[4:], torch.full((5,), UNKNOWN)).mean()
    torch.testing.assert_close(terms["labelled"], 0.3 * labelled)
    torch.testing.assert_close(terms["unlabelled"], 0.7 * unlabelled)


def test_the_total_is_the_classifier_minus_the_weighted_bound():
    model, (x, y) = make(), examples(9)
    loss = model.loss(Batch(x[:4], y[:4], x[4:], 0.3))
    bound = loss.terms["labelled"] + loss.terms["unlabelled"]
    expected = loss.terms["classifier"] - model.config.bound * bound
    torch.testing.assert_close(loss.total, expected)


@torch.no_grad()
def test_a_lesson_stands_in_for_a_label_and_where_there_is_none_the_class_is_unknown():
    model, (x, y) = make(), examples(8)
    soft_targets = torch.nn.functional.one_hot(y, K).float()
    soft_targets[5:] = 0
    torch.manual_seed(0)
    taught = model.loss(Batch(x[:0], y[:0], x, 0.0, soft_targets)).terms["unlabelled"]
    torch.manual_seed(0)
    told = torch.where(torch.arange(8) < 5, y, UNKNOWN)
    expected = model.explained(x, told).sum() - 5 * math.log(K)
    torch.testing.assert_close(taught, expected / 8)


def test_what_the_unlabelled_teach_is_shared_but_for_the_rows_of_the_classes():
    model, (x, y) = make(), examples(8)
    model.loss(Batch(x[:0], y[:0], x, 0.0)).total.backward()
    for net in (model.encoder, model.decoder):
        assert net.class_rows.weight.grad[UNKNOWN + 1].any()
        assert not net.class_rows.weight.grad[UNKNOWN + 2 :].any()
        assert net.first.weight.grad.any()


@pytest.mark.parametrize("told", [0.0, 1.0])
@pytest.mark.parametrize(("n_labelled", "n_unlabelled"), [(5, 0), (0, 7), (1, 1)])
def test_the_loss_is_finite_when_a_part_is_empty(n_labelled, n_unlabelled, told):
    for shape in ((D,), (8, 8, 1)):
        model = make(shape=shape)
        x, y = torch.rand(12, model.prepare(torch.rand(1, *shape)).shape[1]), torch.zeros(12)
        parts = x[:n_labelled], y[:n_labelled].long(), x[:n_unlabelled]
        soft_targets = torch.full((n_unlabelled, K), told / K)
        for batch in (Batch(*parts, 0.3), Batch(*parts, 0.3, soft_targets)):
            loss = model.loss(batch)
            loss.total.backward()
            assert loss.total.isfinite()


def test_it_can_memorise_eight_pictures():
    torch.manual_seed(0)
    model, x = make(), (torch.rand(8, D) > 0.5).float()
    y = torch.arange(8) % K
    optimisation = Optimisation(model, torch.device("cpu"), 1e-2)
    for _ in range(150):
        optimisation.step(Batch(x, y, x[:0], 1.0))
    assert (model.classify(x).argmax(-1) == y).all()


def test_training_moves_every_parameter():
    for shape in ((D,), (8, 8, 1)):
        model = make(shape=shape)
        x = torch.rand(9, math.prod(shape))
        before = copy.deepcopy(model.state_dict())
        optimisation = Optimisation(model, torch.device("cpu"), 1e-2)
        for _ in range(3):
            optimisation.step(Batch(x[:3], torch.arange(3), x[3:], 0.3))
        for name, value in model.state_dict().items():
            assert not torch.equal(value, before[name]), name


def test_every_tensor_grows_by_a_class_along_an_axis_of_its_own():
    shape = (D,)
    few, more = (CVAE(ModelInputs(shape, k, Bernoulli()), CVAE.Config()) for k in (K, K + 1))
    for (name, one), other in zip(few.named_parameters(), more.parameters(), strict=True):
        grown = [b - a for a, b in zip(one.shape, other.shape, strict=True)]
        assert sorted(grown) in ([0] * one.dim(), [0] * (one.dim() - 1) + [1]), name
