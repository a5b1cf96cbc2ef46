"""M1 with its classifier: its Gaussians computed another way, few labels and many."""

import copy
import math

import numpy as np
import pytest
import torch
from torch.distributions import MultivariateNormal

from ssvae_core.atlas.atlas import nearest_neighbours
from ssvae_core.models import VAE, Batch, ModelInputs, importance_bound
from ssvae_core.models import m1 as m1_file
from ssvae_core.models.base import every_class
from ssvae_core.models.distributions import Bernoulli
from ssvae_core.models.joined import Joined
from ssvae_core.models.m1 import M1, fit_gaussian
from ssvae_core.training.label_propagation import Propagation
from tests.support.quadrature import Z, log_integral

D, K, N = 6, 3, 600
CENTRES = torch.tensor([[0.0, 2.0, 0.0], [2.0, 0.0, 0.0], [-2.0, -2.0, 0.0]])


def latents(n_latents=2):
    """Three islands, and a third latent that is silent: -> (N, n_latents + 1), (N,)."""
    torch.manual_seed(5)
    y = torch.arange(N) % K
    z1 = CENTRES[y] + torch.randn(N, 3) * torch.tensor([0.4, 0.8, 0.01])
    return z1[:, [*range(n_latents), 2]], y


def make(n_latents=2, **knobs):
    """An M1 whose latents are the islands, and the examples it would have prepared."""
    torch.manual_seed(1)
    z1, y = latents(n_latents)
    vae = VAE(ModelInputs((D,), 1, Bernoulli()), VAE.Config(n_latents + 1, 16))
    model = M1(ModelInputs((D,), K, Bernoulli(), vae, z1), M1.Config(**knobs))
    z_mean = model.features.standardise(z1)
    return model, torch.cat([z_mean, torch.full_like(z_mean, -4.0)], -1), y


def given(y, *examples):
    """The labels of these examples, and of no other."""
    labels = torch.full_like(y, -1)
    labels[list(examples)] = y[list(examples)]
    return labels


def propagated(x, labels):
    graph = nearest_neighbours(x.chunk(2, -1)[0].numpy())
    return torch.from_numpy(Propagation(*graph)(labels.numpy().astype(np.int16), K))


def probabilities(model, x):
    return model.classify(x).exp()


# The Gaussians


def test_no_other_gaussian_describes_the_latents_and_the_prior_better():
    torch.manual_seed(0)
    z_mean, z_log_var, share = torch.randn(40, 3) + 1, torch.randn(40, 3), torch.rand(40)

    def described(centre, covariance):
        p = MultivariateNormal(centre, covariance)
        half_precision = p.precision_matrix / 2
        of_each = p.log_prob(z_mean) - (z_log_var.exp() @ half_precision.diagonal())
        of_prior = p.log_prob(torch.zeros(3)) - half_precision.diagonal().sum()
        return share @ of_each + 2.0 * of_prior

    best = fit_gaussian(z_mean, z_log_var, share, 2.0)
    value = described(*best)
    for _ in range(50):
        factor = torch.linalg.cholesky(best[1]) + 0.05 * torch.randn(3, 3).tril()
        assert described(best[0] + 0.05 * torch.randn(3), factor @ factor.T) < value


def test_with_many_labels_the_gaussians_are_the_moments_of_each_class():
    model, x, y = make(prior=1e-3)
    x[:, 2:] = -30  # M1 is certain
    model.take_labels(x, y, None)
    for k in range(K):
        of_class = x[y == k, :2].numpy()
        covariance = model.factor[k] @ model.factor[k].T
        np.testing.assert_allclose(model.mean[k], of_class.mean(0), atol=1e-3)
        np.testing.assert_allclose(covariance, np.cov(of_class.T, bias=True), atol=1e-3)


def test_without_labels_every_class_is_the_prior_and_every_guess_uniform():
    model, x, y = make()
    torch.testing.assert_close(probabilities(model, x), torch.full((N, K), 1 / K))
    log_prior = MultivariateNormal(torch.zeros(2), torch.eye(2)).log_prob(x[:, :2])
    torch.testing.assert_close(model.bound(x, y), log_prior - math.log(K))
    model.take_labels(x, y, None)
    model.take_labels(x, given(y), None)
    torch.testing.assert_close(probabilities(model, x), torch.full((N, K), 1 / K))


def test_the_joint_density_integrates_to_the_share_of_a_class():
    model, x, y = make(n_latents=1)
    model.take_labels(x, y, None)
    grid = torch.cat([Z, torch.zeros_like(Z)], -1)
    for k in range(K):
        log_p = model.bound(grid, torch.full((len(grid),), k))
        assert log_integral(log_p).item() == pytest.approx(-math.log(K), abs=1e-4)


