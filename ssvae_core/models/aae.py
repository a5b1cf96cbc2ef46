"""The adversarial autoencoder of Makhzani et al. (2015), arXiv:1511.05644, section 5.

A class y and a style z together draw an example x; two encoders infer them back:

    p(y) = Cat(1/K)      p(z) = N(0, I)      p(x|y,z) = Likelihood(decoder(z, y))
    q(y|x) = Cat(softmax(classifier(x)))     z = encoder(x)

Instead of a KL term, two discriminators, here "judges", tell the codes of examples from draws of
p(y) and p(z), and the encoders learn to fool them: in the end their codes are spread as the priors
are. No bound comes of it. On MNIST with 100 labels the error was 2.1 % with the teacher (mean of
three draws), and 15.7 % without, of an earlier form. Notes: benchmarks/notes/models-aae.md

Differs from the paper: the class has an encoder of its own, convolutional for images; the
classification shares the reconstruction's optimiser; the judge of styles is told the class, to ask
for q(z|y) = p(z) of every class: untold, it let z hold the class too, and the decoder ignored y;
the judges see codes through a little noise, or theirs would be the easy game of telling a share of
0.999 from a class.

`sample` draws z from the styles of each class's examples, smoothed (class_codes.py), which the
judge has made nearly p(z); its means draw z from p(z).

Letters in shapes: B examples, D values an example has, K classes, Z latent dimensions.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .base import AbstractModel, Batch, Loss, ModelInputs, Phase, mean, unless_taught
from .classifiers import classifier
from .config import knob
from .networks import frozen, head, mlp, trunk


@dataclass(frozen=True)
class AAEConfig:
    """The size of an adversarial autoencoder and how its sides are balanced."""

    latent_dim: int = knob(10, 1, 256, "how many numbers describe an example's style")
    hidden_dim: int = knob(400, 16, 4096, "width of the autoencoder's hidden layers")
    n_features: int = knob(128, 8, 4096, "width of an image classifier's last hidden layer")
    judge_dim: int = knob(100, 8, 4096, "width of each judge's two hidden layers")
    n_drawn: int = knob(64, 1, 4096, "unlabelled examples of a step that are redrawn and judged")
    picture: float = knob(0.01, 0.0, 1.0, "weight of the reconstruction beside the classifier's")
    reader: float = knob(0.05, 0.0, 10.0, "weight of finding the class again in what is drawn")
    noise: float = knob(0.0, 0.0, 2.0, "standard deviation of the noise on what the encoders see")
    blur: float = knob(0.3, 0.0, 2.0, "standard deviation of the noise on what the judges see")
    learning_rate: float = knob(1e-3, 1e-6, 0.1, "step size of Adam for the reconstruction")
    fool_rate: float = knob(3e-4, 1e-6, 0.1, "step size of Adam for the judges and their fooling")


BETAS = (0.5, 0.999)  # of Adam for the judges and their fooling: the past is another game's


def judge_loss(true: Tensor, false: Tensor) -> Tensor:
    """Cross-entropy of log odds: 2 log 2 of a judge that cannot tell: (B,), (B,) -> ()."""
    return mean(F.softplus(-true)) + mean(F.softplus(false))


def with_noise(x: Tensor, scale: float, n_features: int) -> Tensor:
    """With noise on the example itself, none on the features behind it: (..., P) -> (..., P)."""
    noise = torch.randn_like(x)
    if n_features:
        noise[..., -n_features:] = 0
    return x + scale * noise


class AAE(AbstractModel):
    """A class and a style draw an example, and two judges keep both in order."""

    Config = AAEConfig

    def __init__(self, inputs: ModelInputs, config: AAEConfig):
        super().__init__()
        K, Z, H = inputs.n_classes, config.latent_dim, config.hidden_dim
        J = config.judge_dim
        self.config, self.likelihood = config, inputs.likelihood
        self.n_classes, self.style_dim, self.n_features = K, Z, inputs.n_features
        self.classifier = classifier(inputs, config.n_features, (H, H))
        encoder_trunk, n_in = trunk(inputs.shape, H, inputs.options)
        self.encoder = nn.Sequential(encoder_trunk, mlp(n_in, H, H, Z))
        self.from_class, self.from_style = nn.Linear(K, H, bias=False), nn.Linear(Z, H)
        last = head(H, inputs.shape, self.likelihood.parameters_per_value, inputs.options)
        self.decoder = nn.Sequential(nn.ReLU(), nn.Linear(H, H), nn.ReLU(), last)
        self.class_judge = mlp(K, J, J, 1)
        self.judge_style, self.judge_told = nn.Linear(Z, J), nn.Linear(K, J, bias=False)
        self.style_judge = nn.Sequential(nn.ReLU(), *mlp(J, J, 1))

    def codes(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Log q(y|x) of every class, and the style: (..., P) -> (..., K), (..., Z)."""
        return self.classify(x), self.encoder(self.own(x)).float()

    def p_x(self, z: Tensor, q_y: Tensor) -> Tensor:
        """Parameters of p(x|y,z), the class a share of each: (..., Z), (..., K) -> (..., D')."""
        return self.decoder(self.from_style(z) + self.from_class(q_y)).float()

    def classify(self, x: Tensor) -> Tensor:
        """Log q(y|x) of every class: (B, D) -> (B, K)."""
        return self.classifier(x).float().log_softmax(-1)

    def encode(self, x: Tensor, y: Tensor) -> Tensor:
        """The style of x, the same for every class: (B, P), (B,) -> (B, Z)."""
        return self.encoder(self.own(x)).float()

    def decode(self, z: Tensor, y: Tensor) -> Tensor:
        """Mean of p(x|y,z): (B, Z), (B,) -> (B, D)."""
        return self.likelihood.mean(self.p_x(z, self.one_hot(y)))

    def one_hot(self, y: Tensor) -> Tensor:
        """(...) -> (..., K)."""
        return F.one_hot(y, self.n_classes).float()

    def bound(self, x: Tensor, y: Tensor) -> Tensor:
        """Log p(x|y,z) at the style of x, which bounds nothing: (..., D), (...) -> (...).

        It tells classes apart as far as the decoder heeds y.
        """
        return self.likelihood.log_prob(self.own(x), self.p_x(self.encode(x, y), self.one_hot(y)))

    def log_weight(self, x: Tensor, y: Tensor) -> Tensor:
        """Raises TypeError: a code of an example is one point, and a point has no density."""
        raise TypeError("An adversarial autoencoder has no density q(z|x), so no log p(x) either.")

    def loss(self, batch: Batch) -> Loss:
        """Reconstruction and classification; the class of an unlabelled example is q(y|x).

        Where a teacher teaches q(y|x), the reconstruction does not.
        """
        f, n = batch.labelled_fraction, len(batch.x_labelled)
        x = torch.cat([batch.x_labelled, batch.x_unlabelled[: self.config.n_drawn]])
        seen = self._noisy(x)
        with unless_taught(batch):
            log_q_y = self.classify(seen)
        z = self.encoder(self.own(seen)).float()
        q_y = torch.cat([self.one_hot(batch.y_labelled), log_q_y[n:].exp()])
        log_p = self.likelihood.log_prob(self.own(x), self.p_x(z, q_y))
        picture = f * mean(log_p[:n]) + (1 - f) * mean(log_p[n:])
        guess = mean(F.nll_loss(log_q_y[:n], batch.y_labelled, reduction="none"))
        total, terms = guess - self.config.picture * picture, {}
        if not self.n_features:  # those of a drawing are not known
            terms["reader"] = self._read(len(x), x.device)
            total = total + self.config.reader * terms["reader"]
        return Loss(total, {"picture": picture, "classifier": guess, **terms})

    def _read(self, n: int, device: torch.device) -> Tensor:
        """Cross-entropy of the class in draws of n random styles and classes: -> ()."""
        y = torch.randint(self.n_classes, (n,), device=device)
        drawn = self.from_prior(y)
        with frozen(self.classifier):
            return mean(F.nll_loss(self.classify(drawn), y, reduction="none"))

    def phases(self) -> list[Phase]:
        """Reconstruct and classify; tell codes from draws of the priors; make that harder."""
        rate, fool_rate = self.config.learning_rate, self.config.fool_rate
        parts = (self.class_judge, self.judge_style, self.judge_told, self.style_judge)
        judges = [parameter for part in parts for parameter in part.parameters()]
        encoders = [*self.classifier.parameters(), *self.encoder.parameters()]
        decoders = (self.from_class, self.from_style, self.decoder, self.likelihood)
        decoder = [parameter for part in decoders for parameter in part.parameters()]
        return [
            Phase("reconstruct", encoders + decoder, self.loss, rate),
            Phase("judge", judges, self._judge, fool_rate, BETAS),
            Phase("fool", encoders, self._fool, fool_rate, BETAS),
        ]

    def believe_class(self, q_y: Tensor) -> Tensor:
        """The judge's log odds that a class was drawn from p(y): (B, K) -> (B,)."""
        return self.class_judge(self._blurred(q_y))[..., 0]

    def believe_style(self, z: Tensor, q_y: Tensor) -> Tensor:
        """The judge's log odds that a style beside a class was drawn: (B, Z), (B, K) -> (B,)."""
        hidden = self.judge_style(self._blurred(z)) + self.judge_told(q_y.detach())
        return self.style_judge(hidden)[..., 0]

    def _judge(self, batch: Batch) -> Loss:
        """Cross-entropy of the judges: a draw of a prior is true, a code of an example false."""
        with torch.no_grad():
            q_y, z = self._judged(batch)
        y = torch.randint(self.n_classes, (len(z),), device=z.device)
        kind = judge_loss(self.believe_class(self.one_hot(y)), self.believe_class(q_y))
        true, false = self.believe_style(torch.randn_like(z), q_y), self.believe_style(z, q_y)
        style = judge_loss(true, false)
        return Loss(kind + style, {"class judge": kind, "style judge": style})

    def _fool(self, batch: Batch) -> Loss:
        """-log of the judges' probability that codes of examples were drawn: to lower."""
        q_y, z = self._judged(batch)
        kind = mean(F.softplus(-self.believe_class(q_y)))
        style = mean(F.softplus(-self.believe_style(z, q_y)))
        return Loss(kind + style, {"class fooled": kind, "style fooled": style})

    def _judged(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """Codes of the unlabelled examples; of the labelled ones if there are no others."""
        x = batch.x_unlabelled if len(batch.x_unlabelled) else batch.x_labelled
        log_q_y, z = self.codes(self._noisy(x[: self.config.n_drawn]))
        return log_q_y.exp(), z

    def _noisy(self, x: Tensor) -> Tensor:
        return with_noise(x, self.config.noise, self.n_features)

    def _blurred(self, code: Tensor) -> Tensor:
        return code + self.config.blur * torch.randn_like(code)
