"""Densities against torch.distributions, divergences against Monte Carlo."""

import math

import pytest
import torch

from ssvae_core.models import distributions as d

N_DRAWS = 400_000


def test_log_bernoulli_is_the_log_of_the_probability_of_every_pixel():
    x = torch.tensor([[1.0, 0.0, 1.0]])
    logits = torch.tensor([[0.3, -2.0, 5.0]])
    expected = torch.distributions.Bernoulli(logits=logits).log_prob(x).sum(-1)
    torch.testing.assert_close(d.log_bernoulli(x, logits), expected)


def test_log_bernoulli_broadcasts_an_example_over_classes():
    x, logits = torch.rand(4, 1, 3), torch.randn(4, 7, 3)
    one_by_one = torch.stack([d.log_bernoulli(x[:, 0], logits[:, k]) for k in range(7)], 1)
    torch.testing.assert_close(d.log_bernoulli(x, logits), one_by_one)


def test_log_gaussian_is_the_normal_log_density():
    x, mean, log_var = torch.randn(3, 5), torch.randn(3, 5), torch.randn(3, 5)
    expected = torch.distributions.Normal(mean, (0.5 * log_var).exp()).log_prob(x).sum(-1)
    torch.testing.assert_close(d.log_gaussian(x, mean, log_var), expected)


def test_kl_to_standard_normal_is_the_mean_log_ratio_of_draws():
    torch.manual_seed(0)
    mean, log_var = torch.tensor([0.7, -1.2]), torch.tensor([-1.0, 0.4])
    z = d.sample_gaussian(mean.expand(N_DRAWS, -1), log_var.expand(N_DRAWS, -1))
    zero = torch.zeros(2)
    ratio = d.log_gaussian(z, mean, log_var) - d.log_gaussian(z, zero, zero)
    standard_error = ratio.std().item() / math.sqrt(N_DRAWS)
    assert d.kl_to_standard_normal(mean, log_var).item() == pytest.approx(
        ratio.mean().item(), abs=5 * standard_error
    )


def test_kl_to_standard_normal_is_zero_only_for_the_standard_normal():
    zero = torch.zeros(3)
    assert d.kl_to_standard_normal(zero, zero) == 0
    assert d.kl_to_standard_normal(zero + 0.1, zero) > 0


def test_a_log_variance_is_as_said_up_to_a_limit_and_its_exponential_is_always_a_number():
    said = torch.tensor([[-1e20, -200, -21, -19.9, -3, 0.5, 3.9, 5, 200, 1e20]], requires_grad=True)
    mean, log_var = d.mean_and_log_var(torch.cat([torch.zeros_like(said), said], -1))
    assert torch.equal(log_var[0, 3:7], said[0, 3:7])
    assert torch.equal(mean, torch.zeros_like(said))
    assert (log_var.diff() > 0).all()
    for sign in (1, -1):
        assert (sign * log_var).exp().max() < 1e38
    kl = d.kl_to_standard_normal(mean, log_var).sum()
    kl.backward()
    assert torch.isfinite(kl)
    assert torch.isfinite(said.grad).all()
    assert (said.grad[0, 6:9] > 0).all()  # a step down the divergence leads back
    assert (said.grad[0, 1:5] < 0).all()


def test_draws_have_the_mean_and_variance_asked_for():
    torch.manual_seed(0)
    z = d.sample_gaussian(torch.full((N_DRAWS,), 2.0), torch.full((N_DRAWS,), math.log(9.0)))
    assert z.mean().item() == pytest.approx(2.0, abs=0.03)
    assert z.var().item() == pytest.approx(9.0, abs=0.1)


def test_a_class_is_drawn_as_often_as_its_probability_says():
    torch.manual_seed(0)
    p = torch.tensor([0.5, 0.0, 0.3, 0.2])
    drawn = d.sample_categorical(3 * p.expand(N_DRAWS, -1))  # they need not add up to one
    shares = torch.bincount(drawn, minlength=4) / N_DRAWS
    torch.testing.assert_close(shares, p, rtol=0, atol=5 / N_DRAWS**0.5)
    assert shares[1] == 0


