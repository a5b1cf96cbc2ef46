"""The adversarial autoencoders: their judges, their phases and the map's mixture."""

import copy
import dataclasses
import math

import pytest
import torch
import torch.nn.functional as F

from ssvae_core.models.aae import AAE
from ssvae_core.models.aae_map import SPREAD, AAEMap, sunflower
from ssvae_core.models.base import Batch, ModelInputs, every_class
from ssvae_core.models.distributions import Bernoulli, Gaussian
from ssvae_core.training.optimisation import Optimisation

D, K = 6, 3
CPU = torch.device("cpu")


def make(kind, n_classes=K, likelihood=None, **config):
    torch.manual_seed(2)
    inputs = ModelInputs((D,), n_classes, likelihood or Bernoulli())
    small = {"hidden_dim": 16, "judge_dim": 32} | config
    if kind is AAE:
        small = {"latent_dim": 2} | small
    return kind(inputs, kind.Config(**small))


def batch_of(n_labelled=5, n_unlabelled=7, fraction=0.3):
    torch.manual_seed(3)
    x = torch.rand(n_labelled + n_unlabelled, D)
    return Batch(x[:n_labelled], torch.arange(n_labelled) % K, x[n_labelled:], fraction)


def alone(model, index):
    """An optimisation of one phase of the plan only."""
    optimisation = Optimisation(model, CPU, 1e-2)
    optimisation.phases = optimisation.phases[index : index + 1]
    optimisation.optimizers = optimisation.optimizers[index : index + 1]
    return optimisation


@pytest.fixture(params=[AAE, AAEMap])
def model(request):
    return make(request.param)


PARTS = {
    AAE: {
        "encoder": ["classifier", "encoder"],
        "decoder": ["from_class", "from_style", "decoder"],
        "judge": ["class_judge", "judge_style", "judge_told", "style_judge"],
    },
    AAEMap: {
        "encoder": ["gate", "encoder"],
        "decoder": ["decoder"],
        "judge": ["from_place", "from_class", "judge"],
    },
}

# The plan


@pytest.mark.parametrize(
    ("index", "moved"), [(0, {"encoder", "decoder"}), (1, {"judge"}), (2, {"encoder"})]
)
def test_a_phase_moves_its_own_parts_and_no_other(model, index, moved):
    before = copy.deepcopy(model)
    alone(model, index).step(batch_of())
    for side, parts in PARTS[type(model)].items():
        for part in parts:
            ours, theirs = getattr(model, part), getattr(before, part)
            same = [
                torch.equal(a, b)
                for a, b in zip(ours.parameters(), theirs.parameters(), strict=True)
            ]
            assert not any(same) if side in moved else all(same), part


def test_every_parameter_is_in_a_phase_and_the_classifier_in_the_first(model):
    planned = {id(p) for phase in model.phases() for p in phase.parameters}
    assert planned == {id(p) for p in model.parameters()}
    model.classify(batch_of().x_labelled).sum().backward()
    reached = {id(p) for p in model.parameters() if p.grad is not None}
    assert reached
    assert reached <= {id(p) for p in model.phases()[0].parameters}


def test_the_phases_say_their_terms_under_different_names(model):
    names = [name for phase in model.phases() for name in phase.loss(batch_of()).terms]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(("n_labelled", "n_unlabelled"), [(5, 0), (0, 7), (1, 0), (0, 1), (0, 0)])
def test_every_phase_is_finite_when_a_part_is_empty(model, n_labelled, n_unlabelled):
    for phase in model.phases():
        loss = phase.loss(batch_of(n_labelled, n_unlabelled))
        assert loss.total.isfinite()
        assert all(term.isfinite() for term in loss.terms.values())


def test_the_first_loss_is_the_classifier_minus_the_weighted_picture(model):
    loss, config = model.loss(batch_of()), model.config
    terms = loss.terms
    expected = terms["classifier"] - config.picture * terms["picture"]
    if isinstance(model, AAEMap):
        expected = expected + config.gate * terms["gate"]
    else:
        expected = expected + config.reader * terms["reader"]
    torch.testing.assert_close(loss.total, expected)


def test_beside_a_teacher_the_reconstruction_does_not_teach_the_classifier():
    aae = make(AAE)
    for soft_targets, taught in ((None, True), (torch.full((7, K), 1 / K), False)):
        aae.zero_grad()
        aae.loss(dataclasses.replace(batch_of(), soft_targets=soft_targets)).total.backward()
        assert all((p.grad is not None) == taught for p in aae.classifier.parameters())
        assert all(p.grad is not None for p in aae.encoder.parameters())


def test_beside_a_teacher_nothing_else_teaches_the_gate_of_the_map():
    aae = make(AAEMap)
    for soft_targets, taught in ((None, True), (torch.full((7, K), 1 / K), False)):
        for phase in (aae.phases()[0], aae.phases()[2]):
            aae.zero_grad()
            phase.loss(dataclasses.replace(batch_of(), soft_targets=soft_targets)).total.backward()
            assert all((p.grad is not None) == taught for p in aae.gate.parameters())
            assert all(p.grad is not None for p in aae.encoder.parameters())


def test_fooling_raises_what_the_judge_believes_of_the_codes(model):
    torch.manual_seed(0)
    batch, fool = batch_of(32, 96), model.phases()[2]
    judges = alone(model, 1)
    for _ in range(100):
        judges.step(batch)
    before = fool.loss(batch).total.item()
    encoder = alone(model, 2)
    for _ in range(100):
        encoder.step(batch)
    assert fool.loss(batch).total.item() < 0.5 * before


