"""M1 as a classifier, Kingma et al. (2014), section 3.1: a VAE's latents and a classifier of them.

    p(y) = Cat(1/K)      p(z1|y) = N(mean[y], factor[y] factor[y]^T)      p(x|z1)
    q(z1|x) = M1's encoder      q(y|z1) = regression on what the labels propagate to the neighbours

M1 has been trained before and does not move. The rest is worked out in closed form whenever labels
change, without steps:

- The classifier carries what the labels propagate over the graph of neighbours to any z1:
  scikit-learn's ridge regression of the propagated shares on kernels with some examples, the
  landmarks. Its coefficients are a buffer here, so that a device or an export needs no more. Where
  there are an encoder's features, it compares those instead of z1.
- Each class's Gaussian is the one that raises E_q[log p(z1|y)] most, every example counted by its
  share, next to a few that look like N(0, I): so a class without labels is N(0, I), and one label
  is enough. A style z is what is left of z1 once the class is known: z1 = mean[y] + factor[y] z.

Differs from the paper, whose classifier is a transductive SVM (11.8 % with 100 labels of MNIST, and
this regression 2.8 %). Notes: benchmarks/notes/models-m1.md

`sample` draws z from the aggregated styles of each class's examples, smoothed (class_codes.py), and
so z1 from more than a Gaussian; its means are draws of that Gaussian, p(z1|y).

Letters in shapes: B examples, N all of them, D values an example has, A active latents of M1,
K classes, M landmarks, C numbers that are compared: A, or the F features. A prepared example is
(mean, log-variance) of q(z1|x), standardised, and behind it the features: P = 2 A + F. Bounds are
in nats and count z1, not x: log p(z1, y) itself, at the mean of z1.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .base import AbstractModel, Batch, Loss, ModelInputs, Phase, every_class, mean
from .config import knob
from .distributions import log_standard_normal
from .joined import Joined

ACTIVE_VARIANCE = 0.05  # a latent whose mean varies less than this over the data says nothing
N_FITTED = 12_000  # examples that the classifier is fitted to
SHARPNESS = 10.0  # makes shares log probabilities: confidence is then the accuracy to 0.01
MIN_PROBABILITY = 1e-6  # probability of a class without evidence


class M1Features(nn.Module):
    """The active latents of a trained M1, standardised over the data; nothing of it learns."""

    active: Tensor  # (A,) which of M1's latents
    centre: Tensor  # (latent_dim,) of their means over the data
    scale: Tensor  # (latent_dim,)

    def __init__(self, inputs: ModelInputs):
        """Raises ValueError if the inputs have no M1, or one that has collapsed."""
        super().__init__()
        m1, z1_mean = inputs.m1, inputs.z1_mean
        if m1 is None or z1_mean is None:
            raise ValueError("This model needs a trained M1 and its latents; the inputs have none.")
        self.m1 = m1.requires_grad_(False)
        spread, centre = torch.var_mean(z1_mean.detach().float(), 0)
        active = torch.nonzero(spread > ACTIVE_VARIANCE)[:, 0]
        if not len(active):
            raise ValueError(
                "This model needs an M1 whose latents vary over the data; none of "
                f"{z1_mean.shape[1]} does (collapsed). Train M1 longer, or with a smaller beta."
            )
        self.register_buffer("active", active)
        self.register_buffer("centre", centre)
        self.register_buffer("scale", spread.sqrt())
        n = len(active)
        self.n_explained = n if m1.n_leading is None else min(m1.n_leading, n)  # E

    def standardise(self, z1: Tensor) -> Tensor:
        """The active latents, in standard deviations from their centre: (..., latent_dim)."""
        return ((z1 - self.centre) / self.scale)[..., self.active]

    def prepare(self, x: Tensor) -> Tensor:
        """Mean and log-variance of q(z1|x), active and standardised: (B, *S) -> (B, 2 A)."""
        z_mean, z_log_var = self.m1.q_z(x.flatten(1))
        z_log_var = (z_log_var - 2 * self.scale.log())[..., self.active]
        return torch.cat([self.standardise(z_mean), z_log_var], -1)

    def explained(self, z1: Tensor) -> Tensor:
        """Those that a model on M1 learns to draw: (..., A) -> (..., E)."""
        return z1[..., : self.n_explained]

    def log_rest(self, z1: Tensor) -> Tensor | float:
        """Log N(rest; 0, I) of those that it leaves: (..., A) -> (...); 0 where there are none."""
        rest = z1[..., self.n_explained :]
        return log_standard_normal(rest) if rest.shape[-1] else 0.0

    def decode(self, z1: Tensor) -> Tensor:
        """Mean of p(x|z1), all other latents at their centre: (B, A) or (B, E) -> (B, D)."""
        whole, drawn = self.centre.expand(z1.shape[0], -1).clone(), self.active[: z1.shape[-1]]
        whole[:, drawn] += z1 * self.scale[drawn]
        return self.m1.decode(whole)


@dataclass(frozen=True)
class M1Config:
    """The size and smoothness of the classifier, and the Gaussians' prior."""

    n_landmarks: int = knob(1200, 1, 5000, "how many examples the classifier compares with")
    width: float = knob(1.3, 0.1, 10.0, "reach of a comparison; 1 is a typical distance")
    ridge: float = knob(2e-3, 1e-6, 100.0, "how strongly the classifier is kept smooth")
    prior: float = knob(1.0, 1e-3, 1e3, "examples a latent that a class's Gaussian is drawn to")


