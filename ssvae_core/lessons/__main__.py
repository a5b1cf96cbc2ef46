"""`make lessons`: work out what ships of the lessons, all of it or some; many minutes each.

Every place of the knobs is worked out with the seed that ships; some with two more, of which the
figures are kept that the claims of a lesson are asserted on (kept.py).
"""

from __future__ import annotations

import argparse
import sys
import time

from ..training.device import use_threads
from . import result
from .catalogue import LESSONS
from .kept import (
    NUMBER,
    SEEDS,
    SHORT_SHARE,
    KeptFigures,
    Measured,
    kept_places,
    place_name,
    short_places,
    write_kept,
)
from .lesson import Lesson
from .result import Finding
from .run import run
from .shipped import SEED, places, stem_of

DIGITS = 4  # after the point, of what is kept
NONE: tuple[Measured, ...] = ()


def main() -> None:
    """Parse the command line and write assets/lessons/; progress goes to standard error."""
    parser = argparse.ArgumentParser(prog="python -m ssvae_core.lessons", description=__doc__)
    parser.add_argument("lessons", nargs="*", metavar="LESSON", help=f"{', '.join(LESSONS)} (all)")
    arguments = parser.parse_args()
    if unknown := set(arguments.lessons) - set(LESSONS):
        parser.error(f"unknown lesson: {', '.join(sorted(unknown))}")
    use_threads(1)
    for name in arguments.lessons or LESSONS:
        make(LESSONS[name])


def make(lesson: Lesson) -> None:
    """Work a lesson out: what ships at every place, and the figures of every seed."""
    whole: dict[str, tuple[Measured, ...]] = {
        place_name(lesson, *p): () for p in kept_places(lesson)
    }
    for seed in SEEDS:
        for value, free in places(lesson) if seed == SEED else kept_places(lesson):
            start, name = time.monotonic(), place_name(lesson, value, free)
            finding = run(lesson.name, value, free, seed=seed)
            if seed == SEED:
                result.write(finding, stem_of(lesson, value, free))
            if name in whole:
                whole[name] = (*whole[name], measured(finding))
            told = f"{lesson.name} {name}, seed {seed}: {finding.words}"
            took = f"{time.monotonic() - start:.0f} s, {dict(finding.measured)}"
            print(f"{told}, {took}", file=sys.stderr, flush=True)
    short = {
        place_name(lesson, *place): measured(run(lesson.name, *place, share=SHORT_SHARE))
        for place in short_places(lesson)
    }
    write_kept(lesson, KeptFigures(whole, short))


def measured(finding: Finding) -> Measured:
    """What is kept of a finding."""
    told = {NUMBER: finding.number, **finding.measured}
    return {name: round(float(value), DIGITS) for name, value in told.items()}


if __name__ == "__main__":
    main()
