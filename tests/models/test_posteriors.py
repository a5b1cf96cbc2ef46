"""What a model infers as a Gaussian is what it encodes, and as wide as its own densities say."""

import pytest
import torch

from ssvae_core.models import MODELS
from ssvae_core.models.distributions import kl_to_standard_normal
from ssvae_core.models.posteriors import code_posterior, style_posterior
from tests.support.small_models import D, K, joined, make

POINTS = {"aae", "aae-map"}


@pytest.mark.parametrize("n_features", [0, 5])
@pytest.mark.parametrize("name", MODELS)
@torch.no_grad()
def test_means_of_posteriors_are_what_the_model_encodes(name, n_features):
    model = make(name, n_features=n_features).eval()
    torch.manual_seed(0)
    x, y = joined(model, torch.rand(5, D)), torch.arange(5) % K
    style, code = style_posterior(model, x, y), code_posterior(model, x, y)
    if name in POINTS:
        assert style is None
        assert code is None
        return
    assert torch.allclose(style[0], model.encode(x, y), atol=1e-5)
    assert torch.allclose(code[0], model.code(x, y), atol=1e-5)
    for found in (style, code):
        assert found[0].shape == found[1].shape
        assert found[1].isfinite().all()


@torch.no_grad()
def test_kl_of_a_style_is_that_of_the_bound():
    model = make("m2").eval()
    x, y = torch.rand(5, D), torch.arange(5) % K
    assert torch.allclose(
        kl_to_standard_normal(*style_posterior(model, x, y)), model.terms(x, y)[1]
    )
    model = make("ladder").eval()
    kl = kl_to_standard_normal(*style_posterior(model, x, y))
    layers, _ = model.descend(model.features(x), y, lambda z_mean, _: z_mean)
    expected = sum(
        torch.distributions.kl_divergence(
            torch.distributions.Normal(q[0], (0.5 * q[1]).exp()),
            torch.distributions.Normal(p[0], (0.5 * p[1]).exp()),
        ).sum(-1)
        for q, p, _ in layers
    )
    assert torch.allclose(kl, expected, rtol=1e-4)


@torch.no_grad()
def test_the_style_of_m1_is_as_wide_as_draws_of_its_latents_say():
    model = make("m1")
    x = model.prepare(torch.rand(6, D))
    model.take_labels(x, torch.arange(6) % K, None)
    y = torch.tensor([1])
    _, log_var = style_posterior(model, x[:1], y)
    z_mean, z_log_var = x[:1].chunk(2, -1)
    draws = z_mean + (0.5 * z_log_var).exp() * torch.randn(200_000, z_mean.shape[1])
    styles = model._style(draws, y.expand(len(draws)))
    assert torch.allclose(styles.var(0).log(), log_var[0], atol=0.02)
