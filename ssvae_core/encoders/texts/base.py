"""What every text encoder is: texts in, a row of numbers for each out."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray


class TextEncoder(Protocol):
    """A text encoder that is open. B texts, F features."""

    @property
    def key(self) -> str:
        """Weights and preparation by name: features of the same key can be compared."""

    @property
    def n_features(self) -> int:
        """F."""

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """The embedding of texts: -> (B, F), each of length 1, or zero where nothing is known."""


def text_digest(text: str) -> bytes:
    """16 bytes that name a text, whatever data set it is in."""
    return hashlib.blake2b(text.encode(), digest_size=16, person=b"text").digest()


def of_length_one(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """The same directions, each of length 1: (B, F) -> (B, F); a row of zeros stays."""
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.where(lengths > 0, lengths, 1), np.float32)
