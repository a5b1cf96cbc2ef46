"""All lessons by name, in the order in which a teacher would give them."""

from __future__ import annotations

from .lesson import Lesson
from .texts import beside, collapse, next, poison

LESSONS: dict[str, Lesson] = {
    text.LESSON.name: text.LESSON
    for text in (
        collapse,
        beside,
        next,
        poison,
    )
}
