"""The Ladder VAE of Sønderby et al. (2016), arXiv:1602.02282, with a class on top of it.

A class draws the top latents, each layer of latents the one below, the last one the example:

    p(y) = Cat(1/K)                           p(z_L|y) = N(mean[y], exp(log_var[y]))
    p(z_i|z_i+1) = N(mean(z_i+1), exp(log_var(z_i+1)))       p(x|z_1) = Likelihood(decoder(z_1))

A deterministic pass upward, d_i = net(d_i-1) from d_0 = x, says of every layer what x alone tells;
on the way down that is merged with what the layer above expects, a product of two Gaussians:

    q(y|x) = Cat(softmax(classifier(x)))      q(z_i|z_i+1, x) ∝ N(mean(d_i), var(d_i)) p(z_i|z_i+1)

With n_classes = 1 this is the paper's unsupervised model. An unlabelled example's bound sums over
all classes. A training step has two terms of that sum, the likeliest class and one drawn of the
others, or one drawn class where q(y|x) is not to learn from the bound: value and gradient are right
on average (Liu et al. 2019). Two terms take 0.4 of the time of ten.

Differs from the paper: a class on top (none there); one hidden layer in each network (two there).
q(y|x) has a network of its own, not the upward pass, and learns from the teacher alone where there
is one: on 100 MNIST labels that took the error from 8.7 to 2.1 %.
Notes: benchmarks/notes/models-ladder.md

`sample` draws the noise of all layers from that of each class's examples, smoothed
(class_codes.py); its means draw it from N(0, I), and so z_L ... z_1 from their priors.

Letters in shapes: B examples, D values an example has, K classes, L layers of latents, Z_i latents
of layer i. Bounds are in nats.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .base import AbstractModel, Batch, Loss, ModelInputs, Phase, mean, unless_taught
from .classifiers import classifier
from .config import choice, knob
from .distributions import entropy, log_gaussian, sample_categorical, sample_gaussian
from .networks import head, trunk

Moments = tuple[Tensor, Tensor]  # mean and log-variance, (..., Z_i) each
MOST = 20.0  # of a log-variance, up or down


@dataclass(frozen=True)
class LadderConfig:
    """The size of a Ladder VAE, the weight of its classifier and its warm-up."""

    latent_dim: int = knob(8, 1, 256, "how many numbers the top layer has; each below twice more")
    hidden_dim: int = knob(256, 16, 4096, "width of the lowest hidden layer; each above half of it")
    n_features: int = knob(128, 8, 4096, "width of the classifier's last hidden layer")
    n_layers: int = knob(3, 1, 5, "how many layers of latents there are")
    alpha: float = knob(0.1, 0.0, 10.0, "weight of the classifier's own loss; Eq. 9's alpha / N")
    classes: str = choice(
        "two", ("two", "all"), "those an unlabelled example is seen under in a step"
    )
    warm_up: int = knob(200, 0, 1_000_000, "steps in which the KL terms' weight rises from 0 to 1")
    learning_rate: float = knob(2e-3, 1e-6, 0.1, "step size of Adam")
    pixels: str = choice("grey", ("grey", "drawn"), "as given, or black and white anew each step")


class Layer(NamedTuple):
    """One layer of latents on the way down: what is inferred, what was expected, what is drawn."""

    q: Moments
    p: Moments
    z: Tensor


class Normalised(nn.Module):
    """Linear, batch norm, leaky ReLU: (..., n_in) -> (..., n_out).

    One row alone has no statistics: in training, too, it is normalised by the running ones.
    """

    running_mean: Tensor
    running_var: Tensor

    def __init__(self, n_in: int, n_out: int):
        super().__init__()
        self.linear = nn.Linear(n_in, n_out, bias=False)
        self.weight, self.bias = nn.Parameter(torch.ones(n_out)), nn.Parameter(torch.zeros(n_out))
        self.register_buffer("running_mean", torch.zeros(n_out))
        self.register_buffer("running_var", torch.ones(n_out))

    def forward(self, v: Tensor) -> Tensor:
        """See the class."""
        h = self.linear(v)
        rows, running = h.flatten(0, -2), (self.running_mean, self.running_var)
        by_batch = self.training and len(rows) > 1
        normalised = F.batch_norm(rows, *running, self.weight, self.bias, by_batch)
        return F.leaky_relu(normalised, 0.1).reshape(h.shape)


def merge(one: Moments, other: Moments) -> Moments:
    """The normalised product of two Gaussians: precisions add up and weigh the means."""
    (mean_1, log_var_1), (mean_2, log_var_2) = one, other
    difference = log_var_2 - log_var_1
    merged_mean = mean_2 + difference.sigmoid() * (mean_1 - mean_2)
    return merged_mean, log_var_2 - F.softplus(difference)


def kl_gaussians(q: Moments, p: Moments) -> Tensor:
    """KL[q || p]: (..., Z) -> (...)."""
    (q_mean, q_log_var), (p_mean, p_log_var) = q, p
    ratio, distance = (q_log_var - p_log_var), (q_mean - p_mean).square() * (-p_log_var).exp()
    return 0.5 * (ratio.exp() - 1 - ratio + distance).sum(-1)


def moments(parameters: Tensor) -> Moments:
    """(..., 2 Z) -> (..., Z), (..., Z).

    A log-variance stays where its exponential is a number: beyond, a layer that is as sure as the
    one above expects comes to 0 times infinity. Five layers got there after half an hour.
    """
    z_mean, z_log_var = parameters.float().chunk(2, -1)
    return z_mean, z_log_var.clamp(-MOST, MOST)


def likeliest_and_another(q_y: Tensor) -> tuple[Tensor, Tensor]:
    """Two classes of each example, and what their terms weigh: (B, K) -> (B, 2), (B, 2).

    The second is drawn from the others in proportion to q_y, and weighs q_y / its probability.
    """
    best = q_y.argmax(-1, keepdim=True)
    others = (q_y.detach() + 1e-6).scatter(-1, best, 0.0)
    others = others / others.sum(-1, keepdim=True)
    another = sample_categorical(others)[:, None]
    weights = q_y.gather(-1, another) / others.gather(-1, another)
    return torch.cat([best, another], -1), torch.cat([q_y.gather(-1, best), weights], -1)


def weighted(values: Tensor, weights: Tensor) -> Tensor:
    """The weighted sum, if the weights have mean sum 1: (B, 2), (B, 2) -> (B,).

    Only how a value differs from the first one is weighted: else chance in the weights would be
    multiplied by a hundred nats that all classes share.
    """
    first = values[:, :1].detach()
    return (weights * (values - first)).sum(-1) + first[:, 0]


class Ladder(AbstractModel):
    """Layers of latents, inferred upward and downward, and a class on top."""

    Config = LadderConfig

    def __init__(self, inputs: ModelInputs, config: LadderConfig):
        super().__init__()
        K, L = inputs.n_classes, config.n_layers
        sizes = [config.latent_dim << i for i in range(L)]  # of the latents, from the top
        widths = [max(config.hidden_dim >> i, 16) for i in reversed(range(L))]
        self.config, self.likelihood = config, inputs.likelihood
        self.n_classes, self.style_dim, self.sizes = K, sum(sizes), sizes
        self.n_features = inputs.n_features
        self.trunk, n_in = trunk(inputs.shape, widths[-1], inputs.options)
        self.up = nn.ModuleList(
            Normalised(*ins_outs) for ins_outs in pairwise([n_in, *reversed(widths)])
        )
        self.estimates = nn.ModuleList(
            nn.Linear(width, 2 * size) for width, size in zip(widths, sizes, strict=True)
        )
        self.classifier = classifier(inputs, config.n_features, (config.n_features,))
        self.top = nn.Embedding(K, 2 * sizes[0])
        nn.init.zeros_(self.top.weight[:, sizes[0] :])
        # Without batch norm on the way down the upper two of three layers fall silent: they then
        # hold 0.1 nats of KL on MNIST, with it 7.4.
        outs: list[nn.Module] = [nn.Linear(widths[i], 2 * sizes[i + 1]) for i in range(L - 1)]
        outs.append(
            head(widths[-1], inputs.shape, self.likelihood.parameters_per_value, inputs.options)
        )
        self.below = nn.ModuleList(
            nn.Sequential(Normalised(size, width), out)
            for size, width, out in zip(sizes, widths, outs, strict=True)
        )

    def classify(self, x: Tensor) -> Tensor:
        """Log q(y|x) of every class: (B, D) -> (B, K)."""
        return self.classifier(x).float().log_softmax(-1)

    def encode(self, x: Tensor, y: Tensor) -> Tensor:
        """The style that decodes to the layers' posterior means: (B, D), (B,) -> (B, Z)."""
        layers, _ = self.descend(self.features(x), y, lambda z_mean, _: z_mean)
        return torch.cat([(z - p[0]) * (-0.5 * p[1]).exp() for _, p, z in layers], -1)

    def decode(self, z: Tensor, y: Tensor) -> Tensor:
        """Mean of p(x|z_1): (B, Z), (B,) -> (B, D). The style is every layer's own noise."""
        p = self.top(y)
        for noise, below in zip(z.split(self.sizes, -1), self.below, strict=True):
            p_mean, p_log_var = moments(p)
            p = below(p_mean + (0.5 * p_log_var).exp() * noise)
        return self.likelihood.mean(p.float())

    def features(self, x: Tensor) -> list[Tensor]:
        """d_L, ..., d_1, the upward pass: (..., P) -> L x (..., width)."""
        d, all_d = self.trunk(self.own(x)), []
        for net in self.up:
            d = net(d)
            all_d.append(d)
        return all_d[::-1]

    def descend(
        self, d: list[Tensor], y: Tensor, draw: Callable[[Tensor, Tensor], Tensor]
    ) -> tuple[list[Layer], Tensor]:
        """The layers from the top, and p(x|z_1): L x (..., width), (...) -> L, (..., D * P)."""
        p, layers = self.top(y), []
        for d_i, estimate, below in zip(d, self.estimates, self.below, strict=True):
            expected = moments(p)
            q = merge(moments(estimate(d_i)), expected)
            z = draw(*q)
            layers.append(Layer(q, expected, z))
            p = below(z)
        return layers, p.float()

    def terms(self, x: Tensor, y: Tensor, d: list[Tensor]) -> tuple[Tensor, Tensor]:
        """E_q[log p(x|z_1)] and the KL of all layers, from one draw: (..., D), (...) -> 2 x (...).

        Each KL[q(z_i|z_i+1, x) || p(z_i|z_i+1)] is exact, given the draw of the layer above.
        """
        layers, p_x = self.descend(d, y, sample_gaussian)
        kls = [kl_gaussians(q, p) for q, p, _ in layers]
        return self.likelihood.log_prob(self.own(x), p_x), torch.stack(kls).sum(0)

    def bound(self, x: Tensor, y: Tensor) -> Tensor:
        """A lower bound of log p(x, y), from one draw: (..., D), (...) -> (...)."""
        log_p_x, kl = self.terms(x, y, self.features(x))
        return log_p_x - kl - math.log(self.n_classes)

    def log_weight(self, x: Tensor, y: Tensor) -> Tensor:
        """Log p(x, y, z_1..L) - log q(z_1..L|x, y) at one draw: (..., D), (...) -> (...)."""
        layers, p_x = self.descend(self.features(x), y, sample_gaussian)
        log_p = self.likelihood.log_prob(self.own(x), p_x) - math.log(self.n_classes)
        return log_p + sum(log_gaussian(z, *p) - log_gaussian(z, *q) for q, p, z in layers)

    def warmth(self, step: int) -> float:
        """The KL's weight: 0 at first, 1 after the warm-up."""
        return min(1.0, step / self.config.warm_up) if self.config.warm_up else 1.0

    def loss(self, batch: Batch) -> Loss:
        """M2's loss (Kingma et al. 2014, Eq. 9) with this model's bound, its KL warmed up.

        All examples go up, and all with a class come down, as one batch with one statistic. Where
        a teacher teaches q(y|x), the bound does not.
        """
        f, log_K = batch.labelled_fraction, math.log(self.n_classes)
        n, x = len(batch.x_labelled), torch.cat([batch.x_labelled, batch.x_unlabelled])
        if self.config.pixels == "drawn":
            x = self.likelihood.drawn(x)
        with unless_taught(batch):
            log_q_y = self.classify(x)
        classes, weights = self.seen_classes(log_q_y[n:].exp())
        each = torch.arange(len(x), device=x.device)
        each = torch.cat([each[:n], each[n:].repeat_interleave(classes.shape[1])])
        y = torch.cat([batch.y_labelled, classes.flatten()])
        log_p_x, kl = self.terms(x[each], y, [d_i[each] for d_i in self.features(x)])

        def average(values: Tensor) -> Tensor:
            of_classes = values[n:].view(weights.shape)
            return f * mean(values[:n]) + (1 - f) * mean(weighted(of_classes, weights))

        picture, style = average(log_p_x), -self.warmth(batch.step) * average(kl)
        # log p(y) of the known classes; -KL[q(y|x) || p(y)] of the unknown ones.
        kind = -f * log_K * bool(n) + (1 - f) * mean(entropy(log_q_y[n:]) - log_K)
        guess = mean(F.nll_loss(log_q_y[:n], batch.y_labelled, reduction="none"))
        return Loss(
            self.config.alpha * guess - (picture + style + kind),
            {"picture": picture, "style": style, "class": kind, "classifier": guess},
        )

    def seen_classes(self, q_y: Tensor) -> tuple[Tensor, Tensor]:
        """The classes of a step's sum, and their weights: (B, K) -> 2 x (B, 1), (B, 2) or (B, K).

        Where q_y does not learn from the sum, one class drawn from it will do.
        """
        if self.n_classes <= 2 or self.config.classes == "all":
            return torch.arange(self.n_classes, device=q_y.device).expand_as(q_y), q_y
        if q_y.requires_grad or not len(q_y):
            return likeliest_and_another(q_y)
        drawn = sample_categorical(q_y)[:, None]
        return drawn, torch.ones_like(drawn, dtype=q_y.dtype)

    def phases(self) -> list[Phase]:
        """One optimiser for all of it."""
        return [Phase("bound", list(self.parameters()), self.loss, self.config.learning_rate)]
