"""The states that ship: what each lesson came to at every place of its knobs, with seed 0."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ..data import ASSETS
from ..errors import NotFound
from . import result
from .lesson import Lesson
from .result import Finding

SHIPPED = ASSETS / "lessons"
SEED = 0  # that they were made with


def places(lesson: Lesson) -> Iterator[tuple[float, float]]:
    """Every place of the knobs: value, free value."""
    for free in lesson.free_knob.values:
        for value in lesson.knob.values:
            yield value, free


def stem_of(lesson: Lesson, value: float, free: float, folder: Path = SHIPPED) -> Path:
    """Where that state lies, without what its two files end in.

    Raises UserError for a place that the knobs have not.
    """
    if (value, free) not in set(places(lesson)):
        raise NotFound(
            f"The lesson '{lesson.title}' has no state at {lesson.knob.name} {value:g}, "
            f"{lesson.free_knob.name} {free:g}. Start the lesson again."
        )
    return folder / lesson.name / f"{value:g}-{free:g}"


def shipped(lesson: Lesson, value: float, free: float) -> Finding:
    """What ships. Raises UserError where there is no such place, or it is damaged."""
    return result.read(stem_of(lesson, value, free))
