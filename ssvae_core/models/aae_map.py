"""The adversarial autoencoder as a map: Makhzani et al. (2015), arXiv:1511.05644, section 2.3.

The latent space has two dimensions and a place for every class, so it is a map of the examples:

    p(y) = Cat(1/K)      p(z|y) = N(component(y), SPREAD^2 I)      p(x|z) = Likelihood(decoder(z))
    q(y|x) = Cat(softmax(gate(x)))     z = sum_y share(y) component(y) + SPREAD encoder(x)
    share = softmax(SHARPNESS gate(x))

One discriminator, here "judge", tells encoded examples from draws of p(z|y). It is told the class
of the labelled ones; "unknown" is a class of its own, all of whose inputs are 0, and stands for a
draw of any component.

A style is z in the coordinates of its class, (z - component(y)) / SPREAD; then N(0, I), decoded in
class y, is a draw of p(x|y).

Differs from the paper: the encoder chooses a component and then a place around it, as section 7's
does, so that an example can change its class without crossing others; labels lower -log share(y)
and, by Bayes' rule, -log p(y|z) directly; where a teacher teaches q(y|x), nothing else does; the
components lie on a sunflower's spiral, not on a ring, where a new class would move them.

That q(y|x) learns from the teacher alone, and that the class is the gate's, not p(y|z) at the
place, keeps classes from being taken for what lies between them on the map: 1.1 % error on MNIST
(100 labels), and 10.6 % before. Notes: benchmarks/notes/models-aae_map.md

`sample` draws places from those of each class's examples, smoothed (class_codes.py); its means draw
them from p(z|y).

Letters in shapes: B examples, D values an example has, K classes, J the judge's width.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .aae import BETAS, judge_loss, with_noise
from .base import AbstractModel, Batch, Loss, ModelInputs, Phase, mean, unless_taught
from .classifiers import classifier
from .config import knob
from .networks import head, mlp, trunk

SPREAD = 0.25  # standard deviation of a component; two of them are at least 1.6 apart
# Of the gate's scores: an uncertain gate would put an example between two components, on a third.
SHARPNESS = 20.0


def sunflower(n: int) -> Tensor:
    """Points that fill a disc evenly, each where it is whatever n: -> (n, 2)."""
    k = torch.arange(n)
    angle = k * math.pi * (3 - math.sqrt(5))
    return (k + 1).sqrt()[:, None] * torch.stack([angle.cos(), angle.sin()], -1)


@dataclass(frozen=True)
class AAEMapConfig:
    """The size of the map's networks and how their sides are balanced."""

    hidden_dim: int = knob(400, 16, 4096, "width of the autoencoder's hidden layers")
    n_features: int = knob(128, 8, 4096, "width of an image classifier's last hidden layer")
    judge_dim: int = knob(100, 8, 4096, "width of the judge's two hidden layers")
    n_drawn: int = knob(64, 1, 4096, "unlabelled examples of a step that are redrawn and judged")
    gate: float = knob(5.0, 0.0, 100.0, "weight of the labels in the gate's loss")
    picture: float = knob(0.01, 0.0, 1.0, "weight of the reconstruction beside the classifier's")
    noise: float = knob(0.0, 0.0, 2.0, "standard deviation of the noise on what the encoder sees")
    blur: float = knob(0.05, 0.0, 2.0, "standard deviation of the noise on what the judge sees")
    learning_rate: float = knob(1e-3, 1e-6, 0.1, "step size of Adam for the reconstruction")
    fool_rate: float = knob(3e-4, 1e-6, 0.1, "step size of Adam for the judge and its fooling")


def log_shares(scores: Tensor) -> Tensor:
    """Log share of every component in an example's place: (..., K) -> (..., K)."""
    return (SHARPNESS * scores.float()).log_softmax(-1)


