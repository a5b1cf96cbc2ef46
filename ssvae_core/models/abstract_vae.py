"""What every M1 is and does: one that is trained on the examples, or a pretrained autoencoder.

Letters in shapes: D values of an example, Z latent dimensions; `...` is any leading shape.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

from torch import Tensor, nn

from ..options.options import FittingOptions
from .distributions import sample_gaussian


class AbstractVAE(nn.Module, ABC):
    """A generative model of examples x without classes: features for the models that have them."""

    latent_dim: int  # Z
    config: Any  # its own dataclass
    options: FittingOptions  # of its networks
    draws_untrained = False  # it began as what explains these examples already
    n_leading: int | None = None  # first latents, of which a model on it learns; all where None
    is_pretrained = False  # on other images; then it is too large to draw or to see in every step

    @abstractmethod
    def q_z(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Mean and log-variance of q(z|x): (..., D) -> (..., Z), (..., Z)."""

    def encode(self, x: Tensor) -> Tensor:
        """Mean of q(z|x): (..., D) -> (..., Z)."""
        return self.q_z(x)[0]

    @abstractmethod
    def decode(self, z: Tensor) -> Tensor:
        """Mean of p(x|z): (..., Z) -> (..., D)."""

    def drawn(self, x: Tensor) -> Tensor:
        """What a draw of q(z|x) looks like: (..., D) -> (..., D).

        Over many examples that is a draw of the aggregated posterior, all of which the decoder
        knows; between its parts the prior may have places that it never saw.
        """
        return self.decode(sample_gaussian(*self.q_z(x)))
