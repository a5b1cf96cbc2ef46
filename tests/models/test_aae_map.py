"""The adversarial autoencoder with a map: its mixture of components."""

import dataclasses
import math

import pytest
import torch

from ssvae_core.models.aae_map import SPREAD, AAEMap, sunflower
from ssvae_core.models.base import Batch
from ssvae_core.training.optimisation import Optimisation
from tests.support.small_aae import CPU, D, K, batch_of, judge_loss_at_optimum, make


def test_beside_a_teacher_nothing_else_teaches_the_gate_of_the_map():
    aae = make(AAEMap)
    for soft_targets, taught in ((None, True), (torch.full((7, K), 1 / K), False)):
        for phase in (aae.phases()[0], aae.phases()[2]):
            aae.zero_grad()
            phase.loss(dataclasses.replace(batch_of(), soft_targets=soft_targets)).total.backward()
            assert all((p.grad is not None) == taught for p in aae.gate.parameters())
            assert all(p.grad is not None for p in aae.encoder.parameters())


def test_the_judge_of_the_map_finds_nothing_only_where_each_class_is_in_its_component():
    torch.manual_seed(0)
    y = torch.arange(300) % K
    batch = Batch(torch.rand(300, D), y, torch.rand(300, D), 0.5)
    found = {}
    for turn in (0, 1):
        aae = make(AAEMap, n_drawn=300)
        aae.place = lambda x, aae=aae, turn=turn: aae.draw((torch.arange(len(x)) % K + turn) % K)
        found[turn] = judge_loss_at_optimum(aae, batch)["judge"]
    assert found[0] == pytest.approx(2 * math.log(2), abs=0.03)
    # One class too far, the places as a whole are spread as the mixture all the same: the labelled
    # half is found out, the unlabelled half is not.
    assert found[1] == pytest.approx(math.log(2), abs=0.1)


def test_the_class_of_a_place_follows_from_bayes_rule():
    """By hand: p(y) N(z; component y, SPREAD^2 I) / their sum."""
    aae, z = make(AAEMap), torch.tensor([[0.0, 0.2], [0.9, 0.1]])
    joint = torch.stack(
        [
            torch.distributions.MultivariateNormal(m, SPREAD**2 * torch.eye(2)).log_prob(z).exp()
            / K
            for m in aae.components
        ],
        -1,
    )
    torch.testing.assert_close(aae.log_p_y(z).exp(), joint / joint.sum(-1, keepdim=True))


def test_draws_of_a_class_land_in_its_component():
    torch.manual_seed(0)
    aae = make(AAEMap, n_classes=10)
    y = torch.arange(10).repeat_interleave(2000)
    z = aae.draw(y)
    assert (aae.log_p_y(z).argmax(-1) == y).float().mean() > 0.995
    for k in range(10):
        torch.testing.assert_close(z[y == k].mean(0), aae.components[k], atol=0.03, rtol=0)
        torch.testing.assert_close(z[y == k].std(0), torch.full((2,), SPREAD), atol=0.02, rtol=0)


def test_a_style_is_a_place_seen_from_its_component():
    aae, x, y = make(AAEMap), torch.rand(4, D), torch.tensor([0, 1, 2, 1])
    z = aae.encode(x, y)
    torch.testing.assert_close(aae.components[y] + SPREAD * z, aae.place(x))
    torch.testing.assert_close(aae.decode(z, y), aae.p_x(aae.place(x)).sigmoid())


@pytest.mark.parametrize("n", [1, 2, 9, 40])
def test_components_stay_where_they_are_when_a_class_is_added(n):
    torch.testing.assert_close(sunflower(n + 1)[:n], sunflower(n))
    apart = torch.cdist(sunflower(n + 1), sunflower(n + 1)) + 9 * torch.eye(n + 1)
    assert apart.min() > 6 * SPREAD


def test_labels_draw_their_pictures_into_their_components():
    torch.manual_seed(0)
    aae = make(AAEMap, hidden_dim=64, noise=0.05)
    x, y = torch.rand(9, D), torch.arange(9) % K
    optimisation = Optimisation(aae, CPU, 1e-2)
    for _ in range(300):
        optimisation.step(Batch(x, y, x[:0], 1.0))
    assert (aae.classify(x).argmax(-1) == y).all()
    assert aae.encode(x, y).norm(dim=-1).max() < 4
