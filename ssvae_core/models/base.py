"""What every model of this project is and does.

Letters in shapes: B examples, K classes, Z latent dimensions, S an example's own shape,
P the length of a prepared example.
"""

from __future__ import annotations

import dataclasses
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn


def knob(default: Any, low: float, high: float, help: str) -> Any:
    """A field of a model's Config, with the range it may lie in and what it means."""
    return dataclasses.field(default=default, metadata={"low": low, "high": high, "help": help})


def check(config: Any) -> None:
    """Raise ValueError if a field of the Config lies outside its range."""
    for field in dataclasses.fields(config):
        low, high = field.metadata["low"], field.metadata["high"]
        value = getattr(config, field.name)
        if not low <= value <= high:
            raise ValueError(f"{field.name} must lie between {low} and {high}, got {value}.")


def mean(values: Tensor) -> Tensor:
    """The mean, and 0 of no values (an empty part of a batch has no loss)."""
    return values.mean() if len(values) else values.sum()


@dataclass(frozen=True)
class Batch:
    """Examples for one step, prepared by the model; either part may be empty."""

    x_labelled: Tensor  # (B_l, P)
    y_labelled: Tensor  # (B_l,) class of each
    x_unlabelled: Tensor  # (B_u, P)
    labelled_fraction: float  # labelled examples of the whole data set / all of its examples


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


class AbstractModel(nn.Module, ABC):
    """A semi-supervised generative model of examples x and classes y.

    Every method but `prepare`, `decode` and `sample` takes prepared examples.
    """

    n_classes: int
    style_dim: int  # length of the style z that `decode` takes

    def prepare(self, x: Tensor) -> Tensor:
        """The part of the model that does not learn, done once an example: (B, *S) -> (B, P)."""
        return x.flatten(1)

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
    def encode(self, x: Tensor, y: Tensor) -> Tensor:
        """Mean of the style of x, if its class is y: (B, P), (B,) -> (B, Z)."""

    @abstractmethod
    def decode(self, z: Tensor, y: Tensor) -> Tensor:
        """The example that style z and class y stand for, flat: (B, Z), (B,) -> (B, D)."""

    def sample(self, y: Tensor) -> Tensor:
        """One example of each class asked for, its style drawn from the prior: (B,) -> (B, D)."""
        z = torch.randn(len(y), self.style_dim, device=y.device)
        return self.decode(z, y)

    def phases(self) -> list[Phase]:
        """The optimisation plan: what each optimiser moves, to lower what."""
        learning = [parameter for parameter in self.parameters() if parameter.requires_grad]
        return [Phase("bound", learning, self.loss)]
