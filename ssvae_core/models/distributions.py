"""Log densities, divergences and reparametrised draws of the distributions the models are made of.

Letters in shapes: B examples, D values an example has, K classes, Z latent dimensions; `...` is any
leading shape, and leading shapes broadcast. Densities and divergences are in nats.
"""

from __future__ import annotations

import math
from abc import abstractmethod

import torch
import torch.nn.functional as F
from torch import Tensor, nn

LOG_2_PI = math.log(2 * math.pi)
# Of a shared Gaussian, as shares of white: at first, and where it stays. The least is half a byte.
FIRST_SCALE, LEAST_SCALE, MOST_SCALE = 0.15, 0.002, 1.0
# Of a latent, where the prior has 0: beyond, it moves as a logarithm, and its exponential stays a
# number. A step that is too long ends there, and the next ones lead back.
LEAST_LOG_VAR, MOST_LOG_VAR = -20.0, 4.0


def log_bernoulli(x: Tensor, logits: Tensor) -> Tensor:
    """Log Bernoulli(x; sigmoid(logits)), summed over the last axis: (..., D), (..., D) -> (...).

    x may lie anywhere in [0, 1]; between the ends this is the usual cross-entropy of grey values.
    """
    return (x * logits - F.softplus(logits)).sum(-1)


def log_gaussian(x: Tensor, mean: Tensor, log_var: Tensor) -> Tensor:
    """Log N(x; mean, diag exp(log_var)): (..., D), (..., D), (..., D) -> (...)."""
    return -0.5 * ((x - mean).square() * (-log_var).exp() + log_var + LOG_2_PI).sum(-1)


def log_standard_normal(z: Tensor) -> Tensor:
    """Log N(z; 0, I): (..., Z) -> (...)."""
    return -0.5 * (z.square() + LOG_2_PI).sum(-1)


def kl_to_standard_normal(mean: Tensor, log_var: Tensor) -> Tensor:
    """KL[N(mean, diag exp(log_var)) || N(0, I)]: (..., Z), (..., Z) -> (...)."""
    return 0.5 * (mean.square() + log_var.exp() - 1 - log_var).sum(-1)


def mean_and_log_var(parameters: Tensor) -> tuple[Tensor, Tensor]:
    """What a network says of latents: (..., 2 Z) -> (..., Z), (..., Z); see MOST_LOG_VAR."""
    z_mean, said = parameters.float().chunk(2, -1)
    within = said.clamp(LEAST_LOG_VAR, MOST_LOG_VAR)
    beyond = said - within
    return z_mean, within + beyond.sign() * beyond.abs().log1p()


def entropy(log_p: Tensor) -> Tensor:
    """Entropy of a categorical distribution given by normalised log p: (..., K) -> (...)."""
    return torch.special.entr(log_p.exp()).sum(-1)


def sample_gaussian(mean: Tensor, log_var: Tensor) -> Tensor:
    """One reparametrised draw from N(mean, diag exp(log_var)): (..., Z), (..., Z) -> (..., Z)."""
    return mean + (0.5 * log_var).exp() * torch.randn_like(mean)


def sample_categorical(p: Tensor) -> Tensor:
    """One draw from each distribution p, which need not add up to one: (..., K) -> (...).

    As torch.multinomial draws, but p is not looked at: where it holds a nan, the check of
    multinomial ends all work on a GPU for this process, and before that it makes it wait.
    """
    return (p / torch.empty_like(p).exponential_()).argmax(-1)


class Likelihood(nn.Module):
    """How an example is drawn around what a decoder says: p(x | parameters).

    What it learns itself, a model learns with its decoder.
    """

    parameters_per_value: int

    @abstractmethod
    def log_prob(self, x: Tensor, parameters: Tensor) -> Tensor:
        """Log p(x | parameters): (..., D), (..., D * parameters_per_value) -> (...)."""

    @abstractmethod
    def mean(self, parameters: Tensor) -> Tensor:
        """E[x | parameters], in the range of x: (..., D * parameters_per_value) -> (..., D)."""

    def drawn(self, x: Tensor) -> Tensor:
        """Values drawn by those of x where they are chances, x itself where not: (..., D)."""
        return x


class Bernoulli(Likelihood):
    """Grey values in [0, 1], each pixel on its own; the decoder gives logits."""

    parameters_per_value = 1

    def log_prob(self, x: Tensor, parameters: Tensor) -> Tensor:
        """See Likelihood."""
        return log_bernoulli(x, parameters)

    def mean(self, parameters: Tensor) -> Tensor:
        """See Likelihood."""
        return parameters.sigmoid()

    def drawn(self, x: Tensor) -> Tensor:
        """See Likelihood: each pixel black or white, its grey value the chance of white."""
        return (torch.rand_like(x) < x).to(x.dtype)


class Gaussian(Likelihood):
    """Real values; the decoder gives means and log-variances, kept within [-6, 6].

    The limits keep one value that the decoder knows exactly from taking over the bound.
    """

    parameters_per_value = 2

    def log_prob(self, x: Tensor, parameters: Tensor) -> Tensor:
        """See Likelihood."""
        mean, log_var = parameters.chunk(2, -1)
        return log_gaussian(x, mean, log_var.clamp(-6, 6))

    def mean(self, parameters: Tensor) -> Tensor:
        """See Likelihood."""
        return parameters.chunk(2, -1)[0]


class SharedGaussian(Likelihood):
    """Pixels in [0, 1] of any colour; the decoder gives means, one variance of all is learned.

    A variance of its own for every pixel lets those that are easy explain the whole bound, and the
    means of all others run away: on photographs, noise. What is drawn is cut at 0 and 1, as a
    camera cuts it. Rybkin et al. (2021), arXiv:2006.13202. Notes:
    benchmarks/notes/models-components.md
    """

    parameters_per_value = 1

    def __init__(self) -> None:
        super().__init__()
        self.log_scale = nn.Parameter(torch.tensor(math.log(FIRST_SCALE)))

    def log_prob(self, x: Tensor, parameters: Tensor) -> Tensor:
        """See Likelihood."""
        log_scale = self.log_scale.clamp(math.log(LEAST_SCALE), math.log(MOST_SCALE))
        squares = (x - parameters).square().sum(-1)
        n_values = parameters.shape[-1]
        return -0.5 * (squares * (-2 * log_scale).exp() + n_values * (2 * log_scale + LOG_2_PI))

    def mean(self, parameters: Tensor) -> Tensor:
        """See Likelihood."""
        return parameters.clamp(0, 1)
