"""What every model of this project is and does.

Letters in shapes: B examples, K classes, Z latent dimensions, S an example's own shape, D the
number of its values, F features of a pretrained encoder (0 without one), P the length of a prepared
example, L draws of the latents, M pairs of an example and a class.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from ..options.options import AUTO, FittingOptions
from .abstract_vae import AbstractVAE
from .class_codes import ClassCodes
from .components import Components
from .distributions import (
    Bernoulli,
    Gaussian,
    Likelihood,
    SharedGaussian,
    sample_categorical,
)
from .joined import Joined
from .networks import ImageEncoder


def mean(values: Tensor) -> Tensor:
    """The mean, and 0 of no values (an empty part of a batch has no loss)."""
    return values.mean() if len(values) else values.sum()


def every_class(x: Tensor, n_classes: int) -> tuple[Tensor, Tensor]:
    """X and y, such that a method of both sees each x under each y: (B, P) -> (B, 1, P), (K,)."""
    return x[:, None], torch.arange(n_classes, device=x.device)


@dataclass(frozen=True)
class ModelInputs:
    """What a model is made for: the examples, the classes, and an M1 where there is one."""

    shape: tuple[int, ...]  # of an example: (H, W, C) of an image, (D,) of a feature vector
    n_classes: int
    likelihood: Likelihood
    m1: AbstractVAE | None = None  # trained on these examples
    z1_mean: Tensor | None = None  # its latent means of many of them, (N, latent_dim)
    options: FittingOptions = AUTO  # of networks
    # A classifier's convolutions, pretrained contrastively.
    image_encoder: ImageEncoder | None = None
    n_features: int = 0  # F, of a pretrained encoder: classes are told from them
    components: Components | None = None  # of the examples, where they are drawn from those

    @classmethod
    def of(
        cls,
        shape: tuple[int, ...],
        n_classes: int,
        options: FittingOptions,
        m1: AbstractVAE | None = None,
        z1_mean: Tensor | None = None,
        image_encoder: ImageEncoder | None = None,
        n_features: int = 0,
        components: Components | None = None,
    ) -> ModelInputs:
        """With the likelihood and the networks that were chosen, or that suit the shape."""
        likelihood = likelihood_of(shape, options)
        on = (m1, z1_mean, options, image_encoder, n_features, components)
        return cls(shape, n_classes, likelihood, *on)

    @property
    def n_values(self) -> int:
        """D, how many values an example has."""
        return math.prod(self.shape)

    @property
    def is_image(self) -> bool:
        """Whether an example has height, width and channels."""
        return len(self.shape) == 3


def likelihood_of(shape: tuple[int, ...], options: FittingOptions = AUTO) -> Likelihood:
    """As chosen; by itself Bernoulli for grey images, Gaussian for colours and vectors.

    An image's values share one variance, as they share one unit; a vector's have one each.
    """
    if options.is_bernoulli(shape):
        return Bernoulli()
    return SharedGaussian() if len(shape) == 3 else Gaussian()


@dataclass(frozen=True)
class Batch:
    """Examples for one step, prepared by the model; either part may be empty."""

    x_labelled: Tensor  # (B_l, P)
    y_labelled: Tensor  # (B_l,) class of each
    x_unlabelled: Tensor  # (B_u, P)
    labelled_fraction: float  # labelled examples of the whole data set / all of its examples
    soft_targets: Tensor | None = None  # (B_u, K) of the unlabelled ones, by the teacher
    step: int = 0  # steps taken before this one


def unless_taught(batch: Batch) -> torch.set_grad_enabled:
    """`with` it: gradients as they are, but none where a teacher teaches q(y|x) instead."""
    return torch.set_grad_enabled(torch.is_grad_enabled() and batch.soft_targets is None)


def seen_pairs(
    batch: Batch, log_q_y: Tensor, min_class_probability: float
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """The examples and classes that a bound sees, log q of each and its weight: 4 x (M,).

    Examples count from the first labelled one. A labelled one has its class; an unlabelled one, of
    log_q_y (B_u, K), its likeliest and all with q(y|x) >= min_class_probability. Their q is
    normalised anew: it is an encoder like any other, so what it gives is a bound too. Where a
    teacher teaches q(y|x), it does not learn from their sum, and one class drawn from it will do.
    """
    n, n_unlabelled = len(batch.x_labelled), len(log_q_y)
    q_y = log_q_y.exp()
    if batch.soft_targets is None:
        is_unlikely = q_y < q_y.amax(-1, keepdim=True).clamp(
            max=min_class_probability
        )  # not so of a nan
        i, y = (~is_unlikely).nonzero(as_tuple=True)
        log_q = log_q_y.masked_fill(is_unlikely, -torch.inf).log_softmax(-1)[i, y]
        share = log_q.exp()
    else:
        i, y = torch.arange(n_unlabelled, device=q_y.device), sample_categorical(q_y)
        log_q, share = log_q_y[i, y], torch.ones_like(q_y[:, 0])

    f = batch.labelled_fraction
    labelled = log_q.new_full((n,), f / max(n, 1))
    unlabelled = (1 - f) / max(n_unlabelled, 1) * share
    return (
        torch.cat([torch.arange(n, device=i.device), n + i]),
        torch.cat([batch.y_labelled, y]),
        torch.cat([torch.zeros_like(labelled), log_q]),
        torch.cat([labelled, unlabelled]),
    )


@dataclass(frozen=True)
class Loss:
    """What a step lowers, and the terms it is made of, by name, in nats an example."""

    total: Tensor
    terms: dict[str, Tensor]


@dataclass(frozen=True)
class Phase:
    """One optimiser's share of a step: these parameters, to lower this loss."""

    name: str
    parameters: list[nn.Parameter]
    loss: Callable[[Batch], Loss]
    learning_rate: float = 1e-3  # of Adam
    betas: tuple[float, float] = (0.9, 0.999)
    every: int = 1  # of so many steps, it takes part in the first


