"""M2, the generative semi-supervised model of Kingma et al. (2014), arXiv:1406.5298.

A class y and a style z together draw an example x (Eq. 2); two encoders infer them back (Eq. 4):

    p(y) = Cat(1/K)      p(z) = N(0, I)      p(x|y,z) = Likelihood(decoder(z, y))
    q(y|x) = Cat(softmax(classifier(x)))     q(z|x,y) = N(mean(x, y), exp(log_var(x, y)))

The class is marginalised exactly: an unlabelled example is seen under every class, in one pass
whose first layers do the example's share of the work once (see ClassConditionalMLP). Or, where
`min_class_probability` is not 0, under the classes that q(y|x) holds for likelier than that.

`sample` draws z from the aggregated q(z|x,y) of each class's examples, smoothed (class_codes.py);
its means draw z from p(z). Its classes are read, but are nearly one picture each where it had
seconds: with the full weight of the divergence a style says little (guided.py gives it a quarter).

Letters in shapes: B examples, D values an example has, P with its features, K classes, Z latent
dimensions, M pairs of an example and a class. Bounds are in nats.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .base import AbstractModel, Batch, Loss, ModelInputs, Phase, mean, seen_pairs, unless_taught
from .classifiers import FeatureTrunk
from .config import knob
from .distributions import (
    kl_to_standard_normal,
    log_gaussian,
    log_standard_normal,
    mean_and_log_var,
    sample_gaussian,
)
from .networks import ClassConditionalMLP, head, mlp, trunk


@dataclass(frozen=True)
class M2Config:
    """The size of an M2 and the weight of its classifier."""

    latent_dim: int = knob(50, 1, 256, "how many numbers describe an example's style")
    hidden_dim: int = knob(500, 16, 4096, "width of each network's hidden layers")
    n_layers: int = knob(1, 1, 4, "hidden layers of each network")
    alpha: float = knob(0.1, 0.0, 10.0, "weight of the classifier's own loss; Eq. 9's alpha / N")
    min_class_probability: float = knob(
        0.0, 0.0, 0.05, "classes less likely than this are left out of the bound"
    )
    learning_rate: float = knob(2e-3, 1e-6, 0.1, "step size of Adam")


class M2(AbstractModel):
    """A class and a style draw an example."""

    Config = M2Config

    def __init__(self, inputs: ModelInputs, config: M2Config):
        super().__init__()
        K, Z, H = inputs.n_classes, config.latent_dim, config.hidden_dim
        more = [H] * (config.n_layers - 1)
        self.config, self.likelihood = config, inputs.likelihood
        self.n_classes, self.style_dim, self.n_features = K, Z, inputs.n_features
        self.classifier_trunk: nn.Module
        if inputs.n_features:
            self.classifier_trunk, self.classifier = FeatureTrunk(inputs.n_features, H), mlp(H, K)
        else:
            self.classifier_trunk, n_in = trunk(inputs.shape, H, inputs.options)
            self.classifier = mlp(n_in, H, *more, K)
        self.encoder_trunk, n_in = trunk(inputs.shape, H, inputs.options)
        self.encoder = ClassConditionalMLP(n_in, K, H, mlp(H, *more, 2 * Z))
        drawn = head(H, inputs.shape, self.likelihood.parameters_per_value, inputs.options)
        if more:
            drawn = nn.Sequential(*mlp(H, *more), nn.ReLU(), drawn)
        self.decoder = ClassConditionalMLP(Z, K, H, drawn)

    def classify(self, x: Tensor) -> Tensor:
        """Log q(y|x) of every class: (B, P) -> (B, K)."""
        return self.classifier(self.classifier_trunk(x)).float().log_softmax(-1)

    def encode(self, x: Tensor, y: Tensor) -> Tensor:
        """Mean of q(z|x,y): (B, P), (B,) -> (B, Z)."""
        return self.q_z(x, y)[0]

    def decode(self, z: Tensor, y: Tensor) -> Tensor:
        """Mean of p(x|y,z): (B, Z), (B,) -> (B, D)."""
        return self.likelihood.mean(self.p_x(z, y))

    def q_z(self, x: Tensor, y: Tensor, of: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Mean and log-variance of q(z|x,y): (..., P), (...) -> (..., Z), (..., Z).

        `of`: see `terms`.
        """
        seen = self.encoder_trunk(self.own(x))
        return mean_and_log_var(self.encoder(seen, y, of))

    def p_x(self, z: Tensor, y: Tensor) -> Tensor:
        """Parameters of p(x|y,z): (..., Z), (...) -> (..., D * parameters_per_value)."""
        return self.decoder(z, y).float()

    def terms(self, x: Tensor, y: Tensor, of: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """E_q[log p(x|y,z)] from one draw, KL[q(z|x,y) || p(z)]: (..., P), (...) -> 2 x (...).

        `of` says of which example each class is: (B, P), (M,), (M,) -> 2 x (M,).
        """
        z_mean, z_log_var = self.q_z(x, y, of)
        z = sample_gaussian(z_mean, z_log_var)
        x = self.own(x) if of is None else self.own(x)[of]
        return self.likelihood.log_prob(x, self.p_x(z, y)), kl_to_standard_normal(z_mean, z_log_var)

    def bound(self, x: Tensor, y: Tensor) -> Tensor:
        """-L(x, y) <= log p(x, y), Eq. 6, from one draw of z: (..., P), (...) -> (...)."""
        log_p_x, kl = self.terms(x, y)
        return log_p_x - kl - math.log(self.n_classes)

    def log_weight(self, x: Tensor, y: Tensor) -> Tensor:
        """Log p(x, y, z) - log q(z|x,y) at one draw of z: (..., P), (...) -> (...)."""
        z_mean, z_log_var = self.q_z(x, y)
        z = sample_gaussian(z_mean, z_log_var)
        log_p = self.likelihood.log_prob(self.own(x), self.p_x(z, y)) + log_standard_normal(z)
        return log_p - math.log(self.n_classes) - log_gaussian(z, z_mean, z_log_var)

    def loss(self, batch: Batch) -> Loss:
        """J^alpha / N, Eq. 9, estimated from one batch; N counts the whole data set's examples.

        Its terms are those of the bound -L where the class is known and -U (Eq. 7) where not:
        -U(x) = sum_y q(y|x) (-L(x, y)) + H[q(y|x)].

        Where a teacher teaches q(y|x), the bound does not: with 100 labels it would be wrong more
        often. In the Ladder VAE: 2.1 % error, not 5.3 %.
        """
        n, x = len(batch.x_labelled), torch.cat([batch.x_labelled, batch.x_unlabelled])
        with unless_taught(batch):
            log_q_y = self.classify(x)
        i, y, log_q, weight = seen_pairs(batch, log_q_y[n:], self.config.min_class_probability)
        log_p_x, kl = self.terms(x, y, i)

        terms = {
            "picture": (weight * log_p_x).sum(),
            "style": -(weight * kl).sum(),
            "class": -(weight * (log_q + math.log(self.n_classes))).sum(),
        }
        guess = mean(F.nll_loss(log_q_y[:n], batch.y_labelled, reduction="none"))
        bound = torch.stack(list(terms.values())).sum()
        return Loss(self.config.alpha * guess - bound, {**terms, "classifier": guess})

    def phases(self) -> list[Phase]:
        """One optimiser for all of it."""
        return [Phase("bound", list(self.parameters()), self.loss, self.config.learning_rate)]
