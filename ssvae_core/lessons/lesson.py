"""What a lesson says and asks: words and the knob, no figures, which its states hold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from .formula import mathml

# What a lesson can be run on: what ships alone, any images, or images whose classes are known.
Needs = Literal["digits", "images", "classes"]


@dataclass(frozen=True)
class Knob:
    """What a person turns. Values are numbers, labels what the screen calls them."""

    name: str
    symbol: str  # as in code and papers; "" where there is none
    values: tuple[float, ...]
    labels: tuple[str, ...]
    start: float  # where it stands when a lesson opens
    kept: float  # what the picture beside it shows

    def label(self, value: float) -> str:
        """What the screen calls this value. Raises ValueError for one that it has not."""
        return self.labels[self.values.index(value)]


def numbers(name: str, symbol: str, values: tuple[float, ...], start: float, kept: float) -> Knob:
    """A knob whose labels are its values."""
    return Knob(name, symbol, values, tuple(f"{value:g}" for value in values), start, kept)


def words(name: str, symbol: str, labels: tuple[str, ...], start: int, kept: int) -> Knob:
    """A knob whose values count its labels."""
    values = tuple(float(place) for place in range(len(labels)))
    return Knob(name, symbol, values, labels, float(start), float(kept))


@dataclass(frozen=True)
class Symbol:
    """A symbol of the formula: what it is, and the file that calls it so."""

    symbol: str
    says: str
    file: str  # in the repository


@dataclass(frozen=True)
class Lesson:
    """One claim, a question before it is seen, a knob to see it with, and one to be curious."""

    name: str  # of its states and in links
    title: str
    text: str  # at most 60 words
    question: str
    answers: tuple[str, ...]  # each with one number
    right: int  # which of them
    asked: float  # the knob's value that the question is about; of the other knob, `kept`
    verdict: str  # after "You said ...": what came out, in a few words
    knob: Knob
    free_knob: Knob
    number: str  # what the large number is
    tolerance: float  # how far a run elsewhere, or with another seed, may lie from the number
    formula: str  # in the notation of formula.py
    symbols: tuple[Symbol, ...]
    why: str  # an open question; nobody has to answer
    minutes: float
    seconds: float  # of one thread, a run here takes about so long
    claims: tuple[str, ...]  # each asserted over three seeds
    needs: Needs = "digits"

    @property
    def mathml(self) -> str:
        """The formula for a browser; a symbol that is explained has a data-symbol."""
        return mathml(self.formula, tuple(each.symbol for each in self.symbols))
