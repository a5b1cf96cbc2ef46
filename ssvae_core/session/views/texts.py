"""The texts of a session whose examples are texts, and which words speak for a guess."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from ...data import Dataset
from ...encoders.texts.keywords import WordWeights
from ...errors import UserError
from ..session import Session

EXCERPT = 400  # characters of a text in a list
MOST_SHOWN = 100_000  # characters of one


def excerpts(session: Session, examples: Sequence[int]) -> list[str]:
    """The beginning of each text. UserError where the examples are no texts."""
    _texts(session)
    for example in examples:
        session.check_example(example)
    return beginnings(session.data, examples)


def beginnings(data: Dataset, examples: Sequence[int]) -> list[str]:
    """The beginning of the text of each of these; nothing where the examples are no texts."""
    texts = data.texts
    return [] if texts is None else [cut(texts[example], EXCERPT) for example in examples]


def whole(session: Session, example: int) -> dict[str, Any]:
    """A text, and the words of it that speak for its label, or else for what is guessed of it."""
    texts = _texts(session)
    session.check_example(example)
    text = cut(texts[example], MOST_SHOWN)
    with session.lock:
        label, probabilities = int(session.labels[example]), session.probabilities
        if probabilities is None:
            return {"text": text, "class": None, "keywords": []}
        if not 0 <= label < probabilities.shape[1]:
            label = int(probabilities[example].argmax())
        is_of_class = probabilities[:, label].copy()
    words = _words(_Texts(session.data))
    found = [] if words is None else words.keywords(text, is_of_class)
    return {"text": text, "class": label, "keywords": [word for word, _ in found]}


def cut(text: str, most: int) -> str:
    """At most so many characters, with a sign where there are more."""
    return text if len(text) <= most else f"{text[:most].rstrip()} …"


class _Texts:
    """A data set by its fingerprint, for the cache of its words."""

    def __init__(self, data: Dataset):
        self.data = data

    def __hash__(self) -> int:
        return hash(self.data.fingerprint)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Texts) and other.data.fingerprint == self.data.fingerprint


@lru_cache(maxsize=2)
def _words(texts: _Texts) -> WordWeights | None:
    return WordWeights.of(texts.data.texts or ())


def _texts(session: Session) -> Sequence[str]:
    if session.data.texts is None:
        raise UserError(f"The examples of {session.data.title} are no texts.")
    return session.data.texts
