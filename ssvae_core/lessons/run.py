"""Works a lesson out anew: one place of its knobs, with a seed, on its own or other images."""

from __future__ import annotations

from collections.abc import Callable

from ..data import Dataset
from ..errors import UserError
from .asked import Asked
from .catalogue import LESSONS
from .result import Finding
from .runs import adversary, beside, bound, collapse, density, ladder, next, poison, stack, style
from .shipped import SEED, stem_of
from .training import Tell, nobody

RUNS: dict[str, Callable[[Asked, Tell], Finding]] = {
    "density": density.run,
    "bound": bound.run,
    "collapse": collapse.run,
    "style": style.run,
    "beside": beside.run,
    "stack": stack.run,
    "next": next.run,
    "poison": poison.run,
    "ladder": ladder.run,
    "adversary": adversary.run,
}


def run(
    name: str,
    value: float,
    free: float | None = None,
    *,
    seed: int = SEED,
    report: Tell = nobody,
    data: Dataset | None = None,
    share: float = 1.0,
) -> Finding:
    """What the lesson comes to there; with a share of the steps and images for a quicker answer.

    Takes a minute of one thread at most. Raises UserError for a lesson, a place or data that it
    cannot be run on, and whatever `report` raises.
    """
    if name not in LESSONS:
        raise UserError(f"Unknown lesson '{name}'. Choose one of: {', '.join(LESSONS)}.")
    lesson = LESSONS[name]
    free = lesson.free_knob.kept if free is None else free
    stem_of(lesson, value, free)
    if data is not None and lesson.needs == "digits" and data.name != "mnist":
        raise UserError("This lesson runs on the digits that ship, and on no other images.")
    if data is not None and lesson.needs == "classes" and data.answer_key is None:
        raise UserError("This lesson needs images whose classes are known; of these they are not.")
    finding = RUNS[name](Asked(value, free, data, seed, share), report)
    report(1.0, "done")
    return finding
