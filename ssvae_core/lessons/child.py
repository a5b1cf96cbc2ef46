"""The process of `run_apart`: runs a lesson, says how far it is, and writes what it came to."""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from ..data import Dataset, load_dataset
from ..errors import UserError
from ..storage.paths import data_root
from ..training.device import use_threads
from . import result
from .run import run

NICER_BY = 10  # labels, answers and training go first
SAY_EVERY = 0.2  # seconds
SHARE = "SSVAE_LESSON_SHARE"  # of the steps and images, for a slow machine


def main(argv: Sequence[str] | None = None) -> int:
    """Parse the command line and run; the exit code is 2 for what the person can mend."""
    parser = argparse.ArgumentParser(prog="python -m ssvae_core.lessons.child", description=__doc__)
    parser.add_argument("lesson")
    parser.add_argument("--value", type=float, required=True)
    parser.add_argument("--free", type=float, required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--data", required=True, help="id of a data set; '' for the digits")
    parser.add_argument("--out", type=Path, required=True, help="without what files end in")
    arguments = parser.parse_args(argv)
    os.nice(NICER_BY)
    use_threads(1)
    try:
        finding = run(
            arguments.lesson,
            arguments.value,
            arguments.free,
            seed=arguments.seed,
            report=Speaker(),
            data=_data(arguments.data),
            share=_share(os.environ.get(SHARE, "1")),
        )
        result.write(finding, arguments.out)
    except UserError as error:
        print(error, file=sys.stderr)
        return 2
    except OSError as error:
        print(f"What came out cannot be written: {error.strerror}.", file=sys.stderr)
        return 2
    return 0


class Speaker:
    """Says how far the work is, a line of JSON at a time, and not more often than one reads."""

    def __init__(self) -> None:
        self._said_at = 0.0

    def __call__(self, share: float, what: str) -> None:
        """A line, unless the last one has just been said."""
        if time.monotonic() - self._said_at > SAY_EVERY:
            self._said_at = time.monotonic()
            print(json.dumps({"message": what, "share": share}), file=sys.stderr, flush=True)


def _share(said: str) -> float:
    """A share above 0, at most 1. UserError if it is none."""
    try:
        share = float(said)
    except ValueError:
        share = 0.0
    if not 0 < share <= 1:
        raise UserError(f"{SHARE} must be a number above 0, and 1 at most, got '{said[:40]}'.")
    return share


def _data(name: str) -> Dataset | None:
    """The data set of this id; None for "", the digits that ship."""
    return load_dataset(name, data_root()) if name else None


if __name__ == "__main__":
    sys.exit(main())