class AAEMap(AbstractModel):
    """A map on which every class has its place."""

    Config = AAEMapConfig

    components: Tensor  # (K, 2) their means

    def __init__(self, inputs: ModelInputs, config: AAEMapConfig):
        super().__init__()
        K, H, J = inputs.n_classes, config.hidden_dim, config.judge_dim
        self.config, self.likelihood = config, inputs.likelihood
        self.n_classes, self.style_dim, self.n_features = K, 2, inputs.n_features
        self.gate = classifier(inputs, config.n_features, (H, H))
        encoder_trunk, n_in = trunk(inputs.shape, H, inputs.options)
        self.encoder = nn.Sequential(encoder_trunk, mlp(n_in, H, H, 2))
        last = head(H, inputs.shape, self.likelihood.parameters_per_value, inputs.options)
        self.decoder = nn.Sequential(*mlp(2, H, H), nn.ReLU(), last)
        self.from_place, self.from_class = nn.Linear(2, J), nn.Linear(K, J, bias=False)
        self.judge = nn.Sequential(nn.ReLU(), *mlp(J, J, 1))
        self.register_buffer("components", sunflower(K))

    def place(self, x: Tensor) -> Tensor:
        """Where examples lie on the map: (..., P) -> (..., 2)."""
        return self._place(x, self.gate(x))

    def _place(self, x: Tensor, scores: Tensor) -> Tensor:
        offset = SPREAD * self.encoder(self.own(x)).float()
        return log_shares(scores).exp() @ self.components + offset

    def p_x(self, z: Tensor) -> Tensor:
        """Parameters of p(x|z): (..., 2) -> (..., D * parameters_per_value)."""
        return self.decoder(z).float()

    def log_p_y(self, z: Tensor) -> Tensor:
        """Log p(y|z) of every class: (..., 2) -> (..., K)."""
        distance = (z[..., None, :] - self.components) / SPREAD
        return (-0.5 * distance.square().sum(-1)).log_softmax(-1)

    def classify(self, x: Tensor) -> Tensor:
        """Log q(y|x) of every class: (B, D) -> (B, K)."""
        return self.gate(x).float().log_softmax(-1)

    def encode(self, x: Tensor, y: Tensor) -> Tensor:
        """The place of x, seen from its class: (B, D), (B,) -> (B, 2)."""
        return (self.place(x) - self.components[y]) / SPREAD

    def decode(self, z: Tensor, y: Tensor) -> Tensor:
        """Mean of p(x|z) at a place seen from its class: (B, 2), (B,) -> (B, D)."""
        return self.likelihood.mean(self.p_x(self.components[y] + SPREAD * z))

    def bound(self, x: Tensor, y: Tensor) -> Tensor:
        """Log p(x, y|z) at the place of x: no bound, but classes compare by it as by one.

        (..., D), (...) -> (...).
        """
        z = self.place(x)
        log_p_y = self.log_p_y(z)
        shape = torch.broadcast_shapes(log_p_y.shape[:-1], y.shape)
        log_p_y = log_p_y.expand(*shape, -1).gather(-1, y.expand(shape)[..., None])[..., 0]
        return self.likelihood.log_prob(self.own(x), self.p_x(z)) + log_p_y

    def log_weight(self, x: Tensor, y: Tensor) -> Tensor:
        """Raises TypeError: an example's place is one point, and a point has no density."""
        raise TypeError("An adversarial autoencoder has no density q(z|x), so no log p(x) either.")

    def loss(self, batch: Batch) -> Loss:
        """Reconstruction, and the labelled examples' way to their components."""
        f, n = batch.labelled_fraction, len(batch.x_labelled)
        x = torch.cat([batch.x_labelled, batch.x_unlabelled[: self.config.n_drawn]])
        seen = self._noisy(x)
        scores = self._scores(seen, batch)
        z = self._place(seen, scores)
        log_p = self.likelihood.log_prob(self.own(x), self.p_x(z))
        picture = f * mean(log_p[:n]) + (1 - f) * mean(log_p[n:])
        gate = mean(F.nll_loss(log_shares(scores[:n]), batch.y_labelled, reduction="none"))
        place = mean(F.nll_loss(self.log_p_y(z[:n]), batch.y_labelled, reduction="none"))
        total = place + self.config.gate * gate - self.config.picture * picture
        return Loss(total, {"picture": picture, "gate": gate, "classifier": place})

    def phases(self) -> list[Phase]:
        """Reconstruct and classify; tell places from draws of the prior; make that harder."""
        rate, fool_rate = self.config.learning_rate, self.config.fool_rate
        encoder = [*self.gate.parameters(), *self.encoder.parameters()]
        judges = (self.from_place, self.from_class, self.judge)
        decoder = [*self.decoder.parameters(), *self.likelihood.parameters()]
        judge = [parameter for part in judges for parameter in part.parameters()]
        return [
            Phase("reconstruct", encoder + decoder, self.loss, rate),
            Phase("judge", judge, self._judge, fool_rate, BETAS),
            Phase("fool", encoder, self._fool, fool_rate, BETAS),
        ]

    def draw(self, y: Tensor) -> Tensor:
        """Places drawn from p(z|y): (B,) -> (B, 2)."""
        return self.components[y] + SPREAD * torch.randn(len(y), 2, device=y.device)

    def believe(self, z: Tensor, told: Tensor) -> Tensor:
        """The judge's log odds that z was drawn; told: the class, or 0s: (B, 2), (B, K) -> (B,)."""
        z = z + self.config.blur * torch.randn_like(z)
        return self.judge(self.from_place(z) + self.from_class(told))[..., 0]

    def _judge(self, batch: Batch) -> Loss:
        """Cross-entropy of the judge: a draw of the prior is true, an example's place false."""
        x, told = self._judged(batch)
        with torch.no_grad():
            places = self.place(self._noisy(x))
        n_unknown = len(x) - len(batch.y_labelled)
        anyone = torch.randint(self.n_classes, (n_unknown,), device=x.device)
        draws = self.draw(torch.cat([batch.y_labelled, anyone]))
        loss = judge_loss(self.believe(draws, told), self.believe(places, told))
        return Loss(loss, {"judge": loss})

    def _fool(self, batch: Batch) -> Loss:
        """-log of the judge's probability that places of examples were drawn: to lower."""
        x, told = self._judged(batch)
        seen = self._noisy(x)
        places = self._place(seen, self._scores(seen, batch))
        loss = mean(F.softplus(-self.believe(places, told)))
        return Loss(loss, {"fooled": loss})

    def _judged(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """All of the examples, and what the judge is told of each: (B, D), (B, K)."""
        others = batch.x_unlabelled[: self.config.n_drawn]
        known = F.one_hot(batch.y_labelled, self.n_classes).float()
        unknown = known.new_zeros(len(others), self.n_classes)
        return torch.cat([batch.x_labelled, others]), torch.cat([known, unknown])

    def _scores(self, x: Tensor, batch: Batch) -> Tensor:
        """The gate's, which learns by them unless a teacher teaches it: (B, D) -> (B, K)."""
        with unless_taught(batch):
            return self.gate(x)

    def _noisy(self, x: Tensor) -> Tensor:
        return with_noise(x, self.config.noise, self.n_features)