class M1(AbstractModel):
    """A VAE's latents, with a classifier and a Gaussian of every class."""

    Config = M1Config

    known: Tensor  # (K,) whether there is evidence of the class
    landmarks: Tensor  # (M, C)
    weights: Tensor  # (M, K) of the landmarks' kernels, in the classes' shares
    mean: Tensor  # (K, A) of p(z1|y)
    factor: Tensor  # (K, A, A) lower triangles; times its transpose, the covariance

    def __init__(self, inputs: ModelInputs, config: M1Config):
        """Raises ValueError if the inputs have no M1, or one that has collapsed."""
        super().__init__()
        self.config, self.n_classes = config, inputs.n_classes
        self.features = M1Features(inputs)
        assert inputs.z1_mean is not None
        chosen = some(len(inputs.z1_mean), config.n_landmarks).to(inputs.z1_mean.device)
        landmarks = self.features.standardise(inputs.z1_mean[chosen].detach().float())
        (M, A), K = landmarks.shape, inputs.n_classes
        self.style_dim, self.n_features = A, inputs.n_features
        if inputs.n_features:  # which are seen when labels are first taken
            landmarks = torch.zeros(M, inputs.n_features)
        # All prepared examples, and what does not depend on their labels: with it, a label takes
        # little more than half the time that it takes where all kernels are worked out each time.
        self._squeezed: tuple[Tensor | Joined, Tensor] | None = None
        self.register_buffer("landmarks", landmarks)
        self.register_buffer("weights", torch.zeros(M, K))
        self.register_buffer("known", torch.zeros(K, dtype=torch.bool))
        self.register_buffer("mean", torch.zeros(K, A))
        self.register_buffer("factor", torch.eye(A).repeat(K, 1, 1))

    def prepare(self, x: Tensor) -> Tensor:
        """Mean and log-variance of q(z1|x), active and standardised: (B, *S) -> (B, 2 A)."""
        return self.features.prepare(x)

    @torch.no_grad()
    def take_labels(self, x: Tensor | Joined, y: Tensor, soft_targets: Tensor | None) -> None:
        """Fit the Gaussians and the classifier: (N, P), (N,), (N, K).

        Without soft targets, to the labelled examples alone.
        """
        labelled = torch.nonzero(y >= 0)[:, 0]
        shares = (
            torch.zeros(len(x), self.n_classes, device=x.device)
            if soft_targets is None
            else soft_targets
        )
        shares = shares.float().clone()
        shares[labelled] = F.one_hot(y[labelled], self.n_classes).float()
        self.known.copy_(shares.any(0))
        z_mean, z_log_var = (x.values if isinstance(x, Joined) else x).float().chunk(2, -1)
        compared = x.features if isinstance(x, Joined) else z_mean
        if self.n_features and not self.landmarks.any():
            chosen = some(len(x), len(self.landmarks)).to(x.device)
            self.landmarks[: len(chosen)] = compared[chosen].float()
        for k in range(self.n_classes):
            centre, covariance = fit_gaussian(z_mean, z_log_var, shares[:, k], self.config.prior)
            self.mean[k], self.factor[k] = centre, torch.linalg.cholesky(covariance)
        taught = labelled if soft_targets is None else torch.arange(len(x), device=x.device)
        taught = taught[some(len(taught), N_FITTED).to(x.device)]
        kernels = self.kernels(compared[taught].float()).cpu()
        kernels = kernels.double()  # 24 bits are too few to solve in
        if soft_targets is None or self._squeezed is None or self._squeezed[0] is not x:
            self._squeezed = x, self._squeeze(kernels)
        self.weights.copy_(
            self._fitted(self._squeezed[1], kernels.T @ shares[taught].cpu().double())
        )
        if soft_targets is None:
            self._squeezed = None

    def _squeeze(self, kernels: Tensor) -> Tensor:
        """R, of M rows, with R^T R = kernels^T kernels + ridge / 2: (n, M) -> (M, M)."""
        squares = kernels.T @ kernels
        squares.diagonal().add_(self.config.ridge / 2)
        return torch.linalg.cholesky(squares, upper=True)

    def _fitted(self, rows: Tensor, products: Tensor) -> Tensor:
        """The regression's coefficients, from R and kernels^T shares: (M, M), (M, K) -> (M, K).

        To regress R^-T kernels^T shares on the few rows of R, with the other half of the ridge, has
        the same solution as to regress the shares on all kernels.
        """
        from sklearn.linear_model import Ridge

        targets = torch.linalg.solve_triangular(rows.T, products, upper=False)
        classifier = Ridge(self.config.ridge / 2, fit_intercept=False, solver="cholesky")
        found = classifier.fit(rows.numpy(), targets.numpy()).coef_  # of one class flat
        return torch.from_numpy(found.reshape(targets.shape[::-1]).T)

    def kernels(self, compared: Tensor) -> Tensor:
        """How near examples are to every landmark, 1 to 0: (B, C) -> (B, M)."""
        if torch.compiler.is_exporting():  # cdist takes other ways for few examples and for many
            squares = (compared[:, None] - self.landmarks).square().sum(-1)
        else:
            squares = torch.cdist(compared, self.landmarks).square()
        # Two examples are apart by a square of 2 in each latent, or in all features together.
        n_apart = 1 if self.n_features else self.style_dim
        return (-squares / (n_apart * self.config.width**2)).exp()

    def classify(self, x: Tensor) -> Tensor:
        """Log q(y|z1) at the mean of z1, uniform without labels: (B, P) -> (B, K)."""
        compared = x[..., -self.n_features :] if self.n_features else x.chunk(2, -1)[0]
        shares = self.kernels(compared.float()) @ self.weights
        scores = SHARPNESS * shares
        possible = self.known | ~self.known.any()
        scores = scores.masked_fill(~possible, -torch.inf)
        return (scores.softmax(-1) + MIN_PROBABILITY).log().log_softmax(-1)

    def bound(self, x: Tensor, y: Tensor) -> Tensor:
        """Log p(z1, y) at the mean of z1: (..., P), (...) -> (...)."""
        z = self._style(self.own(x).chunk(2, -1)[0], y)
        log_det = self.factor.diagonal(dim1=-2, dim2=-1).log().sum(-1)[y]
        return log_standard_normal(z) - log_det - math.log(self.n_classes)

    def log_weight(self, x: Tensor, y: Tensor) -> Tensor:
        """The same, for nothing is drawn: (..., P), (...) -> (...)."""
        return self.bound(x, y)

    def encode(self, x: Tensor, y: Tensor) -> Tensor:
        """What is left of z1 if its class is y: (B, P), (B,) -> (B, A)."""
        return self._style(self.own(x).chunk(2, -1)[0], y)

    def decode(self, z: Tensor, y: Tensor) -> Tensor:
        """Mean of p(x|z1) at z1 = mean[y] + factor[y] z: (B, A), (B,) -> (B, D)."""
        return self.features.decode(self.mean[y] + (self.factor[y] @ z[..., None])[..., 0])

    def loss(self, batch: Batch) -> Loss:
        """Minus log p(z1, y) or log p(z1): how well the Gaussians describe a batch."""
        f = batch.labelled_fraction
        known = mean(self.bound(batch.x_labelled, batch.y_labelled))
        every = self.bound(*every_class(batch.x_unlabelled, self.n_classes))
        features = f * known + (1 - f) * mean(every.logsumexp(-1))
        guess = mean(-self.classify(batch.x_labelled).gather(-1, batch.y_labelled[:, None])[:, 0])
        return Loss(-features, {"features": features, "classifier": guess})

    def phases(self) -> list[Phase]:
        """None: nothing learns in steps."""
        return []

    def _style(self, z1: Tensor, y: Tensor) -> Tensor:
        """Inverse of factor[y], times z1 - mean[y]: (..., A), (...) -> (..., A)."""
        left = (z1 - self.mean[y])[..., None]
        return torch.linalg.solve_triangular(self.factor[y], left, upper=False)[..., 0]


def some(n: int, at_most: int) -> Tensor:
    """Which of n examples to take, the same in every run: -> (m,), m <= at_most."""
    return torch.randperm(n, generator=torch.Generator().manual_seed(0))[:at_most]


def fit_gaussian(
    z_mean: Tensor, z_log_var: Tensor, share: Tensor, n_prior: float
) -> tuple[Tensor, Tensor]:
    """The Gaussian p that raises the sum of share E_q[log p(z)] most: its mean and covariance.

    To the sum belongs n_prior times the same for q = N(0, I): (N, A), (N, A), (N,) -> (A,), (A, A).
    """
    n = share.sum() + n_prior
    centre = share @ z_mean / n
    spread = torch.diag(share @ z_log_var.exp() + n_prior) + (share[:, None] * z_mean).T @ z_mean
    return centre, spread / n - torch.outer(centre, centre)