@pytest.mark.parametrize("likelihood", [Bernoulli(), Gaussian()], ids=["bernoulli", "gaussian"])
@pytest.mark.parametrize("kind", [AAE, AAEMap])
def test_the_bound_of_every_class_at_once_is_that_of_one_after_the_other(kind, likelihood):
    model, x = make(kind, likelihood=likelihood), torch.rand(4, D)
    at_once = model.bound(*every_class(x, K))
    assert at_once.shape == (4, K)
    for k in range(K):
        torch.testing.assert_close(at_once[:, k], model.bound(x, torch.full((4,), k)))
    assert (at_once[:, 0] - at_once[:, 1]).abs().max() > 1e-4


def test_a_code_without_density_is_refused(model):
    with pytest.raises(TypeError, match="has no density"):
        model.log_weight(torch.rand(2, D), torch.tensor([0, 1]))


# The judges at their optimum


def judge_loss_at_optimum(model, batch, steps=400):
    """The judge's loss, trained with everything else standing still, averaged at the end."""
    phase = model.phases()[1]
    optimizer = torch.optim.Adam(phase.parameters, 3e-3)
    losses = []
    for _ in range(steps):
        optimizer.zero_grad()
        loss = phase.loss(batch)
        loss.total.backward()
        optimizer.step()
        losses.append(loss.terms)
    return {name: sum(one[name].item() for one in losses[-100:]) / 100 for name in loss.terms}


def test_the_judges_find_nothing_where_codes_are_spread_as_the_priors():
    """Codes drawn from the priors themselves: each judge's best is log 2 for either side."""
    torch.manual_seed(0)
    aae = make(AAE)
    aae.codes = lambda x: (
        F.one_hot(torch.randint(K, (len(x),)), K).float().log().clamp(min=-30.0),
        torch.randn(len(x), 2),
    )
    found = judge_loss_at_optimum(aae, batch_of(0, 64))
    assert found["class judge"] == pytest.approx(2 * math.log(2), abs=0.02)
    assert found["style judge"] == pytest.approx(2 * math.log(2), abs=0.02)


def test_the_style_judge_reaches_the_jensen_shannon_divergence():
    """2 log 2 - 2 JS(p, q), with q = N(1.5, 1) for one style and the divergence by quadrature."""
    torch.manual_seed(0)
    blur = 0.3
    aae = make(AAE, latent_dim=1, blur=blur)
    aae.codes = lambda x: (torch.zeros(len(x), K), 1.5 + torch.randn(len(x), 1))
    found = judge_loss_at_optimum(aae, batch_of(0, 64))["style judge"]

    z, variance = torch.linspace(-10, 12, 8001), 1 + blur**2
    p, q = (
        torch.exp(-0.5 * (z - mean) ** 2 / variance) / math.sqrt(2 * math.pi * variance)
        for mean in (0.0, 1.5)
    )
    expected = -torch.trapezoid(p * (p / (p + q)).log() + q * (q / (p + q)).log(), z)
    assert found == pytest.approx(expected.item(), abs=0.03)
    assert found < 1.1  # far from the 2 log 2 of a judge that has learned nothing


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


def test_the_style_judge_finds_a_style_that_holds_the_class():
    """Styles spread as p(z) in all, but each class on its own side of 0."""
    torch.manual_seed(0)
    found = {}
    for holds in (False, True):
        aae = make(AAE, latent_dim=1, blur=0.05)

        def codes(x, holds=holds):
            y, z = torch.randint(2, (len(x),)), torch.randn(len(x), 1)
            z = z.abs() * (2 * y[:, None] - 1) if holds else z
            return F.one_hot(y, K).float().log().clamp(min=-30.0), z

        aae.codes = codes
        found[holds] = judge_loss_at_optimum(aae, batch_of(0, 64))["style judge"]
    assert found[False] == pytest.approx(2 * math.log(2), abs=0.04)
    # Half of the draws stand on the wrong side and are found out. On the right side there are two
    # codes for every draw left: a draw costs log 3 there, a code log 3 - log 2.
    assert found[True] == pytest.approx(1.5 * math.log(3) - math.log(2), abs=0.1)


# The adversarial autoencoder


def test_a_share_of_one_class_decodes_as_that_class():
    aae, z, y = make(AAE), torch.randn(4, 2), torch.tensor([0, 1, 2, 1])
    drawn = aae.decode(z, y)
    torch.testing.assert_close(drawn, aae.p_x(z, F.one_hot(y, K).float()).sigmoid())
    assert not torch.allclose(drawn, aae.decode(z, (y + 1) % K), atol=1e-3)


def test_an_unlabelled_picture_is_redrawn_from_its_guess_and_a_labelled_one_from_its_label():
    aae = make(AAE, noise=0.0)
    batch = batch_of()
    x, n = torch.cat([batch.x_labelled, batch.x_unlabelled]), 5
    log_q, z = aae.codes(x)
    labelled = aae.bound(x[:n], batch.y_labelled)
    guessed = aae.likelihood.log_prob(x[n:], aae.p_x(z[n:], log_q[n:].exp()))
    expected = 0.3 * labelled.mean() + 0.7 * guessed.mean()
    torch.testing.assert_close(aae.loss(batch).terms["picture"], expected)


# The map


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
