"""An export as rows, one an example: what a person said and what the model guesses, side by side.

The two never share a column. Where a person gave a label that the model has learned from, the
model has no guess of its own, and the columns of the guess are empty.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from ..errors import UserError
from .content import Labelled, Said

What = Literal["all", "labels", "guesses"]
WHATS: tuple[What, ...] = ("all", "labels", "guesses")
Images = Literal["originals", "copies"]
IMAGES: tuple[Images, ...] = ("originals", "copies")

# name: what it holds. The order is that of the tables.
COLUMNS: dict[str, str] = {
    "example": "number of the example in the data set, from 0",
    "file_name": "the name it came with",
    "label": "class that a person gave, empty without",
    "state": "unsure, junk or skipped, where a person said that",
    "annotator": "who said it",
    "labelled_at": "when, in UTC",
    "votes": "class of every person, as JSON, where several were asked",
    "audit": "whether the label was held out from training, to estimate the accuracy",
    "origin": "eye, or group where the label was given to a whole group of alike images",
    "guess": "class that the model guesses, empty where a person's label has taught it",
    "confidence": "probability of the guess, 0 to 1",
    "model": "which model guesses",
    "model_version": "event of the last label it has seen, and steps it has taken",
    "guessed_at": "when, in UTC",
    "predicted_by": "whose the guess is: propagation, or model and propagation",
    "domain": "domain that the example is of, empty where the data set has none",
}


TEXT = "text"  # one column more, where the examples are texts: the text itself


def columns_of(content: Labelled) -> list[str]:
    """The columns of a content, in their order."""
    return [*COLUMNS, *([TEXT] if content.texts is not None else [])]


@dataclass(frozen=True)
class ExportOptions:
    """What is to be in an export."""

    what: What = "all"
    min_confidence: float = 0.0  # guesses below are left out
    with_junk: bool = False
    images: Images = "originals"  # as they came, or smaller copies of at most 256 pixels

    def __post_init__(self) -> None:
        if self.what not in WHATS:
            raise UserError(f"Unknown choice '{self.what}'. Choose one of: {', '.join(WHATS)}.")
        if self.images not in IMAGES:
            raise UserError(f"Unknown images '{self.images}'. Choose one of: {', '.join(IMAGES)}.")
        if not 0 <= self.min_confidence <= 1:
            raise UserError(
                f"The least confidence must lie between 0 and 1, got {self.min_confidence}."
            )


@dataclass(frozen=True)
class Row:
    """An example with what is said of it; names of classes, no ids."""

    example: int
    file_name: str
    said: Said
    label: str | None
    votes: dict[str, str]
    guess: str | None
    confidence: float | None

    @property
    def shown(self) -> str | None:
        """The class to file it under: a person's word first."""
        return self.label if self.label is not None else self.guess


def rows(content: Labelled, options: ExportOptions) -> Iterator[Row]:
    """The rows that were asked for, in order of the examples."""
    for example in range(len(content)):
        said = content.said.get(example, NOTHING)
        if said.state == "junk" and not options.with_junk:
            continue
        row = _row(content, options, example, said)
        if options.what == "labels" and row.label is None and said.state is None:
            continue
        if options.what == "guesses" and row.guess is None:
            continue
        yield row


NOTHING = Said()


def _row(content: Labelled, options: ExportOptions, example: int, said: Said) -> Row:
    is_given = said.label is not None or said.state is not None
    guess = None if options.what == "labels" else content.guess(example)
    if options.what == "guesses" and is_given:
        guess = None
    if guess is not None and guess[1] < options.min_confidence:
        guess = None
    names = {k: each.name for k, each in content.classes.items()}
    return Row(
        example,
        content.file_name(example),
        said,
        None if said.label is None else names[said.label],
        {person: names[k] for person, k in said.votes.items() if k in names},
        None if guess is None else names[guess[0]],
        None if guess is None else round(guess[1], 6),
    )


def record(row: Row, content: Labelled) -> dict[str, object]:
    """The row by its columns; None where there is nothing to say."""
    guesses = content.guesses if row.guess is not None else None
    text = {} if content.texts is None else {TEXT: content.texts[row.example]}
    return {
        "example": row.example,
        "file_name": row.file_name,
        "label": row.label,
        "state": row.said.state,
        "annotator": row.said.annotator or None,
        "labelled_at": None if row.said.at is None else in_utc(row.said.at),
        "votes": json.dumps(row.votes, ensure_ascii=False) if row.votes else None,
        "audit": row.said.is_audit if row.label is not None else None,
        "origin": None if row.label is None else "group" if row.said.is_by_group else "eye",
        "guess": row.guess,
        "confidence": row.confidence,
        "model": guesses.model if guesses else None,
        "model_version": guesses.version if guesses else None,
        "guessed_at": in_utc(guesses.made_at) if guesses else None,
        "predicted_by": guesses.predicted_by if guesses else None,
        "domain": content.domain(row.example),
        **text,
    }


def in_utc(at: float) -> str:
    """Seconds since 1970 as ISO 8601, to the microsecond."""
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="microseconds")
