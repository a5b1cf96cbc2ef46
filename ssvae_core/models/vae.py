"""M1, the latent-feature model of Kingma et al. (2014), section 2: a variational autoencoder.

A latent z draws an example x; an encoder infers it back:

    p(z) = N(0, I)      p(x|z) = Likelihood(decoder(z))
    q(z|x) = N(mean(x), exp(log_var(x)))

On colour images it works in their principal components, and both begin linear: the mean of q(z|x)
is the first components, and the decoder draws those. Networks learn what is to be added.

It knows no classes. Its latents are what the map shows, what labels propagate over, and what M2
learns from in M1+M2.

Letters in shapes: B examples, D values an example has, Z latent dimensions. Bounds are in nats.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from .abstract_vae import AbstractVAE
from .base import Batch, Loss, ModelInputs, Phase, mean
from .components import (
    Components,
    FromComponents,
    OnComponents,
    ResidualDecoder,
    resized,
    silence,
)
from .config import choice, knob
from .distributions import (
    LEAST_SCALE,
    SharedGaussian,
    kl_to_standard_normal,
    mean_and_log_var,
    sample_gaussian,
)
from .networks import head, mlp, trunk


@dataclass(frozen=True)
class VAEConfig:
    """The size of an M1."""

    latent_dim: int = knob(32, 1, 256, "how many numbers describe an example")
    hidden_dim: int = knob(600, 16, 4096, "width of each network's two hidden layers")
    beta: float = knob(1.0, 0.0, 20.0, "weight of the KL term; 1 is the bound itself")
    learning_rate: float = knob(1e-3, 1e-6, 0.1, "step size of Adam")
    pixels: str = choice("grey", ("grey", "drawn"), "as given, or black and white anew each step")


class VAE(AbstractVAE, OnComponents):
    """M1: features without labels."""

    Config = VAEConfig

    def __init__(self, inputs: ModelInputs, config: VAEConfig):
        super().__init__()
        H, Z = config.hidden_dim, config.latent_dim
        self.config, self.likelihood = config, inputs.likelihood
        self.latent_dim, self.beta, self.options = Z, config.beta, inputs.options
        self.trunk, n_features = trunk(inputs.shape, H, inputs.options)
        self.encoder = mlp(n_features, H, H, 2 * Z)
        last = head(H, inputs.shape, self.likelihood.parameters_per_value, inputs.options)
        self.is_linear_at_first = isinstance(last, FromComponents)
        self.decoder: nn.Module
        if isinstance(last, FromComponents):
            silence(self.encoder[-1])  # type: ignore[arg-type]
            self.decoder = ResidualDecoder(nn.Sequential(*mlp(Z, H, H), nn.ReLU()), last)
        else:
            self.decoder = nn.Sequential(*mlp(Z, H, H), nn.ReLU(), last)

    @torch.no_grad()
    def take_components(self, components: Components) -> None:
        """Begin as the linear M1 that explains these examples best: probabilistic PCA.

        Its noise is what the latents' components leave, and q(z|x) is as sure as that allows.
        """
        if not self.is_linear_at_first:
            return
        explained = components.scale[: self.latent_dim].square()
        n_values = len(components.mean)
        left = (components.variance - explained.sum() / n_values).clamp_min(LEAST_SCALE**2)
        log_var = (left / (left + explained)).log()
        last = self.encoder[-1]
        assert isinstance(last, nn.Linear)
        assert isinstance(self.likelihood, SharedGaussian)
        self.draws_untrained = True
        last.bias[self.latent_dim : self.latent_dim + len(log_var)] = log_var
        self.likelihood.log_scale.fill_(0.5 * left.log())

    def q_z(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Mean and log-variance of q(z|x): (..., D) -> (..., Z), (..., Z)."""
        seen = self.trunk(x)
        z_mean, z_log_var = mean_and_log_var(self.encoder(seen))
        if self.is_linear_at_first:
            z_mean = z_mean + resized(seen, self.latent_dim)
        return z_mean, z_log_var

    def decode(self, z: Tensor) -> Tensor:
        """Mean of p(x|z): (..., Z) -> (..., D)."""
        return self.likelihood.mean(self.decoder(z).float())

    def sample(self, n: int) -> Tensor:
        """N examples drawn from the prior: -> (n, D)."""
        device = next(self.parameters()).device
        return self.decode(torch.randn(n, self.latent_dim, device=device))

    def terms(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """E_q[log p(x|z)] from one draw, and KL[q(z|x) || p(z)]: (..., D) -> (...), (...)."""
        z_mean, z_log_var = self.q_z(x)
        z = sample_gaussian(z_mean, z_log_var)
        log_p_x = self.likelihood.log_prob(x, self.decoder(z).float())
        return log_p_x, kl_to_standard_normal(z_mean, z_log_var)

    def bound(self, x: Tensor) -> Tensor:
        """-J(x) <= log p(x), Eq. 5, from one draw of z: (..., D) -> (...)."""
        log_p_x, kl = self.terms(x)
        return log_p_x - kl

    def loss(self, batch: Batch) -> Loss:
        """-(E[log p(x|z)] - beta KL), averaged over the batch's examples; labels are not used."""
        x = torch.cat([batch.x_labelled, batch.x_unlabelled])
        if self.config.pixels == "drawn":
            x = self.likelihood.drawn(x)
        log_p_x, kl = self.terms(x)
        picture, style = mean(log_p_x), -mean(kl)
        return Loss(-(picture + self.beta * style), {"picture": picture, "style": style})

    def phases(self) -> list[Phase]:
        """One optimiser for all of it."""
        return [Phase("bound", list(self.parameters()), self.loss, self.config.learning_rate)]
