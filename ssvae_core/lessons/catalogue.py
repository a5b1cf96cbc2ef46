"""All lessons by name, in the order in which a teacher would give them."""

from __future__ import annotations

from .lesson import Lesson
from .texts import adversary, beside, bound, collapse, density, ladder, next, poison, stack, style

LESSONS: dict[str, Lesson] = {
    text.LESSON.name: text.LESSON
    for text in (
        density,
        bound,
        collapse,
        style,
        beside,
        stack,
        next,
        poison,
        ladder,
        adversary,
    )
}
