"""M2's bound and losses against quadrature and enumeration."""

import math

import pytest
import torch

from ssvae_core.models import M2, Batch, ModelInputs
from ssvae_core.models.distributions import Bernoulli, Gaussian, entropy
from tests.support.quadrature import Z, gap, log_integral, log_standard_normal
from tests.support.small_models import N_DRAWS, D, K, make


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
