"""What a lesson comes to with three seeds, kept by `make lessons` beside what ships.

A claim of a lesson is about three seeds, and is asserted on these figures: to work them out again
takes minutes a lesson. That they are still what the code gives is seen from the same places with a
fiftieth of the steps and images, which are kept, too, and take seconds.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..errors import Conflict
from ..storage.whole import write_file
from .lesson import Lesson
from .shipped import SEED, SHIPPED, places, stem_of

SEEDS = (SEED, 1, 2)
SHORT_SHARE = 0.02  # of the steps and images
FILE = "seeds.json"
SPREADING = ("next", "poison")  # lessons of labels that spread over all images, with no training
# Values of knobs with many, that claims are about.
CLAIMED: dict[str, tuple[float, ...]] = {"collapse": (0.1, 1, 4, 16), "poison": (2, 4)}
NUMBER = "number"  # the one in large type, beside what is measured

Measured = Mapping[str, float]


@dataclass(frozen=True)
class KeptFigures:
    """By place, as `place_name` names it: what was measured with each seed, and in a short run."""

    whole: Mapping[str, tuple[Measured, ...]]
    short: Mapping[str, Measured]

    def at(self, lesson: Lesson, value: float, free: float | None = None) -> tuple[Measured, ...]:
        """What was measured there, with each of SEEDS; without `free`, where that knob is kept."""
        return self.whole[place_name(lesson, value, free)]


def place_name(lesson: Lesson, value: float, free: float | None = None) -> str:
    """The place as its files are named. Raises NotFound for one that the knobs have not."""
    return stem_of(lesson, value, lesson.free_knob.kept if free is None else free).name


def kept_places(lesson: Lesson) -> Sequence[tuple[float, float]]:
    """The places that figures are kept of: all where the free knob is kept, or those in CLAIMED.

    And all others where nothing is trained: labels spread in seconds.
    """
    kept, is_quick = lesson.free_knob.kept, lesson.name in SPREADING
    values = CLAIMED.get(lesson.name, lesson.knob.values)
    return [
        (value, free)
        for value, free in places(lesson)
        if value in values and (free == kept or is_quick)
    ]


def short_places(lesson: Lesson) -> Sequence[tuple[float, float]]:
    """The places that short runs are kept of: where the question begins, and where it asks.

    Only there where labels spread over all images, which is the same at every place.
    """
    values = (lesson.asked,) if lesson.name in SPREADING else (lesson.knob.kept, lesson.asked)
    return [(value, lesson.free_knob.kept) for value in values]


def read_kept(lesson: Lesson, folder: Path = SHIPPED) -> KeptFigures:
    """What is kept of it. Raises UserError where that is missing, damaged or not whole."""
    path = folder / lesson.name / FILE
    try:
        told = json.loads(path.read_text("utf-8"))
        whole = {name: tuple(map(_numbers, its)) for name, its in told["whole"].items()}
        short = {name: _numbers(its) for name, its in told["short"].items()}
        missing = {place_name(lesson, *place) for place in kept_places(lesson)} - set(whole)
        if missing or any(len(its) != len(SEEDS) for its in whole.values()):
            raise ValueError("a place or a seed is missing")
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise Conflict(
            f"The figures of '{lesson.title}' cannot be read: {error}. Make them again with "
            f"make lessons ARGS={lesson.name}."
        ) from error
    return KeptFigures(whole, short)


def write_kept(lesson: Lesson, kept: KeptFigures, folder: Path = SHIPPED) -> None:
    """Write it. OSError where that cannot be."""
    parts = [_part("whole", kept.whole), _part("short", kept.short)]
    (folder / lesson.name).mkdir(parents=True, exist_ok=True)
    write_file(folder / lesson.name / FILE, ("{\n" + ",\n".join(parts) + "\n}\n").encode())


def _part(name: str, its: Mapping[str, object]) -> str:
    """A line a place."""
    lines = [f'  "{place}": {json.dumps(figures)}' for place, figures in its.items()]
    return f' "{name}": {{\n' + ",\n".join(lines) + "\n }"


def _numbers(told: Mapping[str, float]) -> dict[str, float]:
    return {name: float(value) for name, value in told.items()}