def test_the_bound_is_the_density_of_the_classs_gaussian():
    model, x, y = make()
    model.take_labels(x, y, None)
    at_once = model.bound(*every_class(x, K))
    for k in range(K):
        p = MultivariateNormal(model.mean[k], model.factor[k] @ model.factor[k].T)
        expected = p.log_prob(x[:, :2]) - math.log(K)
        torch.testing.assert_close(at_once[:, k], expected, atol=1e-4, rtol=1e-4)
    total = at_once.logsumexp(-1)
    torch.testing.assert_close(importance_bound(model, x, 3), total)


def test_the_loss_is_minus_the_density_of_the_features():
    model, x, y = make()
    model.take_labels(x, y, None)
    batch = Batch(x[:4], y[:4], x[4:10], 0.25)
    expected = 0.25 * model.bound(x[:4], y[:4]).mean()
    expected = expected + 0.75 * importance_bound(model, x[4:10], 1).mean()
    torch.testing.assert_close(model.loss(batch).total, -expected)
    assert model.phases() == []


@pytest.mark.parametrize(("n_labelled", "n_unlabelled"), [(5, 0), (0, 7), (0, 0)])
def test_the_loss_is_finite_when_a_part_is_empty(n_labelled, n_unlabelled):
    model, x, y = make()
    batch = Batch(x[:n_labelled], y[:n_labelled], x[:n_unlabelled], 0.3)
    assert model.loss(batch).total.isfinite()


# Styles


def test_a_latent_comes_back_from_its_style_and_class():
    model, x, y = make()
    model.take_labels(x, y, None)
    drawn = model.decode(model.encode(x, y), y)
    torch.testing.assert_close(drawn, model.features.decode(x[:, :2]), atol=1e-4, rtol=1e-4)


def test_styles_of_a_class_have_unit_spread():
    model, x, y = make(prior=1e-3)
    x[:, 2:] = -30
    model.take_labels(x, y, None)
    for k in range(K):
        styles = model.encode(x[y == k], y[y == k])
        torch.testing.assert_close(styles.T @ styles / len(styles), torch.eye(2), atol=0.02, rtol=0)


def test_samples_of_a_class_lie_where_its_examples_do():
    model, x, y = make()
    model.take_labels(x, y, None)
    seen = []
    model.features.decode = lambda z1: seen.append(z1) or z1
    torch.manual_seed(0)
    model.from_prior(torch.arange(K).repeat_interleave(200))
    drawn = torch.cat([seen[0], torch.zeros(K * 200, 2)], -1)
    right = probabilities(model, drawn).argmax(-1) == torch.arange(K).repeat_interleave(200)
    assert right.float().mean() > 0.98


# The classifier


def test_it_says_of_the_training_examples_what_propagation_said():
    model, x, y = make()
    labels = given(y, *range(9))
    soft_targets = propagated(x, labels)
    model.take_labels(x, labels, soft_targets)
    said = probabilities(model, x)
    assert (said.argmax(-1) == soft_targets.argmax(-1)).float().mean() > 0.99
    assert (said - soft_targets).abs().mean() < 0.03


def test_its_weights_solve_the_ridge_regressions_equations():
    model, x, y = make(ridge=1.0)
    labels = given(y, *range(9))
    soft_targets = propagated(x, labels)
    model.take_labels(x, labels, soft_targets)
    kernels = model.kernels(x.chunk(2, -1)[0]).double()
    weights, shares = model.weights.double(), soft_targets.double()
    slope = kernels.T @ (kernels @ weights - shares) + model.config.ridge * weights
    assert slope.abs().max() < 1e-3 * (model.config.ridge * weights).abs().max()


def test_it_says_of_new_examples_what_their_neighbours_were_told():
    model, x, y = make()
    order = torch.randperm(N)
    old, new = order[:500], order[500:]
    labels = given(y[old], *range(12))
    model.take_labels(x[old], labels, propagated(x[old], labels))
    assert (probabilities(model, x[new]).argmax(-1) == y[new]).float().mean() > 0.97


def test_a_single_label_is_enough_to_say_something():
    model, x, y = make()
    labels = given(y, 1)
    for soft_targets in (propagated(x, labels), None):
        model.take_labels(x, labels, soft_targets)
        said = model.classify(x)
        assert said.isfinite().all()
        assert (said.argmax(-1) == 1).all()
        assert model.bound(x, y).isfinite().all()
        assert model.decode(model.encode(x, y), y).isfinite().all()


@pytest.mark.parametrize("n_features", [0, 5])
def test_of_a_single_class_everything_is(n_features):
    z1, _ = latents(2)
    vae = VAE(ModelInputs((D,), 1, Bernoulli()), VAE.Config(3, 16))
    model = M1(ModelInputs((D,), 1, Bernoulli(), vae, z1, n_features=n_features), M1.Config())
    own = torch.cat([model.features.standardise(z1)] * 2, -1)
    features = torch.rand(N, n_features)
    for label in (-1, 0):
        labels = torch.full((N,), -1)
        labels[0] = label
        model.take_labels(Joined(own, features) if n_features else own, labels, None)
        assert torch.equal(model.classify(torch.cat([own, features], -1)), torch.zeros(N, 1))


