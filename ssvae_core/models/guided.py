"""Our default model on images: M2's parts, each trained by what trains it best.

    p(y) = Cat(1/K)      p(z) = N(0, I)      p(x|y,z) = Likelihood(decoder(z, y))
    q(y|x) = Cat(softmax(convolutions(x)))   q(z|x,y) = N(mean(x, y), exp(log_var(x, y)))

These are M2's densities, and its bound holds. What differs is the training: M2 lowers one loss with
all of its parts, here the classifier and the generator each have their own.

- q(y|x) begins on a pretrained encoder's features, or with a contrastively pretrained image encoder
  (models/contrastive.py), if there is one, and learns from the labels and from the teacher
  (training/teacher.py): propagated labels first, then consistency with an average of its weights on
  warped images. That is what earns the accuracy. The bound earns none of it: coupled, it made the
  error no better, for a third of the steps.
- q(z|x,y) and p(x|y,z) learn the bound with y as labelled, or as the teacher says of the
  unlabelled ones, and with a smaller weight of the divergence (beta; Higgins et al. 2017): in few
  steps a style then tells twice as much of an example, and drawings are as varied as that. What
  they draw for a random z is also read by q(y|x), which is to find y
  in it again: without that, half of the samples show another class than the one asked for. Not so
  where q(y|x) takes an encoder's features: those of a drawing are not known.

The generator has every other step, so that the classifier has more of them, and at half as many it
wants a larger learning rate: another classifier then reads 92 % of what it draws for MNIST as the
class asked for, and 73 % at a quarter of it in every step. Notes: benchmarks/notes/models-guided.md

`sample` draws z from the aggregated q(z|x,y) of each class's examples, smoothed (class_codes.py);
its means draw z from p(z).

Letters in shapes: B examples, D values an example has, K classes, Z latent dimensions.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch
import torch.nn.functional as F
from torch import Tensor

from .base import AbstractModel, Batch, Loss, ModelInputs, Phase, mean
from .classifiers import classifier_trunk
from .config import knob
from .m2 import M2, M2Config
from .networks import frozen, mlp

GENERATOR_RATE_RATIO = 1.5  # of the generator's learning rate, to the classifier's


@dataclass(frozen=True)
class GuidedConfig:
    """The sizes of the networks, and how hard each is trained."""

    latent_dim: int = knob(12, 1, 256, "how many numbers describe an example's style")
    hidden_dim: int = knob(400, 16, 4096, "width of the generator's hidden layers")
    n_features: int = knob(128, 8, 4096, "width of the classifier's last hidden layer")
    n_drawn: int = knob(96, 1, 4096, "unlabelled ones a step that the generator learns from")
    n_given: int = knob(8, 1, 4096, "labelled ones; more would have it learn a few by heart")
    reader: float = knob(1.0, 0.0, 1000.0, "weight of finding the class again in what is drawn")
    beta: float = knob(0.25, 0.0, 10.0, "weight of the style's divergence; 1 is the bound")
    learning_rate: float = knob(2e-3, 1e-6, 0.1, "step size of Adam; the generator has half more")


class Guided(AbstractModel):
    """M2 with a convolutional classifier that a teacher teaches, and a generator of its own."""

    Config: type[GuidedConfig] = GuidedConfig
    PICTURE = "picture"  # what the bound's term of the example is called
    GENERATOR_EVERY = 2  # steps of the classifier, one of the generator

    def __init__(self, inputs: ModelInputs, config: GuidedConfig):
        super().__init__()
        self.config = config
        self.n_classes, self.style_dim = inputs.n_classes, config.latent_dim
        self.n_features = inputs.n_features
        self.m2 = self.parts(replace(inputs, n_features=0), config)
        if (first := classifier_trunk(inputs, config.n_features)) is not None:
            self.m2.classifier_trunk = first
            self.m2.classifier = mlp(config.n_features, inputs.n_classes)

    def parts(self, inputs: ModelInputs, config: GuidedConfig) -> M2:
        """The networks; images and what has features then get another classifier."""
        return M2(inputs, M2Config(config.latent_dim, config.hidden_dim, n_layers=2))

    def explained(self, x: Tensor) -> Tensor:
        """What the generator explains of examples, themselves: (..., P) -> (..., D)."""
        return self.own(x)

    @property
    def reads_drawings(self) -> bool:
        """Whether the class is to be found again in what is drawn, whose features are not known."""
        return not self.n_features

    def classify(self, x: Tensor) -> Tensor:
        """Log q(y|x) of every class: (B, D) -> (B, K)."""
        return self.m2.classify(x)

    def bound(self, x: Tensor, y: Tensor) -> Tensor:
        """M2's: (..., D), (...) -> (...)."""
        return self.m2.bound(self.explained(x), y)

    def log_weight(self, x: Tensor, y: Tensor) -> Tensor:
        """M2's: (..., D), (...) -> (...)."""
        return self.m2.log_weight(self.explained(x), y)

    def encode(self, x: Tensor, y: Tensor) -> Tensor:
        """Mean of q(z|x,y): (B, D), (B,) -> (B, Z)."""
        return self.m2.encode(self.explained(x), y)

    def decode(self, z: Tensor, y: Tensor) -> Tensor:
        """Mean of p(x|y,z): (B, Z), (B,) -> (B, D)."""
        return self.m2.decode(z, y)

    def loss(self, batch: Batch) -> Loss:
        """Both phases' losses."""
        one, other = self.classifier_loss(batch), self.generator_loss(batch)
        return Loss(one.total + other.total, one.terms | other.terms)

    def classifier_loss(self, batch: Batch) -> Loss:
        """Cross-entropy of the labels; nothing where there is a teacher, whose loss has them."""
        if batch.soft_targets is not None:
            return Loss(batch.x_unlabelled.sum() * 0, {})
        guess = mean(
            F.nll_loss(self.classify(batch.x_labelled), batch.y_labelled, reduction="none")
        )
        return Loss(guess, {"classifier": guess})

    def generator_loss(self, batch: Batch) -> Loss:
        """The bound's share of z, with y as labelled or as the teacher says; and what is read."""
        x, y = self._named(batch)
        log_p_x, kl = self.m2.terms(self.explained(x), y)
        picture, style = mean(log_p_x), -mean(kl)
        loss, terms = -(picture + self.config.beta * style), {self.PICTURE: picture, "style": style}
        if self.reads_drawings:
            drawn = self.from_prior(y)
            with frozen(self.m2.classifier_trunk), frozen(self.m2.classifier):
                read = mean(F.nll_loss(self.classify(drawn), y, reduction="none"))
            loss, terms = self.config.reader * read + loss, {**terms, "reader": read}
        return Loss(loss, terms)

    def phases(self) -> list[Phase]:
        """The classifier, and in every other step the generator."""
        m2, rate = self.m2, self.config.learning_rate
        classifier = [*m2.classifier_trunk.parameters(), *m2.classifier.parameters()]
        generator = [*m2.encoder_trunk.parameters(), *m2.encoder.parameters()]
        generator += [*m2.decoder.parameters(), *m2.likelihood.parameters()]
        return [
            Phase("classifier", classifier, self.classifier_loss, rate),
            Phase(
                "generator",
                generator,
                self.generator_loss,
                GENERATOR_RATE_RATIO * rate,
                every=self.GENERATOR_EVERY,
            ),
        ]

    def _named(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """The labelled examples and some others, with a class each: (B, D), (B,)."""
        others = batch.x_unlabelled[: self.config.n_drawn]
        if batch.soft_targets is not None:
            soft_targets = batch.soft_targets[: len(others)]
            has_hint = soft_targets.sum(-1) > 0
            others, guesses = others[has_hint], soft_targets[has_hint].argmax(-1)
        elif batch.labelled_fraction > 0:
            guesses = self.classify(others).argmax(-1)
        else:
            guesses = torch.randint(self.n_classes, (len(others),), device=others.device)
        n = self.config.n_given
        x, y = batch.x_labelled[:n], batch.y_labelled[:n]
        return torch.cat([x, others]), torch.cat([y, guesses])
