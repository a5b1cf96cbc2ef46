"""M1+M2: M2 on the latents of an M1."""

import math

import pytest
import torch

from ssvae_core.models import M1M2, ModelInputs
from ssvae_core.models.distributions import Bernoulli
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


def test_m1m2_refuses_a_collapsed_m1():
    with pytest.raises(ValueError, match="none of 4 does"):
        M1M2(ModelInputs((D,), K, Bernoulli(), make_m1(), torch.zeros(10, 4)), M1M2.Config())