class AbstractModel(nn.Module, ABC):
    """A semi-supervised generative model of examples x and classes y.

    Made by `Model(inputs, config)`. Every method but `prepare` takes prepared examples: what
    `prepare` makes of them, and behind it their features, if the model is made for some. It tells
    classes from the features and explains the rest, which is `own`.
    """

    Config: type[Any]
    n_classes: int
    style_dim: int  # length of the style z that `decode` takes
    n_features: int = 0  # F
    n_domains = 0  # S, that it is told of
    takes_domains = False  # whether it can be: then the domain of an example lies behind its values
    finds_classes = False  # learns and draws K kinds before there is a label
    draws_by_m1 = False  # its codes are M1's latents, and drawn without what it learns
    class_codes: ClassCodes | None  # what `sample` draws by; of no state_dict

    def __init__(self, *_: Any):  # a model takes ModelInputs and its Config, this one nothing
        super().__init__()
        self.register_module("class_codes", None)

    def prepare(self, x: Tensor) -> Tensor:
        """The part of the model that does not learn, done once an example: (B, *S) -> (B, P)."""
        return x.flatten(1)

    @property
    def prepares(self) -> bool:
        """Whether it wants examples otherwise than as they are."""
        return type(self).prepare is not AbstractModel.prepare

    def own(self, x: Tensor) -> Tensor:
        """A prepared example without the features behind it: (..., P) -> (..., P - F)."""
        return x[..., : -self.n_features] if self.n_features else x

    @abstractmethod
    def loss(self, batch: Batch) -> Loss:
        """What to lower, with the terms of the bound."""

    @abstractmethod
    def classify(self, x: Tensor) -> Tensor:
        """Log q(y|x) of every class: (B, P) -> (B, K)."""

    @abstractmethod
    def bound(self, x: Tensor, y: Tensor) -> Tensor:
        """A lower bound of log p(x, y) from one draw, broadcast: (..., P), (...) -> (...)."""

    @abstractmethod
    def log_weight(self, x: Tensor, y: Tensor) -> Tensor:
        """Log p(x, y, z) - log q(z|x, y) at one draw of z: (..., P), (...) -> (...).

        The mean of its exponential is p(x, y). Raises TypeError in a model without densities.
        """

    @abstractmethod
    def encode(self, x: Tensor, y: Tensor) -> Tensor:
        """Mean of the style of x, if its class is y: (B, P), (B,) -> (B, Z)."""

    @abstractmethod
    def decode(self, z: Tensor, y: Tensor) -> Tensor:
        """The example that style z and class y stand for, flat: (B, Z), (B,) -> (B, D)."""

    def redrawn(self, x: Tensor, y: Tensor, domain: int | None = None) -> Tensor:
        """X drawn again from its own style, as class y, flat: (B, P), (B,) -> (B, D).

        In its own domain, or as it would be in the one at this place, where the model is told.
        """
        return self.decode(self.encode(x, y), y)

    def code(self, x: Tensor, y: Tensor) -> Tensor:
        """What alone decides, with its class, how x is drawn again: (B, P), (B,) -> (B, C)."""
        return self.encode(x, y)

    def decode_code(self, code: Tensor, y: Tensor) -> Tensor:
        """The example that a code and class y stand for, flat: (B, C), (B,) -> (B, D)."""
        return self.decode(code, y)

    def sample(self, y: Tensor, n: int = 1, mean: bool = False, temperature: float = 1.0) -> Tensor:
        """N new examples of each class asked for: (B,) -> (B, n, D).

        A draw is of the aggregated posterior of the class's surer examples, smoothed
        (class_codes.py); with `mean`, and of a class without codes, the style is drawn from the
        prior and all else at its mean. Values are means of p(x|code, y) in both. None is left out.
        `temperature` scales the kernels' width and the prior's standard deviation: 0 is their
        centres.
        """
        drawn = self.from_prior(y.repeat_interleave(n), temperature).view(len(y), n, -1)
        if mean or self.class_codes is None:
            return drawn
        has = self.class_codes.has(y)
        codes, each = self.class_codes.drawn(y[has], n, temperature), y[has].repeat_interleave(n)
        drawn[has] = self.decode_code(codes.flatten(0, 1), each).view_as(drawn[has])
        return drawn

    def from_prior(self, y: Tensor, temperature: float = 1.0) -> Tensor:
        """An example of each class, its style drawn from the prior: (B,) -> (B, D)."""
        return self.decode(temperature * torch.randn(len(y), self.style_dim, device=y.device), y)

    def take_labels(self, x: Tensor | Joined, y: Tensor, soft_targets: Tensor | None) -> None:
        """What is not learned in steps but worked out when labels change; usually nothing.

        x: (N, P) all examples; y: (N,) with -1 for no label; soft_targets: (N, K) what labels
        propagate.
        """

    def phases(self) -> list[Phase]:
        """The optimisation plan: what each optimiser moves, to lower what.

        The first one moves what `classify` is made of: a teacher adds its soft targets to that
        loss.
        """
        learning = [parameter for parameter in self.parameters() if parameter.requires_grad]
        return [Phase("bound", learning, self.loss)]


@torch.no_grad()
def importance_bound(model: AbstractModel, x: Tensor, n_draws: int) -> Tensor:
    """A lower bound of log p(x), tighter with every draw (Burda et al. 2016): (B, P) -> (B,).

    log 1/L sum_l sum_y w(x, y, z_l), the classes summed exactly.
    """
    per_draw = [
        model.log_weight(*every_class(x, model.n_classes)).logsumexp(-1) for _ in range(n_draws)
    ]
    return torch.stack(per_draw).logsumexp(0) - math.log(n_draws)
