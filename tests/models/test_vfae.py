"""VFAE against integrals that quadrature works out, and as an M2 where there are no domains."""

import math

import pytest
import torch

from ssvae_core.decoding.interpreter import decode as interpreted
from ssvae_core.models import MODELS, VFAE, Batch, ModelInputs
from ssvae_core.models.distributions import Bernoulli, log_bernoulli
from ssvae_core.models.drawing_program import style_program
from ssvae_core.models.m2 import M2, M2Config
from ssvae_core.training.chunks import run_to_end
from ssvae_core.training.learner import Learner
from ssvae_core.training.optimisation import Optimisation
from ssvae_core.training.prepared import prepared, warps_of
from tests.support.small_models import D, K, batch_of

S = 2


def vfae(n_domains=S, n_features=0, **knobs):
    torch.manual_seed(2)
    config = VFAE.Config(latent_dim=1, hidden_dim=16, n_domains=n_domains, **knobs)
    model = VFAE(ModelInputs((D,), K, Bernoulli(), n_features=n_features), config)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.mul_(2.0)
    return model


def with_domains(x, places):
    """Prepared examples, each with its domain behind it: (B, D), (B,) -> (B, D + S)."""
    s = torch.nn.functional.one_hot(torch.tensor(places), S).float()
    return torch.cat([x, s], -1)


@torch.no_grad()
def test_the_bound_and_the_weights_agree_with_quadrature():
    model = vfae()
    torch.manual_seed(0)
    x = with_domains((torch.rand(2, D) > 0.5).float(), [0, 1])
    z = torch.linspace(-8, 8, 4001)
    step = float(z[1] - z[0])
    for k in range(K):
        y = torch.full((2,), k)
        log_p, elbo = [], []
        z_mean, z_log_var = model.q_z(x, y)
        for row in range(2):
            s = x[row, D:].expand(len(z), S)
            logits = model.decoder(torch.cat([z[:, None], s], -1), torch.full((len(z),), k))
            log_x = log_bernoulli(x[row, :D], logits)
            log_z = -0.5 * (z.square() + math.log(2 * math.pi))
            log_p.append(((log_x + log_z).logsumexp(0) + math.log(step) - math.log(K)).item())
            q = torch.distributions.Normal(z_mean[row, 0], (0.5 * z_log_var[row, 0]).exp())
            log_q = q.log_prob(z)
            inside = log_x + log_z - math.log(K) - log_q
            elbo.append(float((log_q.exp() * inside).sum() * step))
        draws = 20_000
        many, ys = x.expand(draws, 2, -1), y.expand(draws, 2)
        bound = model.bound(many, ys).mean(0)
        torch.testing.assert_close(bound, torch.tensor(elbo), atol=0.05, rtol=0.02)
        weights = model.log_weight(many, ys).logsumexp(0) - math.log(draws)
        torch.testing.assert_close(weights, torch.tensor(log_p), atol=0.05, rtol=0.02)
        assert (bound < weights + 0.02).all()


def test_without_domains_its_loss_is_that_of_an_m2():
    model = vfae(n_domains=0)
    torch.manual_seed(5)
    inputs = ModelInputs((D,), K, Bernoulli())
    m2 = M2(inputs, M2Config(latent_dim=1, hidden_dim=16, n_layers=2))
    first = model.classifier_trunk[1]
    with torch.no_grad():
        m2.classifier[0].weight.copy_(first.weight)
        m2.classifier[0].bias.copy_(first.bias)
        m2.classifier[2].weight.zero_()  # two hidden layers there: the second passes on the first
        m2.classifier[2].weight.copy_(torch.eye(16))
        m2.classifier[2].bias.zero_()
        m2.classifier[4].load_state_dict(model.classifier[0].state_dict())
        m2.encoder.load_state_dict(model.encoder.state_dict())
        m2.decoder.first.load_state_dict(model.decoder.first.state_dict())
        m2.decoder.class_rows.load_state_dict(model.decoder.class_rows.state_dict())
        m2.decoder.last[0].load_state_dict(model.decoder.last[0].state_dict())
        m2.decoder.last[2].load_state_dict(model.decoder.last[2].state_dict())
    batch = batch_of(model)
    torch.manual_seed(7)
    ours = model.loss(batch)
    torch.manual_seed(7)
    theirs = m2.loss(batch)
    assert "discrepancy" not in ours.terms
    torch.testing.assert_close(ours.total, theirs.total)
    torch.testing.assert_close(ours.terms, theirs.terms)


