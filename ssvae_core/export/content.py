"""What there is to export of a session, apart from how a session keeps it.

What people said and what the model guesses are two things from here on: `Said` and
`ExportedGuesses`.

Letters in shapes: N examples, K classes, H, W, C an image's height, width and channels, D the
length of a vector.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from ..data.columns import Columns
from ..review.confusion import ConfusionMatrix

OriginalImage = bytes | NDArray[np.uint8]  # a file, or an image of an array
ExampleState = Literal["unsure", "junk", "skipped"]


@dataclass(frozen=True)
class ClassInfo:
    """A class as a person sees it; without a colour of its own it has one of the palette."""

    name: str
    colour: str | None = None


@dataclass(frozen=True)
class Said:
    """What people said of one example: a class, or that it is unsure, junk or skipped."""

    label: int | None = None
    state: ExampleState | None = None
    annotator: str = ""
    at: float | None = None  # seconds since 1970
    votes: Mapping[str, int] = field(default_factory=dict)  # person: class, where there are others
    is_audit: bool = False  # held out from training, to estimate the accuracy
    is_by_group: bool = False  # named with its group, not seen by eye


@dataclass(frozen=True)
class ExportedGuesses:
    """What the model says of every example, and which model."""

    classes: NDArray[np.int16]  # (N,) -1 for no guess
    confidence: NDArray[np.float32]  # (N,) the probability of that class
    model: str
    label_seq: int  # it has seen the labels up to this event
    step: int
    made_at: float
    predicted_by: str  # a word of predictions.py

    @property
    def version(self) -> str:
        """The model's version in one word: labels up to which event, and steps taken."""
        return f"{self.label_seq}.{self.step}"


@dataclass(frozen=True)
class Accuracy:
    """An accuracy, 0 to 1, with its interval where it has one, and how many examples it is of."""

    accuracy: float
    n: int
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Samples:
    """What the model drew at one time: (K, columns, H, W, C), row k of class k."""

    title: str
    images: NDArray[np.uint8]


@dataclass(frozen=True)
class Story:
    """What only the report tells."""

    xy: NDArray[np.float32]  # (N, 2) the map, in [0, 1], y upwards
    samples: tuple[Samples, ...] = ()
    curve: tuple[tuple[int, float], ...] = ()  # labels, accuracy against hidden true labels
    matrix: ConfusionMatrix | None = None
    compared_with: str = ""  # what is right by it: "hidden true labels"
    settings: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Labelled:
    """A data set as labelled in a session: all that an export can hold."""

    session_id: str
    session: str
    data: str
    title: str
    fingerprint: str
    values: NDArray[Any]  # (N, H, W, C) uint8, or (N, D) of vectors
    classes: Mapping[int, ClassInfo]  # by id; ids are stable and may have gaps
    said: Mapping[int, Said]  # by example
    guesses: ExportedGuesses | None = None
    file_names: Sequence[str] | None = None  # as the data set came
    domain_names: tuple[str, ...] = ()
    domains: NDArray[np.int64] | None = None  # (N,) places in domain_names, -1 where not known
    by_domain: tuple[Mapping[str, Any], ...] = ()  # how good each is known to be
    texts: Sequence[str] | None = None  # whose embedding the values are
    text_encoder: str = ""  # that made it: a name in TEXT_ENCODERS
    text_encoder_file: Path | None = None  # what it learned from the texts, where it learned
    # What is kept of a larger original, a copy and its MIME type.
    original: Callable[[int], tuple[bytes, str] | None] | None = None
    # (N, 2) height and width of the originals, 0 where not known; None where the examples are all.
    original_sizes: NDArray[np.int32] | None = None
    # The originals themselves of these examples, as files or arrays; None where one is gone.
    original_files: Callable[[Iterable[int]], Iterator[OriginalImage | None]] | None = None
    columns: Columns | None = None  # what rows of numbers are called and held
    audit: Accuracy | None = None
    truth: Accuracy | None = None  # accuracy of the guesses against hidden true labels
    seq: int = 0  # events so far
    made_at: float = field(default_factory=time.time)
    story: Story | None = None
    open_model: Callable[[], Any] | None = None  # the session's TrainerCore; imports torch

    def __len__(self) -> int:
        return len(self.values)

    @property
    def is_images(self) -> bool:
        """Whether the examples are images."""
        return self.values.ndim == 4

    @property
    def is_imported(self) -> bool:
        """Whether the examples came from files or arrays of other sizes."""
        return self.original_sizes is not None

    def original_size(self, example: int) -> tuple[int, int] | None:
        """Height and width of an image as it came, upright; None where nobody wrote it down."""
        height, width = (
            self.values.shape[1:3] if self.original_sizes is None else self.original_sizes[example]
        )
        return (int(height), int(width)) if height and width else None

    def file_name(self, example: int) -> str:
        """The name that the example came with, or its number as one of a PNG."""
        if self.file_names is not None:
            return self.file_names[example]
        return f"{example:06d}.png" if self.is_images else f"{example:06d}"

    def domain(self, example: int) -> str | None:
        """The name of the example's domain; None where it is not known."""
        place = -1 if self.domains is None else int(self.domains[example])
        return self.domain_names[place] if place >= 0 else None

    def guess(self, example: int) -> tuple[int, float] | None:
        """Class and confidence. None where the model only repeats what a person told it."""
        said = self.said.get(example)
        if self.guesses is None or (said and said.label is not None and not said.is_audit):
            return None
        label = int(self.guesses.classes[example])
        if label not in self.classes:
            return None
        return label, float(self.guesses.confidence[example])


def best_guesses(
    probabilities: NDArray[np.floating],
) -> tuple[NDArray[np.int16], NDArray[np.float32]]:
    """The likeliest class and its probability, -1 where nothing is likely: (N, K) -> 2 x (N,)."""
    best = probabilities.argmax(1).astype(np.int16)
    confidence = probabilities.max(1).astype(np.float32)
    return np.where(confidence > 0, best, np.int16(-1)), confidence