def test_a_class_without_labels_is_hardly_ever_guessed():
    model, x, y = make()
    labels = given(y, 0, 1, 3, 4)
    model.take_labels(x, labels, propagated(x, labels))
    assert (probabilities(model, x)[:, 2] < 2e-6).all()
    torch.testing.assert_close(probabilities(model, x).sum(-1), torch.ones(N))


def test_without_hints_it_learns_from_the_labelled_alone():
    model, x, y = make()
    model.take_labels(x, given(y, *range(60)), None)
    few = probabilities(model, x)
    shuffled = x.clone()
    shuffled[60:] = 0
    model.take_labels(shuffled, given(y, *range(60)), None)
    torch.testing.assert_close(probabilities(model, x), few)
    assert (few.argmax(-1) == y).float().mean() > 0.97


def test_classes_need_not_be_islands():
    model, x, _ = make()
    y = (x[:, :2].square().sum(-1) > 2).long()  # a ring around a disc
    model.take_labels(x, y, None)
    assert (probabilities(model, x).argmax(-1) == y).float().mean() > 0.95


def test_thinned_examples_teach_nearly_the_same(monkeypatch):
    model, x, y = make()
    model.take_labels(x, y, None)
    all_of_them = probabilities(model, x)
    monkeypatch.setattr(m1_file, "N_FITTED", 200)
    model.take_labels(x, y, None)
    assert (probabilities(model, x) - all_of_them).abs().mean() < 0.02
    assert not torch.equal(probabilities(model, x), all_of_them)


def test_a_saved_and_loaded_model_says_the_same():
    model, x, y = make()
    model.take_labels(x, y, None)
    other, *_ = make()
    other.load_state_dict(copy.deepcopy(model.state_dict()))
    torch.testing.assert_close(other.classify(x), model.classify(x))
    torch.testing.assert_close(other.bound(x, y), model.bound(x, y))


# The features


def test_what_is_prepared_is_standardised_and_comes_back():
    torch.manual_seed(3)
    vae = VAE(ModelInputs((D,), 1, Bernoulli()), VAE.Config(4, 16))
    with torch.no_grad():
        vae.encoder[0].weight.mul_(20)
    pictures = torch.rand(300, D)
    z1_mean = vae.encode(pictures).detach()
    model = M1(ModelInputs((D,), K, Bernoulli(), vae, z1_mean), M1.Config())
    with torch.no_grad():
        prepared = model.prepare(pictures)
    z_mean, z_log_var = prepared.chunk(2, -1)
    torch.testing.assert_close(z_mean.std(0), torch.ones(model.style_dim))
    active = model.features.active
    scale = z1_mean.std(0)[active]
    torch.testing.assert_close(z_mean * scale + z1_mean.mean(0)[active], z1_mean[:, active])
    width = (0.5 * vae.q_z(pictures)[1]).exp()[:, active]
    torch.testing.assert_close((0.5 * z_log_var).exp() * scale, width.detach())


def test_it_refuses_a_setting_without_m1_and_a_collapsed_m1():
    with pytest.raises(ValueError, match="needs a trained M1"):
        M1(ModelInputs((D,), K, Bernoulli()), M1.Config())
    vae = VAE(ModelInputs((D,), 1, Bernoulli()), VAE.Config(4, 16))
    with pytest.raises(ValueError, match="none of 4 does"):
        M1(ModelInputs((D,), K, Bernoulli(), vae, torch.zeros(10, 4)), M1.Config())


# The VAE


@pytest.mark.parametrize("pixels", ["grey", "drawn"])
def test_it_learns_from_pictures_as_they_are_or_drawn_anew_each_time(pixels):
    torch.manual_seed(0)
    vae = VAE(ModelInputs((D,), 1, Bernoulli()), VAE.Config(4, 16, pixels=pixels))
    seen = []
    vae.trunk.register_forward_pre_hook(lambda _, given: seen.append(given[0]))
    x = torch.rand(50, D)
    batch = Batch(x[:10], torch.zeros(10, dtype=torch.long), x[10:], 0.2)
    for _ in range(2):
        vae.loss(batch)
    is_drawn = [((values == 0) | (values == 1)).all().item() for values in seen]
    assert is_drawn == [pixels == "drawn"] * 2
    assert torch.equal(*seen) == (pixels == "grey")
    with torch.no_grad():
        assert torch.equal(vae.encode(x), vae.encode(x))  # to be described, they stay grey