@torch.no_grad()
def test_an_example_is_redrawn_in_its_own_or_another_domain():
    model = vfae()
    own, other = (with_domains(torch.full((1, D), 0.5), [place]) for place in (0, 1))
    y = torch.tensor([1])
    z = model.encode(own, y)
    assert torch.equal(model.redrawn(own, y), model.decode_in(z, y, own[:, D:]))
    assert torch.equal(model.redrawn(own, y, 0), model.redrawn(own, y))
    assert torch.equal(model.redrawn(own, y, 1), model.decode_in(z, y, other[:, D:]))
    assert not torch.allclose(model.redrawn(own, y, 1), model.redrawn(own, y, 0))
    assert not torch.allclose(z, model.encode(other, y))
    assert torch.equal(
        model.encode(own[:, :D], y),
        model.encode(torch.zeros(1, S + D) + torch.cat([own[:, :D], torch.zeros(1, S)], -1), y),
    )  # one whose domain is not known


@torch.no_grad()
@pytest.mark.parametrize("drawn_in", range(S))
def test_its_program_draws_in_the_domain_that_it_draws_in(drawn_in):

    model = vfae().eval()
    model.drawn_in = drawn_in
    z, y = torch.randn(4, 1), torch.tensor([0, 1, 2, 0])
    expected = model.decode(z, y).numpy()
    found = interpreted(style_program(model), z.numpy(), y.numpy())
    assert abs(found - expected).max() < 1e-4


def test_what_is_said_of_classes_does_not_look_at_the_domain():
    model = vfae(n_features=3).eval()
    x = torch.rand(4, D + S + 3)
    others = x.clone()
    others[:, D : D + S] = 1 - others[:, D : D + S]
    assert torch.equal(model.classify(x), model.classify(others))
    without = torch.cat([x[:, :D], x[:, -3:]], -1)
    assert torch.equal(model.classify(x), model.classify(without))


def test_the_domain_leaves_the_style_and_the_classifier():
    """Two domains that differ by a shift: with the discrepancy the styles tell them apart less."""
    torch.manual_seed(0)
    places = [0, 1] * 60
    raw = torch.rand(120, D) * 0.5 + 0.5 * torch.tensor(places)[:, None]
    x, y = with_domains(raw, places), torch.arange(120) % K
    apart = {}
    for mmd in (0.0, 50.0):
        model = vfae(mmd=mmd)
        optimisation = Optimisation(model, torch.device("cpu"), 5e-3)
        for _ in range(120):
            optimisation.step(Batch(x[:20], y[:20], x[20:], 0.2))
        with torch.no_grad():
            hidden = model._hidden(x)
            centre = hidden[::2].mean(0) - hidden[1::2].mean(0)
            apart[mmd] = float(centre.norm() / hidden.std(0).norm())
    assert apart[50.0] < 0.5 * apart[0.0]


def test_prepared_examples_carry_their_domain_for_it_alone():
    values, places = torch.randint(0, 255, (3, D), dtype=torch.uint8), torch.tensor([1, -1, 0])
    model = vfae()
    found = run_to_end(prepared(model, values, None, places.numpy()))
    assert found.shape == (3, D + S)
    assert found.features.tolist() == [[0, 1], [0, 0], [1, 0]]
    m2 = MODELS["m2"].make(ModelInputs((D,), K, Bernoulli()))
    assert run_to_end(prepared(m2, values, None, places.numpy())).shape == (3, D)
    features = run_to_end(prepared(vfae(n_features=2), values, torch.ones(3, 2), places.numpy()))
    assert features.features.tolist() == [[0, 1, 1, 1], [0, 0, 1, 1], [1, 0, 1, 1]]


def test_what_warps_images_leaves_their_domain():
    shape = (8, 8, 1)
    config = VFAE.Config(latent_dim=2, hidden_dim=16, n_domains=S)
    model = VFAE(ModelInputs(shape, K, Bernoulli()), config)
    values = torch.randint(0, 255, (6, 64), dtype=torch.uint8)
    x = torch.cat([values.float() / 255, torch.eye(S).repeat(3, 1)], -1)
    for warp in warps_of(model, values, shape):
        assert torch.equal(warp(x)[:, 64:], x[:, 64:])
        assert warp(x).shape == x.shape
    learner = Learner(
        model, MODELS["vfae"], values, shape, 0, domains=torch.tensor([0, 1] * 3).numpy()
    )
    learner.take_labels(torch.arange(6).numpy() % K, None)
    learner.step()
    assert learner.redraw(0, 1, 1).shape == (64,)
    assert "discrepancy" in learner.terms()
