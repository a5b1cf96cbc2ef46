"""Which words of a text speak for a class, by a linear model on TF-IDF weights.

The model is that of the nearest mean (Rocchio 1971), its classes those that are guessed: a word's
weight for a class is its mean TF-IDF in texts of the class, less that in all others, each text
counted by the probability that it is of the class. What a word adds in a text is that weight times
its own TF-IDF there, and once more its rarity; so it explains the guesses, and needs no training.

Letters in shapes: N texts, V words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .tfidf import counted_words

MOST_TEXTS = 20_000  # by which words are weighed; of more, some from all places
N_KEYWORDS = 8


@dataclass(frozen=True, eq=False)
class WordWeights:
    """The TF-IDF weights of some of the texts of a data set."""

    vectorizer: Any
    weights: Any  # sparse, a row each, of length 1
    chosen: NDArray[np.intp]  # which texts these are

    @classmethod
    def of(cls, texts: Sequence[str]) -> WordWeights | None:
        """None where no text has a word."""
        n = len(texts)
        chosen = np.unique(np.linspace(0, n - 1, min(n, MOST_TEXTS)).astype(np.intp))
        some = list(texts) if len(chosen) == n else [texts[place] for place in chosen.tolist()]
        found = counted_words(some)
        return None if found is None else cls(*found, chosen)

    def keywords(
        self, text: str, is_of_class: NDArray[np.floating], n: int = N_KEYWORDS
    ) -> list[tuple[str, float]]:
        """Words of a text that speak for a class, and how much each adds, most first.

        What a word adds counts the more the rarer it is, and nothing if every text has it: little
        words tell the language and not the class.
        `is_of_class` (N,) is the probability of each text of the data set that it is of the class.
        Empty where every text is, or none.
        """
        its = np.asarray(is_of_class, np.float64)[self.chosen]
        inside, outside = its.sum(), (1 - its).sum()
        if min(inside, outside) <= 0:
            return []
        speaks = self.weights.T @ (its / inside) - self.weights.T @ ((1 - its) / outside)
        row = self.vectorizer.transform([text])
        rarity = self.vectorizer.idf_[row.indices] - 1  # log, 0 for a word of every text
        adds = row.data * speaks[row.indices] * rarity
        words = self.vectorizer.get_feature_names_out()
        order = np.argsort(-adds, kind="stable")[:n]
        return [(str(words[row.indices[k]]), float(adds[k])) for k in order if adds[k] > 0]
