"""`make lessons`: work out what ships of the lessons, all of it or some; minutes each."""

from __future__ import annotations

import argparse
import sys
import time

from ..training.device import use_threads
from . import result
from .catalogue import LESSONS
from .run import run
from .shipped import SEED, places, stem_of


def main() -> None:
    """Parse the command line and write assets/lessons/; progress goes to standard error."""
    parser = argparse.ArgumentParser(prog="python -m ssvae_core.lessons", description=__doc__)
    parser.add_argument("lessons", nargs="*", metavar="LESSON", help=f"{', '.join(LESSONS)} (all)")
    arguments = parser.parse_args()
    if unknown := set(arguments.lessons) - set(LESSONS):
        parser.error(f"unknown lesson: {', '.join(sorted(unknown))}")
    use_threads(1)
    for name in arguments.lessons or LESSONS:
        for value, free in places(LESSONS[name]):
            start = time.monotonic()
            finding = run(name, value, free, seed=SEED)
            result.write(finding, stem_of(LESSONS[name], value, free))
            took = f"{time.monotonic() - start:.0f} s"
            told = f"{name} {value:g} {free:g}: {finding.words}, {took}, {dict(finding.measured)}"
            print(told, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
