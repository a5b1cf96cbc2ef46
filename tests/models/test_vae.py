"""M1's bound against quadrature."""

import pytest
import torch

from tests.support.quadrature import Z, gap, log_integral, log_standard_normal
from tests.support.small_models import N_DRAWS, D, make_m1


@torch.no_grad()
def test_the_bound_of_m1_misses_log_p_x_by_exactly_the_posterior_gap():
    m1, x = make_m1(latent_dim=1), torch.rand(1, D)
    log_joint = log_standard_normal(Z) + m1.likelihood.log_prob(x, m1.decoder(Z))
    expected = log_integral(log_joint) - gap(*(q[0] for q in m1.q_z(x)), log_joint)
    torch.manual_seed(0)
    many = m1.bound(x.expand(N_DRAWS, -1)).mean()
    assert many.item() == pytest.approx(expected.item(), abs=5e-3)
