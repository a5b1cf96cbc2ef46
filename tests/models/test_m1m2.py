"""M1+M2: M2 on the latents of an M1."""

import math

import pytest
import torch

from ssvae_core.models import M1M2, ModelInputs
from ssvae_core.models.distributions import Bernoulli
from ssvae_core.models.vae import VAE
from tests.support.quadrature import Z, gap, log_integral, log_standard_normal
from tests.support.small_models import N_DRAWS, D, K, batch_of, make, make_m1


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


@torch.no_grad()
@pytest.mark.parametrize("name", ["m1m2", "guided-m1"])
def test_of_a_pretrained_m1_the_leading_latents_are_learned_and_the_rest_is_standard_normal(
    name, monkeypatch
):
    monkeypatch.setattr(VAE, "n_leading", 2)
    stacked = make(name).eval()
    features = stacked.features
    assert (features.n_explained, len(features.active)) == (2, 4)
    x, y = torch.rand(3, D), torch.tensor([0, 1, 2])
    z1 = features.prepare(x).chunk(2, -1)[0]
    seen, x = z1[:, :2], stacked.prepare(x)
    rest = torch.distributions.Normal(0.0, 1.0).log_prob(z1[:, 2:]).sum(-1)
    for of in ("bound", "log_weight"):
        torch.manual_seed(5)
        found = getattr(stacked, of)(x, y)
        torch.manual_seed(5)
        torch.testing.assert_close(found, getattr(stacked.m2, of)(seen, y) + rest)
    torch.testing.assert_close(stacked.encode(x, y), stacked.m2.encode(seen, y))
    torch.testing.assert_close(stacked.code(x, y), z1)
    z = torch.randn(3, stacked.style_dim)
    whole = torch.cat([stacked.m2.decode(z, y), torch.zeros(3, 2)], -1)
    torch.testing.assert_close(stacked.decode(z, y), features.decode(whole))


def test_m1m2_refuses_a_collapsed_m1():
    with pytest.raises(ValueError, match="none of 4 does"):
        M1M2(ModelInputs((D,), K, Bernoulli(), make_m1(), torch.zeros(10, 4)), M1M2.Config())
