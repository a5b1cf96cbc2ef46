"""ADGM's and SDGM's bounds against quadrature over the auxiliary and the style, one number each."""

import dataclasses
import math

import pytest
import torch
from torch.distributions import Normal

from ssvae_core.models import Batch, ModelInputs, importance_bound
from ssvae_core.models.adgm import ADGM, JointMLP
from ssvae_core.models.distributions import Bernoulli, Gaussian

D, K = 6, 3
N_DRAWS = 100_000

# A grid of a and z, (G, 1) each.
STEP = 0.1
LINE = torch.arange(-8, 8 + STEP / 2, STEP)
AUXILIARY, STYLE = (column[:, None] for column in torch.cartesian_prod(LINE, LINE).unbind(-1))


def make(kind, likelihood=None, **knobs):
    """A model of one auxiliary and one style, far from uniform, as it is when it does not learn."""
    torch.manual_seed(5)
    config = ADGM.Config(
        kind, latent_dim=1, auxiliary_dim=1, hidden_dim=16, weight=1.0, min_class_probability=0.0
    )
    config = dataclasses.replace(config, **knobs)
    model = ADGM(ModelInputs((D,), K, likelihood or Bernoulli()), config)
    with torch.no_grad():  # the auxiliary decides much about the class
        model.classifier.last.weight.mul_(4.0)
        model.classifier.first[1].weight.mul_(4.0)
    return model.eval()


@pytest.fixture(params=["adgm", "sdgm"])
def kind(request):
    return request.param


def log_normal(value, bell):
    """Log N(value; mean, exp(log_var)) of one number, by torch: (G, 1), 2 x (..., 1) -> (G,)."""
    return Normal(bell[0], (bell[1] / 2).exp()).log_prob(value)[:, 0]


def on_the_grid(model, x, y):
    """Log p(x, y, a, z), log q(a|x) and log q(z|a,x,y) of one x and one y: 3 x (G,)."""
    h, many_y = model.trunk(x), torch.full((len(STYLE),), y)
    h = h.expand(len(STYLE), -1)
    log_p = model.likelihood.log_prob(x, model.p_x(AUXILIARY, STYLE, many_y))
    log_p = log_p + log_normal(AUXILIARY, model.p_a(h, STYLE, many_y))
    log_p = log_p + Normal(0.0, 1.0).log_prob(STYLE)[:, 0] - math.log(K)
    log_q_z = log_normal(STYLE, model.q_z(h, AUXILIARY, many_y))
    return log_p, log_normal(AUXILIARY, model.q_a(h)), log_q_z


def log_integral(log_values):
    return log_values.logsumexp(0) + math.log(STEP**2)


def exact_bound(model, x, y):
    """E_q[log p(x, y, a, z) - log q(a|x) - log q(z|a,x,y)]."""
    log_p, log_q_a, log_q_z = on_the_grid(model, x, y)
    log_q = log_q_a + log_q_z
    assert log_integral(log_q).item() == pytest.approx(0, abs=1e-3)  # the grid holds all of q
    return (log_q.exp() * (log_p - log_q)).sum() * STEP**2


def exact_unlabelled_bound(model, x, min_class_probability=0.0):
    """E_q(a|x) sum_y q(y|a,x) (E_q(z)[...] - log q(y|a,x)) without the classes below `least`."""
    h = model.trunk(x).expand(len(AUXILIARY), -1)
    log_q_y = model.q_y(x, h, AUXILIARY).exp()
    q_y = log_q_y * (log_q_y >= min_class_probability)
    q_y = q_y / q_y.sum(-1, keepdim=True)
    total = torch.zeros(())
    for y in range(K):
        log_p, log_q_a, log_q_z = on_the_grid(model, x, y)
        inside = log_p - log_q_a - log_q_z - q_y[:, y].clamp(1e-30).log()
        total = total + ((log_q_a + log_q_z).exp() * q_y[:, y] * inside).sum() * STEP**2
    return total


def exact_log_p(model, x):
    """Log p(x)."""
    return torch.stack([log_integral(on_the_grid(model, x, y)[0]) for y in range(K)]).logsumexp(0)


def unlabelled(x, n=N_DRAWS):
    return Batch(x[:0], torch.zeros(0, dtype=torch.long), x.expand(n, -1), 0.0)


# The bounds


@torch.no_grad()
@pytest.mark.parametrize("likelihood", [Bernoulli(), Gaussian()], ids=["bernoulli", "gaussian"])
def test_the_bound_is_the_integral_over_auxiliary_and_style(kind, likelihood):
    model, x = make(kind, likelihood), torch.rand(1, D)
    for y in range(K):
        torch.manual_seed(0)
        many = model.bound(x.expand(N_DRAWS, -1), torch.full((N_DRAWS,), y)).mean()
        assert many.item() == pytest.approx(exact_bound(model, x, y).item(), abs=2e-2)


@torch.no_grad()
def test_the_weights_average_to_the_probability_of_example_and_class(kind):
    model, x = make(kind), torch.rand(1, D)
    for y in range(K):
        torch.manual_seed(0)
        weights = model.log_weight(x.expand(N_DRAWS, -1), torch.full((N_DRAWS,), y))
        log_p = log_integral(on_the_grid(model, x, y)[0])
        assert weights.logsumexp(0).item() - math.log(N_DRAWS) == pytest.approx(
            log_p.item(), abs=2e-2
        )


