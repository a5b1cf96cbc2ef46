"""GMVAE, a prior with a place for every class, on the latents of an M1: kinds without a label.

The prior of M2's style is the same for every class, so without labels nothing tells classes apart.
Here the class decides where the latent lies (VaDE, Jiang et al. 2017, arXiv:1611.05148, Eq. 1-3;
Dilokthanakul et al. 2016, arXiv:1611.02648, have one more latent):

    p(y) = Cat(1/K)   p(z|y) = N(mean_y, exp(log_var_y))   p(z1|z) = N(mean(z), exp(log_var(z)))
    q(z|z1) = N(mean(z1), exp(log_var(z1)))          q(y|z1) ~ p(y) exp(-KL[q(z|z1) || p(z|y)])

z1 are the latents of an M1 as in M1+M2, so that p(x|z1) draws. The encoder does not know the class;
its q(y|z1) is the one that makes the bound largest, VaDE's Eq. 16 with its expectation taken inside
the logarithm. VaDE begins with a mixture of Gaussians on the latents of an autoencoder; this begins
with k-means on those of M1: in the first steps an example without a label is of the class of its
nearest centre. Which of the K places is which class is free until there are labels; the first
labels of a class choose the place that most of its examples lie at, and are learned from like M2's.
Notes: benchmarks/notes/models-gmvae.md

A style u is what remains of z in its class, z = mean_y + exp(log_var_y / 2) u, so p(u) = N(0, I).
`sample` draws z1 from the aggregated q(z1|x) of each class's examples, smoothed (class_codes.py);
its means, and all there is without labels, draw u from p(u) and take z1 at its mean.

Letters in shapes: B examples, N all of them, D values an example has, A active latents of M1, K
classes, Z dimensions of z, F features of an encoder, P = 2 A + F. Bounds are in nats and count z1.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .base import AbstractModel, Batch, Loss, ModelInputs, Phase, mean, unless_taught
from .classifiers import classifier
from .config import knob
from .distributions import Gaussian, log_gaussian, sample_gaussian
from .joined import Joined
from .m1 import M1Features, some
from .networks import mlp

N_PLACED_BY = 10_000  # examples that k-means sees
N_STARTS = 3


@dataclass(frozen=True)
class GMVAEConfig:
    """The sizes of the networks, and how long the first places last."""

    latent_dim: int = knob(16, 1, 256, "how many numbers describe an example, its class included")
    hidden_dim: int = knob(300, 16, 4096, "width of each network's two hidden layers")
    warm_up: int = knob(500, 0, 100_000, "steps in which k-means says the unlabelled classes")
    alpha: float = knob(1.0, 0.0, 10.0, "weight of the classifier's own loss")
    learning_rate: float = knob(1e-3, 1e-6, 0.1, "step size of Adam")


class GMVAE(AbstractModel):
    """A class has a place among the latents, which draw an M1's."""

    Config = GMVAEConfig
    draws_by_m1 = True
    finds_classes = True

    centres: Tensor  # (K, A) the places in z1 that k-means found, in the order of the classes
    is_placed: Tensor  # () whether it has
    is_chosen: Tensor  # (K,) whether labels have said which place is this class's

    def __init__(self, inputs: ModelInputs, config: GMVAEConfig):
        """Raises ValueError if the inputs have no M1, or one that has collapsed."""
        super().__init__()
        self.features = M1Features(inputs)
        A, K = len(self.features.active), inputs.n_classes
        Z, H = config.latent_dim, config.hidden_dim
        self.config, self.likelihood = config, Gaussian()
        self.n_classes, self.style_dim, self.n_features = K, Z, inputs.n_features
        self.encoder, self.decoder = mlp(A, H, H, 2 * Z), mlp(Z, H, H, 2 * A)
        self.prior_mean = nn.Parameter(torch.randn(K, Z))
        self.prior_log_var = nn.Parameter(torch.zeros(K, Z))
        # What an encoder's features say of the classes, beside what the latents do.
        self.reader = classifier(inputs, H, ()) if inputs.n_features else None
        self.register_buffer("centres", torch.zeros(K, A))
        self.register_buffer("is_placed", torch.tensor(False))
        self.register_buffer("is_chosen", torch.zeros(K, dtype=torch.bool))

    def prepare(self, x: Tensor) -> Tensor:
        """Mean and log-variance of q(z1|x), active and standardised: (B, *S) -> (B, 2 A)."""
        return self.features.prepare(x)

    def q_z(self, z1: Tensor) -> tuple[Tensor, Tensor]:
        """Mean and log-variance of q(z|z1): (..., A) -> 2 x (..., Z)."""
        z_mean, z_log_var = self.encoder(z1).float().chunk(2, -1)
        return z_mean, z_log_var

    def p_z1(self, z: Tensor) -> Tensor:
        """Parameters of p(z1|z): (..., Z) -> (..., 2 A)."""
        return self.decoder(z).float()

    def kl(self, z_mean: Tensor, z_log_var: Tensor) -> Tensor:
        """KL[q(z|z1) || p(z|y)] of every class: 2 x (..., Z) -> (..., K)."""
        z_mean, z_log_var = z_mean[..., None, :], z_log_var[..., None, :]
        apart = (z_mean - self.prior_mean).square() + z_log_var.exp()
        log_ratio = self.prior_log_var - z_log_var
        return 0.5 * (apart * (-self.prior_log_var).exp() + log_ratio - 1).sum(-1)

    def classify(self, x: Tensor) -> Tensor:
        """Log q(y|z1) at the mean of z1: (B, P) -> (B, K)."""
        return self._log_q_y(x, self.kl(*self.q_z(self.seen(x))))

    def _log_q_y(self, x: Tensor, kl: Tensor) -> Tensor:
        read = 0.0 if self.reader is None else self.reader(x).float()
        return (read - kl).log_softmax(-1)

    def seen(self, x: Tensor) -> Tensor:
        """The mean of z1: (..., P) -> (..., A)."""
        return self.own(x).chunk(2, -1)[0]

    def bound(self, x: Tensor, y: Tensor) -> Tensor:
        """A lower bound of log p(z1, y) at the mean of z1, from one draw: (..., P), (...) -> (...).

        E_q[log p(z1|z)] - KL[q(z|z1) || p(z|y)] + log p(y).
        """
        z1 = self.seen(x)
        moments = self.q_z(z1)
        log_p = self.likelihood.log_prob(z1, self.p_z1(sample_gaussian(*moments)))
        kl = self.kl(*moments)
        shape = torch.broadcast_shapes(kl.shape[:-1], y.shape)
        of_class = kl.expand(*shape, self.n_classes).gather(-1, y.expand(shape)[..., None])
        return log_p - of_class[..., 0] - math.log(self.n_classes)

    def log_weight(self, x: Tensor, y: Tensor) -> Tensor:
        """Log p(z1, y, z) - log q(z|z1) at one draw of z: (..., P), (...) -> (...)."""
        z1 = self.seen(x)
        moments = self.q_z(z1)
        z = sample_gaussian(*moments)
        log_p = self.likelihood.log_prob(z1, self.p_z1(z)) - math.log(self.n_classes)
        log_prior = log_gaussian(z, self.prior_mean[y], self.prior_log_var[y])
        return log_p + log_prior - log_gaussian(z, *moments)

    def style(self, x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
        """Mean and log-variance of q(u|z1,y): (B, P), (B,) -> 2 x (B, Z)."""
        z_mean, z_log_var = self.q_z(self.seen(x))
        prior_log_var = self.prior_log_var[y]
        u_mean = (z_mean - self.prior_mean[y]) * (-0.5 * prior_log_var).exp()
        return u_mean, z_log_var - prior_log_var

    def encode(self, x: Tensor, y: Tensor) -> Tensor:
        """Mean of q(u|z1,y): (B, P), (B,) -> (B, Z)."""
        return self.style(x, y)[0]

    def decode(self, z: Tensor, y: Tensor) -> Tensor:
        """Mean of p(x|z1) at the mean of p(z1|z), where style z is u: (B, Z), (B,) -> (B, D)."""
        place = self.prior_mean[y] + (0.5 * self.prior_log_var[y]).exp() * z
        return self.features.decode(self.likelihood.mean(self.p_z1(place)))

    def code(self, x: Tensor, y: Tensor) -> Tensor:
        """Mean of q(z1|x), whatever its class: (B, P), (B,) -> (B, A)."""
        return self.seen(x)

    def decode_code(self, code: Tensor, y: Tensor) -> Tensor:
        """Mean of p(x|z1): (B, A), (B,) -> (B, D)."""
        return self.features.decode(code)

    def loss(self, batch: Batch) -> Loss:
        """The bound of both parts of a batch, each example's z1 drawn anew, and alpha log q(y|z1).

        -U(z1) = E_q[log p(z1|z)] + sum_y q(y|z1) (log p(y) - KL_y - log q(y|z1)). In the first
        steps q(y|z1) of the unlabelled is the class of the nearest centre.
        """
        n, f = len(batch.x_labelled), batch.labelled_fraction
        x = torch.cat([batch.x_labelled, batch.x_unlabelled])
        z1 = sample_gaussian(*self.own(x).chunk(2, -1))
        moments = self.q_z(z1)
        log_p = self.likelihood.log_prob(z1, self.p_z1(sample_gaussian(*moments)))
        kl = self.kl(*moments)
        with unless_taught(batch):
            log_q_y = self._log_q_y(x, kl)
        of_unlabelled = log_q_y[n:].exp()
        is_warming_up = batch.step < self.config.warm_up and bool(self.is_placed)
        if is_warming_up and batch.soft_targets is None:
            of_unlabelled = self._nearest_centre(self.seen(batch.x_unlabelled))
        shares = torch.cat([F.one_hot(batch.y_labelled, self.n_classes).float(), of_unlabelled])
        weight = torch.cat(
            [
                log_p.new_full((n,), f / max(n, 1)),
                log_p.new_full((len(x) - n,), (1 - f) / max(len(x) - n, 1)),
            ]
        )
        entropy = torch.special.entr(shares).sum(-1) - math.log(self.n_classes)
        terms = {
            "features": (weight * log_p).sum(),
            "style": -(weight * (shares * kl).sum(-1)).sum(),
            "class": (weight * entropy).sum(),
        }
        guess = mean(F.nll_loss(log_q_y[:n], batch.y_labelled, reduction="none"))
        bound = torch.stack(list(terms.values())).sum()
        return Loss(self.config.alpha * guess - bound, {**terms, "classifier": guess})

    def _nearest_centre(self, z1: Tensor) -> Tensor:
        """1 for the class of the nearest centre: (B, A) -> (B, K)."""
        nearest = torch.cdist(z1.float(), self.centres).argmin(-1)
        return F.one_hot(nearest, self.n_classes).float()

    @torch.no_grad()
    def take_labels(self, x: Tensor | Joined, y: Tensor, soft_targets: Tensor | None) -> None:
        """Find the first places, and give a class that has its first labels the fitting one."""
        z1 = (x.values if isinstance(x, Joined) else x)[:, : 2 * self.centres.shape[1]]
        if not self.is_placed:
            self._find_places(z1[some(len(z1), N_PLACED_BY).to(z1.device)])
        labelled = torch.nonzero(y >= 0)[:, 0]
        known = torch.zeros_like(self.is_chosen)
        known[y[labelled]] = True
        if bool((known & ~self.is_chosen).any()):
            its = F.one_hot(y[labelled], self.n_classes).float().T
            seen = z1[labelled].float().chunk(2, -1)[0]
            by_centre = self._order(its @ self._nearest_centre(seen))
            self.centres.copy_(self.centres[by_centre])
            by_place = self._order(its @ (-self.kl(*self.q_z(seen))).softmax(-1))
            for places in (self.prior_mean, self.prior_log_var):
                places.copy_(places[by_place].clone())
            self.is_chosen |= known

    def _find_places(self, z1: Tensor) -> None:
        from sklearn.cluster import KMeans

        means = z1.float().chunk(2, -1)[0].cpu().numpy()
        n_there = min(self.n_classes, len(np.unique(means, axis=0)))
        if n_there < 1:
            return
        found = KMeans(n_there, n_init=N_STARTS, random_state=0).fit(means).cluster_centers_
        self.centres[:n_there] = torch.from_numpy(found).to(self.centres)
        self.is_placed.fill_(True)

    def _order(self, counts: Tensor) -> Tensor:
        """The place that each class takes, one that was chosen its own: (K, K) -> (K,)."""
        from scipy.optimize import linear_sum_assignment

        chosen = self.is_chosen.cpu().numpy()
        gain = counts.cpu().numpy() + 1e-3 * np.eye(self.n_classes)
        gain[chosen] = 0
        gain += 1e9 * np.diag(chosen)
        taken = linear_sum_assignment(gain, maximize=True)[1]
        return torch.from_numpy(taken).to(counts.device)

    def phases(self) -> list[Phase]:
        """M1 stays as it is."""
        learning = [*self.encoder.parameters(), *self.decoder.parameters()]
        learning += [self.prior_mean, self.prior_log_var]
        if self.reader is not None:
            learning += list(self.reader.parameters())
        return [Phase("bound", learning, self.loss, self.config.learning_rate)]
