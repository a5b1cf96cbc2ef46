"""Every model in a size that quadrature can follow."""

import dataclasses

import torch

from ssvae_core.models import M1, MODELS, VAE, Batch, ModelInputs
from ssvae_core.models.distributions import Bernoulli
from ssvae_core.models.joined import Joined

D, K = 6, 3
N_FEATURES = 5
N_DRAWS = 100_000


def make_m1(latent_dim=4):
    """An untrained M1 that is fairly sure of its latents."""
    torch.manual_seed(1)
    m1 = VAE(ModelInputs((D,), 1, Bernoulli()), VAE.Config(latent_dim, 16))
    with torch.no_grad():
        m1.encoder[0].weight.mul_(8)
        m1.encoder[-1].weight[:latent_dim] *= 4
        m1.encoder[-1].bias[latent_dim:] -= 4
    return m1


def small_config(spec, latent_dim=2):
    fields = {field.name for field in dataclasses.fields(spec.config)}
    small = {"latent_dim": latent_dim, "hidden_dim": 16}
    small = {name: value for name, value in small.items() if name in fields}
    return dataclasses.replace(spec.config, **small)


def make(name, latent_dim=2, n_features=0):
    """A small model of this name, with weights large enough to be far from uniform."""
    m1 = make_m1()
    torch.manual_seed(2)
    spec = MODELS[name]
    latents = m1.encode(torch.rand(50, D)).detach()
    inputs = ModelInputs((D,), K, Bernoulli(), m1, latents, n_features=n_features)
    model = spec.model(inputs, small_config(spec, latent_dim))
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.requires_grad:
                parameter.mul_(2.0)
    if n_features and isinstance(model, M1):  # which sees its landmarks with the first labels
        x, y = joined(model, torch.rand(50, D)), torch.arange(50) % K
        model.take_labels(Joined(model.own(x), x[:, -n_features:]), y, None)
    return model.eval() if n_features else model  # without dropout


def joined(model, x):
    """Prepared, with random features behind it if the model takes some: (B, D) -> (B, P)."""
    features = torch.nn.functional.normalize(torch.randn(len(x), model.n_features), dim=-1)
    return torch.cat([model.prepare(x), features], -1) if model.n_features else model.prepare(x)


def batch_of(model, n_labelled=5, n_unlabelled=7, fraction=0.3):
    torch.manual_seed(3)
    x = joined(model, torch.rand(n_labelled + n_unlabelled, D))
    y = torch.arange(n_labelled) % K
    return Batch(x[:n_labelled], y, x[n_labelled:], fraction)