@torch.no_grad()
def test_the_unlabelled_loss_is_the_sum_over_classes_and_the_integral_over_the_rest(kind):
    model, x = make(kind), torch.rand(1, D)
    torch.manual_seed(0)
    bound = -model.loss(unlabelled(x)).total
    assert bound.item() == pytest.approx(exact_unlabelled_bound(model, x).item(), abs=2e-2)


@torch.no_grad()
def test_a_class_that_is_hardly_possible_is_left_out_and_what_remains_is_a_bound(kind):
    model, x = make(kind, min_class_probability=0.3), torch.rand(1, D)
    torch.manual_seed(0)
    bound = -model.loss(unlabelled(x)).total.item()
    assert bound == pytest.approx(exact_unlabelled_bound(model, x, 0.3).item(), abs=2e-2)
    assert bound != pytest.approx(exact_unlabelled_bound(model, x).item(), abs=5e-2)
    assert bound < exact_log_p(model, x).item()


@torch.no_grad()
def test_beside_a_teacher_one_class_is_drawn_and_the_unlabelled_loss_is_the_same_on_average(kind):
    model, x = make(kind, n_drawn=4096), torch.rand(1, D)
    torch.manual_seed(0)
    bounds = []
    for _ in range(25):
        batch = dataclasses.replace(unlabelled(x, 4096), soft_targets=torch.zeros(4096, K))
        bounds.append(-model.loss(batch).total.item())
    exact = exact_unlabelled_bound(model, x).item()
    assert sum(bounds) / len(bounds) == pytest.approx(exact, abs=2e-2)


def test_beside_a_teacher_the_bound_does_not_teach_the_classifier(kind):
    model, x, y = make(kind), torch.rand(9, D), torch.arange(4) % K
    for soft_targets, taught in ((None, True), (torch.full((5, K), 1 / K), False)):
        model.zero_grad()
        model.loss(Batch(x[:4], y, x[4:], 0.4, soft_targets)).total.backward()
        assert all((p.grad is not None) == taught for p in model.classifier.parameters())


@torch.no_grad()
def test_more_draws_bring_the_bound_nearer_to_log_p_x_from_below(kind):
    model, x = make(kind), torch.rand(1, D)
    exact, many = exact_log_p(model, x).item(), x.expand(4000, -1)
    torch.manual_seed(0)
    one, ten, hundred = (importance_bound(model, many, n).mean().item() for n in (1, 10, 100))
    assert one < ten < hundred < exact
    assert hundred == pytest.approx(exact, abs=2e-2)


# What depends on what


@torch.no_grad()
def test_only_adgm_foretells_the_auxiliary_from_the_example_and_only_sdgm_draws_with_it(kind):
    model = make(kind)
    h, z, y = model.trunk(torch.rand(2, D)), torch.zeros(2, 1), torch.zeros(2, dtype=torch.long)
    foretold = model.p_a(h, z, y)[0]
    drawn = model.p_x(torch.tensor([[-1.0], [1.0]]), z, y)
    assert torch.equal(foretold[0], foretold[1]) == (kind == "sdgm")
    assert torch.equal(drawn[0], drawn[1]) == (kind == "adgm")


@torch.no_grad()
def test_sdgm_decodes_at_the_auxiliary_it_foretells():
    model = make("sdgm")
    z, y = torch.randn(4, 1), torch.tensor([0, 1, 2, 1])
    a = model.p_a(z, z, y)[0]
    torch.testing.assert_close(model.decode(z, y), model.p_x(a, z, y).sigmoid())


# Several inputs and a class


def test_joint_inputs_equal_one_layer_of_all_of_them_and_a_one_hot_class():
    torch.manual_seed(0)
    net, v, w = JointMLP((4, 2), K, 8, 5), torch.randn(6, 4), torch.randn(6, 2)
    y = torch.arange(6) % K
    one_hot = torch.nn.functional.one_hot(y, K).float()
    weight = torch.cat([layer.weight for layer in net.first] + [net.class_rows.weight.T], 1)
    hidden = torch.cat([v, w, one_hot], 1) @ weight.T + net.first[0].bias + net.first[1].bias
    torch.testing.assert_close(net(v, w, y=y), net.last(hidden.relu()))


def test_gradients_of_every_class_at_once_equal_those_of_the_plain_loop():
    torch.manual_seed(0)
    net, v, w = JointMLP((4, 2), K, 8, 5), torch.randn(6, 1, 4), torch.randn(6, 1, 2)
    weights = [net.class_rows.weight, *(layer.weight for layer in net.first)]
    at_once = torch.autograd.grad(net(v, w, y=torch.arange(K)).square().sum(), weights)
    loop = sum(net(v[:, 0], w[:, 0], y=torch.full((6,), k)).square().sum() for k in range(K))
    for one, other in zip(at_once, torch.autograd.grad(loop, weights), strict=True):
        torch.testing.assert_close(one, other)
