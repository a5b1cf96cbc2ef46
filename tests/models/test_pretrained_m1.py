"""An M1 of a pretrained autoencoder: closed forms against Bayes' rule, and what it remembers."""

import copy

import pytest
import torch

from ssvae_core.models.pretrained_m1 import PretrainedConfig, PretrainedM1
from tests.support.small_autoencoder import SIZES, new_autoencoder


def m1_for(shape, latent_dim=5):
    m1 = PretrainedM1(shape, PretrainedConfig(latent_dim, SIZES))
    m1.autoencoder.load_state_dict(new_autoencoder().state_dict())
    return m1


@pytest.fixture
def m1():
    """For 8 x 8 colour images, of which it has seen 80."""
    made = m1_for((8, 8, 3))
    torch.manual_seed(1)
    with torch.no_grad():
        made.fit(made.latents(torch.rand(80, 192)))
    return made


def test_q_is_bayes_rule_on_the_latents(m1):
    x = torch.rand(3, 192)
    v = m1.latents(x).double()
    W, noise = m1.loadings.double(), m1.noise.double()
    precision = torch.eye(5, dtype=torch.float64) + W.T @ W / noise
    expected = (v - m1.centre) @ W / noise @ torch.linalg.inv(precision)
    z_mean, z_log_var = m1.q_z(x)
    assert torch.allclose(z_mean.double(), expected, atol=1e-3)
    covariance = torch.linalg.inv(precision)
    assert torch.allclose(torch.diag(z_log_var[0].exp().double()), covariance, atol=1e-3)


def test_its_components_are_those_of_the_largest_likelihood(m1):
    torch.manual_seed(2)
    factor, noise = torch.randn(16, 5), 0.3
    v = torch.randn(20_000, 5) @ factor.T + noise**0.5 * torch.randn(20_000, 16) + 2
    m1.fit(v)
    assert float(m1.noise) == pytest.approx(noise, rel=0.05)
    found = m1.loadings @ m1.loadings.T
    assert torch.allclose(found, factor @ factor.T, atol=0.35)
    assert torch.allclose(m1.centre, v.mean(0), atol=1e-4)
    z = m1.means_of(v)
    both = z.T @ z / len(z) + torch.diag(m1.noise / m1.variances)
    assert torch.allclose(both, torch.eye(5), atol=0.02)  # whitened, means and what is drawn about


def test_a_drawing_is_the_decoder_at_the_mean_of_the_latents_in_the_range_of_pixels(m1):
    z = 3 * torch.randn(2, 3, 5)
    drawn = m1.decode(z)
    assert drawn.shape == (2, 3, 192)
    assert float(drawn.min()) >= 0
    assert float(drawn.max()) <= 1
    latents = (m1.centre + m1.loadings @ z[1, 2]).reshape(1, 4, 2, 2)
    expected = m1.autoencoder.decode(latents)[0].permute(1, 2, 0).clamp(0, 1)
    assert torch.allclose(drawn[1, 2], expected.flatten(), atol=1e-5)


@pytest.mark.parametrize("shape", [(8, 8, 1), (9, 6, 3), (8, 8, 4)])
def test_it_sees_and_draws_images_of_other_shapes(shape):
    m1, n = m1_for(shape), shape[0] * shape[1] * shape[2]
    x = torch.rand(40, n)
    m1.fit(m1.latents(x))
    z_mean, _ = m1.q_z(x[:2])
    assert z_mean.shape == (2, 5)
    assert m1.decode(z_mean).shape == (2, n)
    if shape[2] == 4:
        assert bool((m1.decode(z_mean).reshape(2, 8, 8, 4)[..., 3] == 1).all())


def test_an_image_is_encoded_once_and_any_copy_knows_it(m1, monkeypatch):
    x, seen = torch.rand(5, 192), []
    encode = m1.autoencoder.encode
    monkeypatch.setattr(m1.autoencoder, "encode", lambda x: (seen.append(len(x)), encode(x))[1])
    first, _ = m1.q_z(x)
    again, _ = copy.deepcopy(m1).q_z(x.flip(0)[None])
    assert seen == [5]
    assert torch.equal(again[0].flip(0), first)
    assert m1.q_z(x[:0])[0].shape == (0, 5)


def test_nothing_of_it_learns(m1):
    assert not any(parameter.requires_grad for parameter in m1.parameters())
    assert not list(m1.buffers())  # no checkpoint repeats it


def test_an_image_first_seen_in_half_precision_is_kept_in_full(m1):
    x = torch.rand(4, 192)
    expected = m1.means_of(m1.latents(x))
    with torch.autocast("cpu", torch.bfloat16):
        z_mean, _ = m1.q_z(x)
    assert z_mean.dtype == torch.float32
    assert torch.allclose(z_mean, expected, atol=0.05 * float(expected.abs().max()))
