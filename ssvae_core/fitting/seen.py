"""Examples as a fit holds them: their values, and beside these what an encoder saw of them.

Letters in shapes: M examples, D values of each, F features.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ..encoders import features_for_graph
from ..training.tensors import as_inputs


@dataclass(frozen=True)
class Seen:
    """Examples on the device."""

    values: Tensor  # (M, D)
    features: Tensor | None = None  # (M, F), of an image encoder or a person's own
    digests: NDArray[np.uint8] | None = None  # (M, 16) of the images that the encoder saw
    domains: NDArray[np.int64] | None = None  # (M,) places, -1 where not known; None: of none

    def __len__(self) -> int:
        return len(self.values)

    @classmethod
    def of(
        cls,
        values: Tensor,
        features: NDArray[Any] | None,
        digests: NDArray[np.uint8] | None = None,
        domains: NDArray[np.integer] | None = None,
    ) -> Seen:
        """With features as halves where these can hold them. ValueError if they are not as many."""
        its = None if domains is None else np.asarray(domains, np.int64)
        if features is None:
            return cls(values, domains=its)
        if features.ndim != 2 or len(features) != len(values):
            raise ValueError(
                f"Features are one row for each of the {len(values)} examples; got an array of "
                f"shape {features.shape}."
            )
        return cls(values, as_halves(features).to(values.device), digests, its)

    def chosen(self, which: Tensor) -> Seen:
        """Some of them, in this order: (m,) of numbers -> Seen."""
        features = None if self.features is None else self.features[which]
        at = which.cpu().numpy()
        digests = None if self.digests is None else self.digests[at]
        domains = None if self.domains is None else self.domains[at]
        return Seen(self.values[which], features, digests, domains)

    def with_more(self, more: Seen) -> Seen:
        """These, and after them more. ValueError if only some of them have features."""
        if (self.features is None) != (more.features is None):
            raise ValueError("Either all examples come with features, or none does.")
        one, other = self.values, more.values
        if one.dtype != other.dtype:  # bytes and floats
            one, other = as_inputs(one), as_inputs(other)
        values, domains = torch.cat([one, other]), self._domains_with(more)
        if self.features is None or more.features is None:
            return Seen(values, domains=domains)
        digests = None
        if self.digests is not None and more.digests is not None:
            digests = np.concatenate([self.digests, more.digests])
        features = torch.cat([self.features, more.features.to(self.features.dtype)])
        return Seen(values, features, digests, domains)

    def _domains_with(self, more: Seen) -> NDArray[np.int64] | None:
        if self.domains is None and more.domains is None:
            return None
        both = [np.full(len(x), -1) if x.domains is None else x.domains for x in (self, more)]
        return np.concatenate(both)

    @property
    def places(self) -> dict[bytes, int]:
        """Where an image is among them, by its digest."""
        digests = () if self.digests is None else self.digests
        return {digest.tobytes(): place for place, digest in enumerate(digests)}


def compared(seen: Seen, centre: NDArray[np.float32]) -> NDArray[np.float32]:
    """Their features as they are compared, about the centre (F,) of those learned from: (M, F)."""
    assert seen.features is not None
    return features_for_graph(seen.features.float().cpu().numpy(), centre)


def as_halves(features: NDArray[Any]) -> Tensor:
    """Rows of features in 11 bits, more than tell two images apart; floats where one is too large.

    (M, F) -> (M, F).
    """
    largest = np.abs(features).max(initial=0.0)
    dtype = np.float16 if largest <= np.finfo(np.float16).max else np.float32
    return torch.from_numpy(np.ascontiguousarray(features, dtype))
