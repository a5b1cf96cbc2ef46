"""CVAE, the VAE with label information: M2 without a classifier of its own.

A class y and a style z together draw an example x, and one encoder infers the style back:

    p(y) = Cat(1/K)      p(z) = N(0, I)      p(x|y,z) = Likelihood(decoder(z, y))
    q(z|x,y) = N(mean(x, y), exp(log_var(x, y)))

It classifies by comparing how well each class explains x, by Bayes' rule with bounds for densities:
q(y|x) is the softmax over y of bound(x, y) / T, with z at its mean. Bounds of two classes differ by
tens of nats, so without the learned temperature T it would always be sure. Where there are an
encoder's features, a classifier of them adds its scores to bound / T.

An example without a label is explained by a class of its own, "unknown", an extra row of encoder
and decoder: what it teaches them, all classes share. The other way is to sum over the classes,
log p(x) >= log sum_y exp(bound(x, y)), which is M2's -U at its best q(y|x): dearer, and no better.
It is the teacher's soft targets that earn the accuracy (2.3 % error on MNIST with 100 labels), so
the bound has a small weight, and this model tells classes apart better than it draws them.
Notes: benchmarks/notes/models-cvae.md

`sample` draws z from the aggregated q(z|x,y) of each class's examples, smoothed (class_codes.py);
its means draw z from p(z). Its decoder has learned to tell classes apart, and what it draws shows
it: a few seconds on small digits, and a judge reads one in six as asked. To draw, choose another.

Letters in shapes: B examples, D values an example has, K classes, Z latent dimensions.
Bounds are in nats.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .base import AbstractModel, Batch, Loss, ModelInputs, Phase, every_class, mean
from .classifiers import classifier
from .config import knob
from .distributions import (
    kl_to_standard_normal,
    log_gaussian,
    log_standard_normal,
    mean_and_log_var,
    sample_gaussian,
)
from .networks import ClassConditionalMLP, ImageEncoder, head, trunk


@dataclass(frozen=True)
class CVAEConfig:
    """The sizes of the networks, and how much describing counts next to telling classes apart."""

    latent_dim: int = knob(32, 1, 256, "how many numbers describe an example's style")
    hidden_dim: int = knob(128, 16, 4096, "width of the decoder's hidden layer; encoder's is twice")
    n_features: int = knob(128, 8, 4096, "what the encoder's convolutions make of an image")
    bound: float = knob(0.002, 0.0, 10.0, "weight of the bound, next to the classifier's own loss")
    learning_rate: float = knob(2e-3, 1e-6, 0.1, "step size of Adam")


UNKNOWN = -1  # the class of an example without a label
TEMPERATURE = 10.0  # nats; where it starts
# Examples whose pixels under ten classes fit a CPU's cache: twice as fast as 2048.
N_CACHED = 64


class CVAE(AbstractModel):
    """A class and a style draw an example; the class that draws it best is its class."""

    Config = CVAEConfig

    def __init__(self, inputs: ModelInputs, config: CVAEConfig):
        super().__init__()
        K, Z, H = inputs.n_classes, config.latent_dim, config.hidden_dim
        self.config, self.likelihood = config, inputs.likelihood
        self.n_classes, self.style_dim, self.n_features = K, Z, inputs.n_features
        self.encoder_trunk, n_in = trunk(inputs.shape, config.n_features, inputs.options)
        if inputs.options.sees_shapes(inputs.shape) and not inputs.n_features:
            # Once an example, not once a class; on MNIST it halves the error in the same time.
            n_in = config.n_features
            self.encoder_trunk = ImageEncoder(inputs.shape, n_in)
        self.encoder = ClassConditionalMLP(n_in, K + 1, 2 * H, 2 * Z)
        per_value = self.likelihood.parameters_per_value
        self.decoder = ClassConditionalMLP(
            Z, K + 1, H, head(H, inputs.shape, per_value, inputs.options)
        )
        # What the features say of the classes, beside what each class explains.
        self.reader = classifier(inputs, config.n_features, ()) if inputs.n_features else None
        self.log_temperature = nn.Parameter(torch.tensor(math.log(TEMPERATURE)))

    def classify(self, x: Tensor) -> Tensor:
        """Log q(y|x), the softmax of bound / T at the mean of z: (B, D) -> (B, K)."""
        in_parts = x.device.type == "cpu" and not torch.compiler.is_exporting()
        parts = x.split(N_CACHED) if in_parts else [x]
        return torch.cat([self._compare(part) for part in parts])

    def _compare(self, x: Tensor) -> Tensor:
        read = 0.0 if self.reader is None else self.reader(x).float()
        x, y = every_class(x, self.n_classes)
        z_mean, z_log_var = self.q_z(x, y)
        log_p_x = self.likelihood.log_prob(self.own(x), self.p_x(z_mean, y))
        bound = log_p_x - kl_to_standard_normal(z_mean, z_log_var)
        return (bound / self.log_temperature.exp() + read).log_softmax(-1)

    def encode(self, x: Tensor, y: Tensor) -> Tensor:
        """Mean of q(z|x,y): (B, D), (B,) -> (B, Z)."""
        return self.q_z(x, y)[0]

    def decode(self, z: Tensor, y: Tensor) -> Tensor:
        """Mean of p(x|y,z): (B, Z), (B,) -> (B, D)."""
        return self.likelihood.mean(self.p_x(z, y))

    def q_z(self, x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
        """Mean and log-variance of q(z|x,y): (..., D), (...) -> (..., Z), (..., Z)."""
        parameters = self.encoder(self.encoder_trunk(self.own(x)), y + 1)
        return mean_and_log_var(parameters)

    def p_x(self, z: Tensor, y: Tensor) -> Tensor:
        """Parameters of p(x|y,z): (..., Z), (...) -> (..., D * parameters_per_value)."""
        return self.decoder(z, y + 1).float()

    def explained(self, x: Tensor, y: Tensor) -> Tensor:
        """A lower bound of log p(x|y) from one draw of z: (..., D), (...) -> (...)."""
        z_mean, z_log_var = self.q_z(x, y)
        p_x = self.p_x(sample_gaussian(z_mean, z_log_var), y)
        log_p_x = self.likelihood.log_prob(self.own(x), p_x)
        return log_p_x - kl_to_standard_normal(z_mean, z_log_var)

    def bound(self, x: Tensor, y: Tensor) -> Tensor:
        """A lower bound of log p(x, y) from one draw of z: (..., D), (...) -> (...)."""
        return self.explained(x, y) - math.log(self.n_classes)

    def log_weight(self, x: Tensor, y: Tensor) -> Tensor:
        """Log p(x, y, z) - log q(z|x,y) at one draw of z: (..., D), (...) -> (...)."""
        z_mean, z_log_var = self.q_z(x, y)
        z = sample_gaussian(z_mean, z_log_var)
        log_p = self.likelihood.log_prob(self.own(x), self.p_x(z, y)) + log_standard_normal(z)
        return log_p - math.log(self.n_classes) - log_gaussian(z, z_mean, z_log_var)

    def loss(self, batch: Batch) -> Loss:
        """The labels' cross-entropy minus the weighted bound, which is averaged as in M2's Eq. 9.

        Where the teacher has a soft target, its likeliest class stands in for the label; and its
        own loss has the classes of warped examples, so the cross-entropy is left to it.
        """
        f, x, guess = batch.labelled_fraction, batch.x_unlabelled, {}
        y = torch.full((len(x),), UNKNOWN, device=x.device)
        if batch.soft_targets is None:
            log_q = self.classify(batch.x_labelled)
            guess["classifier"] = mean(F.nll_loss(log_q, batch.y_labelled, reduction="none"))
        else:
            y = torch.where(batch.soft_targets.any(-1), batch.soft_targets.argmax(-1), y)
        labelled = f * mean(self.bound(batch.x_labelled, batch.y_labelled))
        prior = torch.where(y == UNKNOWN, 0.0, -math.log(self.n_classes))
        unlabelled = (1 - f) * mean(self.explained(x, y) + prior)
        total = sum(guess.values()) - self.config.bound * (labelled + unlabelled)
        return Loss(total, {"labelled": labelled, "unlabelled": unlabelled, **guess})

    def phases(self) -> list[Phase]:
        """One optimiser for all of it."""
        return [Phase("bound", list(self.parameters()), self.loss, self.config.learning_rate)]
