"""VFAE, the variational fair autoencoder of Louizos et al. (2016), arXiv:1511.00830.

It is M2 with domains. A class y, a style z and a domain s, such as the scanner that an example
comes from, together draw an example x. The domain is observed, and the style is to know nothing of
it:

    p(y) = Cat(1/K)    p(z) = N(0, I)      p(x|y,z,s) = Likelihood(decoder(z, s, y))
    q(y|x) = Cat(softmax(classifier(x)))   q(z|x,y,s) = N(mean(x, s, y), exp(log_var(x, s, y)))

So an example is drawn again in another domain by another s, of the same z and y. What the bound
alone leaves of s in z is taken out by the maximum mean discrepancy (Gretton et al. 2012) between
the z of each domain and of all others, the paper's Eq. 8; and so is what the classifier's hidden
units know of it, as a classifier that tells domains apart learns each of them by itself.

It departs from the paper in two things. There is one layer of latents, M2's, not two: q(y|x) reads
the example, not z1, and is taught by a teacher like any other. And the discrepancy is computed with
kernels, not with random features, as a step sees few examples. Where the examples have no domain,
or all have one, nothing of s is left: it is an M2. One whose domain is not known has s = 0.

`sample` draws z from the aggregated q(z|x,y,s) of each class's examples, smoothed (class_codes.py),
in the domain `drawn_in`; its means draw z from p(z).

Letters in shapes: B examples, D values an example has, S domains, P its values, its domain (one of
S numbers is 1) and its features, K classes, Z latent dimensions, H hidden units, M pairs of an
example and a class. Bounds are in nats.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .base import AbstractModel, Batch, Loss, ModelInputs, Phase, mean, seen_pairs, unless_taught
from .classifiers import classifier_trunk
from .config import knob
from .discrepancy import discrepancy
from .distributions import kl_to_standard_normal, log_gaussian, log_standard_normal, sample_gaussian
from .networks import ClassConditionalMLP, head, mlp, trunk


@dataclass(frozen=True)
class VFAEConfig:
    """The sizes of the networks, and how hard the domain is kept out of what they say."""

    latent_dim: int = knob(20, 1, 256, "how many numbers describe an example's style")
    hidden_dim: int = knob(400, 16, 4096, "width of each network's hidden layers")
    alpha: float = knob(0.1, 0.0, 10.0, "weight of the classifier's own loss; Eq. 9's alpha / N")
    mmd: float = knob(10.0, 0.0, 1000.0, "weight of the discrepancy between domains; 0 leaves it")
    n_domains: int = knob(0, 0, 250, "domains of the examples; 0: those of the data set")
    learning_rate: float = knob(2e-3, 1e-6, 0.1, "step size of Adam")


class VFAE(AbstractModel):
    """A class, a style and a domain draw an example; the style knows nothing of the domain."""

    Config = VFAEConfig
    takes_domains = True

    def __init__(self, inputs: ModelInputs, config: VFAEConfig):
        super().__init__()
        K, Z, H, S = inputs.n_classes, config.latent_dim, config.hidden_dim, config.n_domains
        self.config, self.likelihood = config, inputs.likelihood
        self.n_classes, self.style_dim, self.n_features = K, Z, inputs.n_features
        self.n_values, self.n_domains, self.drawn_in = inputs.n_values, S, 0
        first = classifier_trunk(inputs, H)
        if first is None:
            seen, n_in = trunk(inputs.shape, H, inputs.options)
            first = nn.Sequential(seen, nn.Linear(n_in, H), nn.ReLU())
        self.classifier_trunk, self.classifier = first, mlp(H, K)
        self.encoder_trunk, n_in = trunk(inputs.shape, H, inputs.options)
        self.encoder = ClassConditionalMLP(n_in + S, K, H, mlp(H, H, 2 * Z))
        drawn = head(H, inputs.shape, self.likelihood.parameters_per_value, inputs.options)
        self.decoder = ClassConditionalMLP(
            Z + S, K, H, nn.Sequential(nn.Linear(H, H), nn.ReLU(), drawn)
        )

    def own(self, x: Tensor) -> Tensor:
        """A prepared example's values alone: (..., P) -> (..., D)."""
        return x[..., : self.n_values]

    def domain(self, x: Tensor) -> Tensor:
        """Its domain, 0 where that is not told: (..., P) -> (..., S)."""
        has_domain = x.shape[-1] == self.n_values + self.n_domains + self.n_features
        if has_domain:
            return x[..., self.n_values : self.n_values + self.n_domains]
        return x.new_zeros(*x.shape[:-1], self.n_domains)

    def classify(self, x: Tensor) -> Tensor:
        """Log q(y|x) of every class: (B, P) -> (B, K)."""
        return self._named(self._hidden(x))

    def _hidden(self, x: Tensor) -> Tensor:
        """What the classifier's hidden units say: (B, P) -> (B, H)."""
        seen: Tensor = self.classifier_trunk(x if self.n_features else self.own(x))
        return seen.float()

    def _named(self, hidden: Tensor) -> Tensor:
        named: Tensor = self.classifier(hidden)
        return named.float().log_softmax(-1)

    def encode(self, x: Tensor, y: Tensor) -> Tensor:
        """Mean of q(z|x,y,s): (B, P), (B,) -> (B, Z)."""
        return self.q_z(x, y)[0]

    def decode(self, z: Tensor, y: Tensor) -> Tensor:
        """Mean of p(x|y,z,s) in the domain `drawn_in`: (B, Z), (B,) -> (B, D)."""
        return self.decode_in(z, y, self.one_domain(z, self.drawn_in))

    def decode_in(self, z: Tensor, y: Tensor, s: Tensor) -> Tensor:
        """Mean of p(x|y,z,s): (B, Z), (B,), (B, S) -> (B, D)."""
        return self.likelihood.mean(self.p_x(z, y, s))

    def redrawn(self, x: Tensor, y: Tensor, domain: int | None = None) -> Tensor:
        """See AbstractModel: in its own domain, or as it would be in another one."""
        s = self.domain(x) if domain is None else self.one_domain(x, domain)
        return self.decode_in(self.encode(x, y), y, s)

    def one_domain(self, like: Tensor, domain: int) -> Tensor:
        """The same domain for every row: (B, ...) -> (B, S)."""
        s = like.new_zeros(*like.shape[:-1], self.n_domains)
        if self.n_domains:
            s[..., domain] = 1.0
        return s

    def q_z(self, x: Tensor, y: Tensor, of: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Mean and log-variance of q(z|x,y,s): (..., P), (...) -> (..., Z), (..., Z).

        `of` says of which example each class is: (B, P), (M,), (M,) -> 2 x (M, Z).
        """
        seen = torch.cat([self.encoder_trunk(self.own(x)), self.domain(x)], -1)
        z_mean, z_log_var = self.encoder(seen, y, of).float().chunk(2, -1)
        return z_mean, z_log_var

    def p_x(self, z: Tensor, y: Tensor, s: Tensor) -> Tensor:
        """Parameters of p(x|y,z,s): (..., Z), (...), (..., S) -> (..., D parameters_per_value)."""
        if z.shape[:-1] != s.shape[:-1]:
            s = s.expand(*z.shape[:-1], self.n_domains)
        return self.decoder(torch.cat([z, s], -1), y).float()

    def bound(self, x: Tensor, y: Tensor) -> Tensor:
        """A lower bound of log p(x, y | s) from one draw of z: (..., P), (...) -> (...)."""
        z_mean, z_log_var = self.q_z(x, y)
        p_x = self.p_x(sample_gaussian(z_mean, z_log_var), y, self.domain(x))
        log_p_x = self.likelihood.log_prob(self.own(x), p_x)
        return log_p_x - kl_to_standard_normal(z_mean, z_log_var) - math.log(self.n_classes)

    def log_weight(self, x: Tensor, y: Tensor) -> Tensor:
        """Log p(x, y, z | s) - log q(z|x,y,s) at one draw of z: (..., P), (...) -> (...)."""
        z_mean, z_log_var = self.q_z(x, y)
        z = sample_gaussian(z_mean, z_log_var)
        log_p = self.likelihood.log_prob(self.own(x), self.p_x(z, y, self.domain(x)))
        log_p = log_p + log_standard_normal(z) - math.log(self.n_classes)
        return log_p - log_gaussian(z, z_mean, z_log_var)

    def loss(self, batch: Batch) -> Loss:
        """M2's J^alpha / N, given the domains, and the discrepancies between these.

        Where a teacher teaches q(y|x), the bound does not, see M2. The discrepancies are of the
        posteriors' draws and of the classifier's hidden units; they bound nothing.
        """
        n, x = len(batch.x_labelled), torch.cat([batch.x_labelled, batch.x_unlabelled])
        hidden = self._hidden(x)
        with unless_taught(batch):
            log_q_y = self._named(hidden)
        i, y, log_q, weight = seen_pairs(batch, log_q_y[n:], 0.0)
        z_mean, z_log_var = self.q_z(x, y, i)
        z, s = sample_gaussian(z_mean, z_log_var), self.domain(x)
        log_p_x = self.likelihood.log_prob(self.own(x)[i], self.p_x(z, y, s[i]))
        terms = {
            "picture": (weight * log_p_x).sum(),
            "style": -(weight * kl_to_standard_normal(z_mean, z_log_var)).sum(),
            "class": -(weight * (log_q + math.log(self.n_classes))).sum(),
        }
        bound = torch.stack(list(terms.values())).sum()
        terms["classifier"] = mean(F.nll_loss(log_q_y[:n], batch.y_labelled, reduction="none"))
        total = self.config.alpha * terms["classifier"] - bound
        if self.n_domains > 1 and self.config.mmd:
            shares = log_q.detach().exp()  # of an example's classes
            terms["discrepancy"] = discrepancy(z, s[i], shares) + discrepancy(hidden, s)
            total = total + self.config.mmd * terms["discrepancy"]
        return Loss(total, terms)

    def phases(self) -> list[Phase]:
        """One optimiser for all of it."""
        return [Phase("bound", list(self.parameters()), self.loss, self.config.learning_rate)]
