"""M1+M2, the stacked model of Kingma et al. (2014), section 2: M2 on the latents of an M1.

    p(y) = Cat(1/K)   p(z2) = N(0, I)   p(z1|y,z2) = N(mean(y, z2), exp(log_var(y, z2)))   p(x|z1)
    q(z1|x) = M1's encoder              q(y|z1), q(z2|z1,y) = M2's encoders

M1 has been trained before and does not move; M2 sees a fresh draw of q(z1|x) in every step. Only
M1's active latents are kept (those whose means vary over the data) and they are standardised:
the others are pure noise, and M2 would spend its bound on drawing them. Of a pretrained M1's
components it sees the leading ones, E; the rest of z1 is N(0, I) whatever the class.

`m1m2-paper` differs from the authors' code, which takes 300,000 steps: in active latents that are
standardised, ReLU where they have softplus, initial weights of the usual size, no weight decay, a
larger step, one that grows smaller in the end, and an alpha of 1 where they have 0.1. With the
first four as theirs it learns more slowly: 11.0 and not 4.7 % error on MNIST after 500 s of one
thread. Notes: benchmarks/notes/models-m1m2.md

`sample` draws z1 from the aggregated q(z1|x) of each class's examples, smoothed (class_codes.py):
with p(z1|y,z2) at its mean the drawings of a class are much alike, and drawn from it one in ten
shows another class. Its means draw z2 from p(z2) and take z1 at its mean.

Letters in shapes: B examples, D values an example has, A active latents of M1, E that M2 sees of
them, K classes, Z dimensions of z2, F features of an encoder. A prepared example is (mean,
log-variance) of q(z1|x), standardised, and behind it the features, from which classes are then
told: P = 2 A + F. Bounds are in nats and count z1, not x.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from .base import AbstractModel, Batch, Loss, ModelInputs, Phase
from .config import knob
from .distributions import Gaussian, sample_gaussian
from .m1 import M1Features
from .m2 import M2, M2Config


@dataclass(frozen=True)
class M1M2Config:
    """The size of the M2 on top and the weight of its classifier."""

    latent_dim: int = knob(16, 1, 256, "how many numbers describe an example's style")
    hidden_dim: int = knob(300, 16, 4096, "width of each network's one hidden layer")
    alpha: float = knob(0.1, 0.0, 10.0, "weight of the classifier's own loss; Eq. 9's alpha / N")
    min_class_probability: float = knob(
        0.0, 0.0, 0.05, "classes less likely than this are left out of the bound"
    )
    learning_rate: float = knob(2e-3, 1e-6, 0.1, "step size of Adam")


class M1M2(AbstractModel):
    """M2 on the latents of a trained M1."""

    Config = M1M2Config
    draws_by_m1 = True

    def __init__(self, inputs: ModelInputs, config: M1M2Config):
        """Raises ValueError if the inputs have no M1, or one that has collapsed."""
        super().__init__()
        self.features = M1Features(inputs)
        shape, self.n_features = (self.features.n_explained,), inputs.n_features
        latents = ModelInputs(shape, inputs.n_classes, Gaussian(), n_features=self.n_features)
        self.m2 = M2(latents, M2Config(**vars(config)))
        self.config = config
        self.n_classes, self.style_dim = inputs.n_classes, config.latent_dim

    def prepare(self, x: Tensor) -> Tensor:
        """Mean and log-variance of q(z1|x), active and standardised: (B, *S) -> (B, 2 A)."""
        return self.features.prepare(x)

    def seen(
        self, x: Tensor, draw: Callable[[Tensor, Tensor], Tensor] = lambda z_mean, _: z_mean
    ) -> Tensor:
        """What M2 takes: z1, its mean or what `draw` makes of it, and any features behind it.

        (..., 2 A + F) -> (..., E + F).
        """
        z1 = self.features.explained(draw(*self.own(x).chunk(2, -1)))
        return torch.cat([z1, x[..., -self.n_features :]], -1) if self.n_features else z1

    def classify(self, x: Tensor) -> Tensor:
        """Log q(y|z1) at the mean of z1: (B, 2 A) -> (B, K)."""
        return self.m2.classify(self.seen(x))

    def bound(self, x: Tensor, y: Tensor) -> Tensor:
        """A lower bound of log p(z1, y) at the mean of z1: (..., 2 A), (...) -> (...)."""
        return self.m2.bound(self.seen(x), y) + self._rest(x)

    def log_weight(self, x: Tensor, y: Tensor) -> Tensor:
        """Of p(z1, y), at the mean of z1: (..., 2 A), (...) -> (...)."""
        return self.m2.log_weight(self.seen(x), y) + self._rest(x)

    def _rest(self, x: Tensor) -> Tensor | float:
        """Log p of what M2 does not see of the mean of z1: (..., 2 A) -> (...)."""
        return self.features.log_rest(self.own(x).chunk(2, -1)[0])

    def encode(self, x: Tensor, y: Tensor) -> Tensor:
        """Mean of q(z2|z1,y) at the mean of z1: (B, 2 A), (B,) -> (B, Z)."""
        return self.m2.encode(self.seen(x), y)

    def code(self, x: Tensor, y: Tensor) -> Tensor:
        """Mean of q(z1|x), whatever its class: (B, P), (B,) -> (B, A)."""
        return self.own(x).chunk(2, -1)[0]

    def decode_code(self, code: Tensor, y: Tensor) -> Tensor:
        """Mean of p(x|z1): (B, A), (B,) -> (B, D)."""
        return self.features.decode(code)

    def decode(self, z: Tensor, y: Tensor) -> Tensor:
        """Mean of p(x|z1) at the mean of p(z1|y,z2): (B, Z), (B,) -> (B, D)."""
        return self.features.decode(self.m2.decode(z, y))

    def loss(self, batch: Batch) -> Loss:
        """M2's loss, each example's z1 drawn anew; its picture is z1, a vector of features."""
        loss = self.m2.loss(
            Batch(
                self.seen(batch.x_labelled, sample_gaussian),
                batch.y_labelled,
                self.seen(batch.x_unlabelled, sample_gaussian),
                batch.labelled_fraction,
            )
        )
        terms = dict(loss.terms)
        return Loss(loss.total, {"features": terms.pop("picture"), **terms})

    def phases(self) -> list[Phase]:
        """M1 stays as it is."""
        return [Phase("bound", list(self.m2.parameters()), self.loss, self.config.learning_rate)]
