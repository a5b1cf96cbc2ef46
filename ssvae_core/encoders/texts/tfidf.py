"""TF-IDF and its singular vectors: latent semantic analysis (Deerwester et al. 1990).

A text is how often each word stands in it, 1 + log(times), weighed by how rare the word is,

    idf = log((1 + n) / (1 + n_with_word)) + 1,

of length 1, then its coordinates along the first singular vectors of all texts. It is learned from
the very texts of a data set, needs nothing installed, and knows no word that these do not have.

Letters in shapes: n texts, B of them at once, V words, F features.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load, save

from ...errors import UserError
from ...storage.whole import write_bytes_whole
from .base import of_length_one

N_FEATURES = 128
MOST_WORDS = 10_000
RARE_FROM = 500  # texts, from which a word that only one of them has is left out


def counted_words(texts: Sequence[str]) -> tuple[Any, Any] | None:
    """Scikit-learn's TfidfVectorizer of these texts, and their weights, sparse (n, V).

    None where no text has a word of two letters.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer

    least = 2 if len(texts) >= RARE_FROM else 1
    vectorizer = TfidfVectorizer(sublinear_tf=True, min_df=least, max_features=MOST_WORDS)
    try:
        return vectorizer, vectorizer.fit_transform(texts)
    except ValueError:  # an empty vocabulary
        return None


@dataclass(frozen=True, eq=False)
class TfidfEncoder:
    """The words, how rare each is, and the singular vectors."""

    words: tuple[str, ...]  # (V,)
    idf: NDArray[np.float32]  # (V,)
    components: NDArray[np.float32]  # (F, V)

    @classmethod
    def fitted(cls, texts: Sequence[str], n_features: int = N_FEATURES) -> TfidfEncoder:
        """Learned from these; fewer features where there are fewer texts or words.

        Raises UserError where no text has a word of two letters.
        """
        from sklearn.decomposition import TruncatedSVD

        counted = counted_words(texts)
        if counted is None:
            raise UserError(
                "No text has a word that could be counted. Choose another column as the text "
                "(--text COLUMN), or another encoder."
            )
        vectorizer, weights = counted
        most = min(n_features, min(weights.shape) - 1)
        if most < 1:
            raise UserError(
                f"{len(texts)} texts with {weights.shape[1]} different words are too few for "
                "TF-IDF. Import more texts, or choose another encoder."
            )
        svd = TruncatedSVD(most, random_state=0).fit(weights)
        words = tuple(vectorizer.get_feature_names_out().tolist())
        components = np.ascontiguousarray(svd.components_, np.float32)
        return cls(words, np.asarray(vectorizer.idf_, np.float32), components)

    @classmethod
    def load(cls, path: Path) -> TfidfEncoder:
        """What `save` wrote. Raises OSError or ValueError where it is damaged."""
        try:
            arrays = load(path.read_bytes())
            words = tuple(arrays["words"].tobytes().decode().split("\n"))
            idf, components = arrays["idf"], arrays["components"]
        except (SafetensorError, KeyError) as error:
            raise ValueError(f"{path} is damaged: {error}") from error
        shapes = idf.shape, components.shape[1:]
        if shapes != ((len(words),), (len(words),)) or len(set(words)) < len(words):
            raise ValueError(f"{path} is damaged: {len(words)} words, {shapes[0]} of their weights")
        return cls(words, idf.astype(np.float32), components.astype(np.float32))

    def save(self, path: Path) -> None:
        """Write it, whole or not at all. Raises OSError."""
        words = np.frombuffer("\n".join(self.words).encode(), np.uint8)
        learned: dict[str, NDArray[Any]] = {
            "words": words,
            "idf": self.idf,
            "components": self.components,
        }
        write_bytes_whole(path, save(learned))

    @cached_property
    def key(self) -> str:
        """By all that was learned."""
        digest = hashlib.sha256("\n".join(self.words).encode())
        digest.update(self.idf.tobytes() + self.components.tobytes())
        return f"tfidf-{digest.hexdigest()[:16]}"

    @property
    def n_features(self) -> int:
        """F."""
        return len(self.components)

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Texts -> (B, F); zeros for a text without a known word."""
        if not texts:
            return np.zeros((0, self.n_features), np.float32)
        return of_length_one(np.asarray(self.weights(texts) @ self.components.T, np.float32))

    def weights(self, texts: Sequence[str]) -> Any:
        """The TF-IDF weights of texts, each row of length 1: sparse (B, V)."""
        from scipy.sparse import diags
        from sklearn.preprocessing import normalize

        counts = self._counter.transform(texts).astype(np.float32)
        counts.data = 1 + np.log(counts.data)
        return normalize(counts @ diags(self.idf))

    @cached_property
    def _counter(self) -> Any:
        from sklearn.feature_extraction.text import CountVectorizer

        return CountVectorizer(vocabulary=self.words)
