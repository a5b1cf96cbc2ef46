"""GMVAE: a prior with a place for every class, on the latents of an M1."""

import math

import numpy as np
import pytest
import torch
from torch import nn

from ssvae_core.models import GMVAE, ModelInputs
from ssvae_core.models.distributions import Bernoulli, log_gaussian
from tests.support.quadrature import Z, gap, log_integral
from tests.support.small_models import N_DRAWS, D, K, batch_of, make, make_m1


@torch.no_grad()
def test_the_bound_is_the_integral_less_the_gap_that_q_leaves():
    model = make("gmvae", latent_dim=1)
    x, y = model.prepare(torch.rand(1, D)), torch.tensor([2])
    z1 = model.seen(x)
    log_joint = (
        log_gaussian(Z, model.prior_mean[2], model.prior_log_var[2])
        - math.log(K)
        + model.likelihood.log_prob(z1, model.p_z1(Z))
    )
    expected = log_integral(log_joint) - gap(*(q[0] for q in model.q_z(z1)), log_joint)
    torch.manual_seed(0)
    many = model.bound(x.expand(N_DRAWS, -1), y.expand(N_DRAWS)).mean()
    assert many.item() == pytest.approx(expected.item(), abs=2e-2)


@torch.no_grad()
def test_the_divergence_is_that_of_torch_distributions():
    model = make("gmvae")
    z_mean, z_log_var = torch.randn(5, 2), torch.randn(5, 2)
    q = torch.distributions.Normal(z_mean[:, None], (0.5 * z_log_var).exp()[:, None])
    p = torch.distributions.Normal(model.prior_mean, (0.5 * model.prior_log_var).exp())
    expected = torch.distributions.kl_divergence(q, p).sum(-1)
    torch.testing.assert_close(model.kl(z_mean, z_log_var), expected)


@torch.no_grad()
def test_no_other_guess_of_the_class_makes_the_bound_larger():
    """Q(y|z1) is the optimum: -U with it is the log of the sum over classes (Jensen's equality)."""
    model = make("gmvae")
    x = model.prepare(torch.rand(4, D))
    kl = model.kl(*model.q_z(model.seen(x)))

    def class_part(q):
        return (q * (-math.log(K) - kl) + torch.special.entr(q)).sum(-1)

    best = class_part(model.classify(x).exp())
    torch.testing.assert_close(best, (-kl - math.log(K)).logsumexp(-1))
    for seed in range(20):
        torch.manual_seed(seed)
        assert (class_part(torch.rand(4, K).softmax(-1)) <= best + 1e-5).all()


@torch.no_grad()
def test_a_style_is_what_remains_of_the_latent_in_its_class():
    model, x = make("gmvae"), None
    x = model.prepare(torch.rand(6, D))
    y = torch.arange(6) % K
    u = model.encode(x, y)
    z = model.prior_mean[y] + (0.5 * model.prior_log_var[y]).exp() * u
    torch.testing.assert_close(z, model.q_z(model.seen(x))[0], atol=1e-5, rtol=1e-5)
    mean = model.likelihood.mean(model.p_z1(z))
    torch.testing.assert_close(model.decode(u, y), model.features.decode(mean))


def three_heaps(n=90):
    """Prepared examples in three heaps, and which each lies in."""
    model = make("gmvae")
    kinds = torch.arange(n) % K
    torch.manual_seed(0)
    places = 4 * torch.randn(K, model.centres.shape[1])
    z1 = places[kinds] + 0.2 * torch.randn(n, places.shape[1])
    return model, torch.cat([z1, torch.full_like(z1, -4.0)], -1), kinds


def learned(model, x, steps=300):
    nothing = torch.full((len(x),), -1)
    model.take_labels(x, nothing, None)
    optimiser = torch.optim.Adam(model.phases()[0].parameters, 3e-3)
    whole = batch_of(model, 0, len(x), 0.0)
    for step in range(steps):
        optimiser.zero_grad()
        batch = type(whole)(x[:0], nothing[:0], x, 0.0, None, step)
        model.loss(batch).total.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 5.0)
        optimiser.step()
    return model


@pytest.fixture(scope="module")
def kinds_found():
    model, x, kinds = three_heaps()
    return learned(model, x), x, kinds


@torch.no_grad()
def test_kinds_are_found_without_a_label(kinds_found):
    model, x, kinds = kinds_found
    said = model.classify(x).argmax(-1)
    of_kinds = [said[kinds == kind] for kind in range(K)]
    assert all((its == its[0]).all() for its in of_kinds)
    assert len({int(its[0]) for its in of_kinds}) == K


@torch.no_grad()
def test_the_first_label_of_a_class_says_which_kind_is_it(kinds_found):
    model, x, kinds = kinds_found
    y = torch.full((len(x),), -1)
    y[:K] = (kinds[:K] + 1) % K  # one label each, by other names than any order of the kinds
    model.take_labels(x, y, None)
    assert (model.classify(x).argmax(-1) == (kinds + 1) % K).all()
    before = model.prior_mean.clone()
    y[K : 3 * K] = kinds[K : 3 * K]  # later labels that contradict move no place
    model.take_labels(x, y, None)
    assert torch.equal(model.prior_mean, before)


@torch.no_grad()
def test_fewer_examples_than_classes_leave_places_free():
    model = make("gmvae")
    x = model.prepare(torch.rand(2, D))
    model.take_labels(x, torch.tensor([-1, -1]), None)
    assert model.is_placed
    assert np.isfinite(model.centres.numpy()).all()


def test_it_refuses_a_collapsed_m1():
    with pytest.raises(ValueError, match="none of 4 does"):
        GMVAE(ModelInputs((D,), K, Bernoulli(), make_m1(), torch.zeros(10, 4)), GMVAE.Config())
