"""Guided M2 on an M1: q(y|x) takes the example, the generator what M1 makes of it.

    p(y) = Cat(1/K)   p(z2) = N(0, I)   p(z1|y,z2) = N(mean(y, z2), exp(log_var(y, z2)))   p(x|z1)
    q(y|x) = Cat(softmax(convolutions(x)))   q(z1|x) = M1's encoder   q(z2|z1,y) = M2's encoder

M1+M2 (m1m2.py) draws well from the first label on, because M1 has learned to draw before; but its
classifier takes M1's features, in which a 4 and a 9 may lie side by side. The classifier of
guided M2 (guided.py) takes the pixels and soon errs less; but its generator has to learn all
of drawing while labels come. Here each does what it is good at, and both are taught by the same
teacher. On MNIST, 30 s after the 100th label that the queue asked for, 1.5 % of the other
images are wrong, as with Guided, and 2.3 % with M1+M2; it draws digits after the twentieth label,
where Guided draws blurs before the fiftieth. Notes: benchmarks/notes/models-guided_m1.md

`sample` draws z1 from the aggregated q(z1|x) of each class's examples, smoothed (class_codes.py):
with p(z1|y,z2) at its mean the drawings of a class are much alike, and drawn from it one in ten
shows another class. Its means draw z2 from p(z2) and take z1 at its mean.

Letters in shapes: B examples, D values an example has, A active latents of M1, E of them that the
generator learns (the leading ones of a pretrained M1; the rest are N(0, I)), K classes, Z
dimensions of z2. Bounds are in nats and count z1, at its mean, not x.
"""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from .base import ModelInputs
from .config import knob
from .distributions import Gaussian
from .guided import Guided, GuidedConfig
from .m1 import M1Features
from .m2 import M2, M2Config
from .networks import mlp, trunk


@dataclass(frozen=True)
class GuidedM1Config(GuidedConfig):
    """As of Guided, for a generator of M1's latents."""

    latent_dim: int = knob(16, 1, 256, "how many numbers describe an example's style")
    hidden_dim: int = knob(300, 16, 4096, "width of the generator's hidden layer")
    n_drawn: int = knob(64, 1, 4096, "unlabelled ones a step that the generator learns from")
    reader: float = knob(0.5, 0.0, 1000.0, "weight of finding the class again in what is drawn")
    beta: float = knob(1.0, 0.0, 10.0, "weight of the style's divergence; 1 is the bound")


class GuidedM1(Guided):
    """Guided M2 whose generator draws the latents of a trained M1."""

    Config = GuidedM1Config
    draws_by_m1 = True
    PICTURE = "features"
    GENERATOR_EVERY = 1  # a step of so small a generator costs little

    def parts(self, inputs: ModelInputs, config: GuidedConfig) -> M2:
        """M2 on the latents. Raises ValueError if there is no M1, or one that has collapsed."""
        self.features = M1Features(inputs)
        latents = ModelInputs((self.features.n_explained,), inputs.n_classes, Gaussian())
        m2 = M2(latents, M2Config(config.latent_dim, config.hidden_dim))
        m2.classifier_trunk, n_features = trunk(inputs.shape, config.hidden_dim, inputs.options)
        m2.classifier = mlp(n_features, config.hidden_dim, inputs.n_classes)
        return m2

    @property
    def prepares(self) -> bool:
        """Where classes are told from features, nothing but M1's latents is wanted of pixels."""
        return bool(self.n_features)

    def prepare(self, x: Tensor) -> Tensor:
        """As they are, or where there are features, as M1+M2's: (B, *S) -> (B, D) or (B, 2 A)."""
        return self.features.prepare(x) if self.n_features else x.flatten(1)

    @property
    def reads_drawings(self) -> bool:
        """Not those of a pretrained autoencoder: to draw takes it most of a second a step."""
        return super().reads_drawings and not self.features.m1.is_pretrained

    def explained(self, x: Tensor) -> Tensor:
        """The means of those of M1's latents that the generator learns: (..., P) -> (..., E)."""
        return self.features.explained(self._z1(x))

    def bound(self, x: Tensor, y: Tensor) -> Tensor:
        """M2's, of all of z1: (..., P), (...) -> (...)."""
        return super().bound(x, y) + self.features.log_rest(self._z1(x))

    def log_weight(self, x: Tensor, y: Tensor) -> Tensor:
        """M2's, of all of z1: (..., P), (...) -> (...)."""
        return super().log_weight(x, y) + self.features.log_rest(self._z1(x))

    def _z1(self, x: Tensor) -> Tensor:
        """The means of M1's active latents, standardised: (..., P) -> (..., A)."""
        x = self.own(x)
        if self.n_features:
            return x.chunk(2, -1)[0]
        z1 = self.features.prepare(x.reshape(-1, x.shape[-1])).chunk(2, -1)[0]
        return z1.view(*x.shape[:-1], -1)

    def code(self, x: Tensor, y: Tensor) -> Tensor:
        """Mean of q(z1|x), whatever its class: (B, P), (B,) -> (B, A)."""
        return self._z1(x)

    def decode_code(self, code: Tensor, y: Tensor) -> Tensor:
        """Mean of p(x|z1): (B, A), (B,) -> (B, D)."""
        return self.features.decode(code)

    def decode(self, z: Tensor, y: Tensor) -> Tensor:
        """Mean of p(x|z1) at the mean of p(z1|y,z2): (B, Z), (B,) -> (B, D)."""
        return self.features.decode(self.m2.decode(z, y))