def test_a_class_is_drawn_of_nothing_and_of_what_is_no_number_without_an_error():
    assert d.sample_categorical(torch.empty(0, 4)).shape == (0,)
    assert 0 <= d.sample_categorical(torch.full((2, 4), torch.nan)).max() < 4


@pytest.mark.parametrize(
    ("p", "nats"), [([0.25] * 4, math.log(4)), ([1.0, 0.0], 0.0), ([0.5, 0.5, 0.0], math.log(2))]
)
def test_entropy_of_known_distributions(p, nats):
    assert d.entropy(torch.tensor(p).log()).item() == pytest.approx(nats, abs=1e-6)


def test_a_pixel_is_drawn_white_as_often_as_it_is_light():
    torch.manual_seed(0)
    grey = torch.tensor([0.0, 0.2, 0.7, 1.0])
    drawn = d.Bernoulli().drawn(grey.expand(N_DRAWS, -1))
    assert set(drawn.unique().tolist()) == {0.0, 1.0}
    torch.testing.assert_close(drawn.mean(0), grey, atol=0.01, rtol=0)
    assert (drawn[:, [0, 3]] == grey[[0, 3]]).all()


def test_real_values_are_no_chances_to_draw_by():
    x = torch.randn(3, 4)
    assert d.Gaussian().drawn(x) is x


@pytest.mark.parametrize("likelihood", [d.Bernoulli(), d.Gaussian()], ids=["bernoulli", "gaussian"])
def test_the_mean_of_a_likelihood_is_where_its_density_is_highest_on_average(likelihood):
    parameters = torch.randn(2, 4 * likelihood.parameters_per_value)
    mean = likelihood.mean(parameters)
    assert mean.shape == (2, 4)
    if isinstance(likelihood, d.Gaussian):
        assert (
            likelihood.log_prob(mean, parameters) > likelihood.log_prob(mean + 0.3, parameters)
        ).all()
    else:
        torch.testing.assert_close(mean, torch.distributions.Bernoulli(logits=parameters).mean)


def test_a_gaussian_that_the_decoder_knows_exactly_does_not_take_over():
    sure = torch.tensor([[0.0, -50.0]])
    surest_allowed = torch.tensor([[0.0, -6.0]])
    x = torch.zeros(1, 1)
    assert d.Gaussian().log_prob(x, sure) == d.Gaussian().log_prob(x, surest_allowed)


def test_a_shared_gaussian_is_the_normal_log_density_of_one_spread():
    likelihood = d.SharedGaussian()
    x, parameters = torch.rand(3, 5), torch.randn(3, 5)
    spread = likelihood.log_scale.exp().expand(3, 5)
    expected = torch.distributions.Normal(parameters, spread).log_prob(x).sum(-1)
    torch.testing.assert_close(likelihood.log_prob(x, parameters), expected)
    x, parameters = torch.rand(4, 1, 5), torch.randn(4, 3, 5)
    assert likelihood.log_prob(x, parameters).shape == (4, 3)


def test_a_shared_gaussian_learns_how_far_its_means_miss():
    torch.manual_seed(0)
    likelihood, x = d.SharedGaussian(), torch.randn(2000, 8) * 0.04
    optimizer = torch.optim.Adam(likelihood.parameters(), 0.05)
    for _ in range(100):
        optimizer.zero_grad()
        (-likelihood.log_prob(x, torch.zeros(8)).mean()).backward()
        optimizer.step()
    assert likelihood.log_scale.exp().item() == pytest.approx(0.04, rel=0.05)


def test_what_a_shared_gaussian_draws_stays_between_black_and_white():
    drawn = d.SharedGaussian().mean(torch.tensor([-40.0, 0.25, 3.0]))
    assert drawn.tolist() == [0, 0.25, 1]
