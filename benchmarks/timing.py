"""Any learner's test error against its seconds, and a table of several; used by peers.py.

Letters in shapes: N images to learn from, M images to answer for.
"""

from __future__ import annotations

import os
import platform
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import chain, count
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

# A single thread's seconds of the processor are those on the wall if nobody else wants its core.
CLOCKS = {"wall": time.perf_counter, "processor": time.process_time}
COLUMNS = (5, 30, 120)  # seconds
Images = NDArray[np.uint8]  # (M, 28, 28, 1)
Answer = Callable[[Images], NDArray[np.integer]]  # the class of each: -> (M,)
Run = dict[str, Any]  # {"seed": 0, "points": [a Point as a dict, ...]}
Row = dict[str, Any]  # title, note, runs, budget, and how it was made


@dataclass(frozen=True)
class Task:
    """What a learner may know."""

    images: Images  # (N, 28, 28, 1)
    labels: NDArray[np.int16]  # (N,), -1 for none
    n_classes: int
    seed: int
    budget: float  # seconds of training
    now: Callable[[], float] = time.monotonic  # by which a learner may know how many are left


@dataclass(frozen=True)
class Point:
    """What was measured at one moment."""

    seconds: float  # of training so far
    wall: float  # the same by the clock on the wall
    error: float  # in percent, on the test images
    answering: float  # seconds that the answer took


def timed(
    learn: Callable[[Task], Iterator[Answer]],
    task: Task,
    test_error: Callable[[Answer], float],
    clock: Callable[[], float] = time.perf_counter,
) -> Iterator[Point]:
    """Let a learner learn, and ask it now and then; its clock stands still while it answers.

    It is asked at the first chance after each moment, when the budget is spent, and at its end.
    """
    due = chain((1, 2, 5, 10, 20, 30, 45, 60, 90, 120), count(180, 60))
    moment, seconds, wall, answer, is_asked = next(due), 0.0, 0.0, None, True

    def ask(answer: Answer) -> Point:
        start = clock()
        error = test_error(answer)
        return Point(seconds, wall, error, clock() - start)

    def now() -> float:
        return seconds + clock() - start

    start, wall_start = clock(), time.perf_counter()
    for answer in learn(replace(task, now=now)):
        seconds += clock() - start
        wall += time.perf_counter() - wall_start
        is_over = seconds >= task.budget
        is_asked = seconds >= moment or is_over
        if is_asked:
            yield ask(answer)
            moment = next(later for later in due if later > seconds)
        if is_over:
            return
        start, wall_start = clock(), time.perf_counter()
    if answer is not None and not is_asked:
        yield ask(answer)


def table(rows: dict[str, Row]) -> str:
    """All rows as Markdown, and how each was made."""
    heads = ["who", *(f"after {seconds} s" for seconds in COLUMNS), "at its end", "draws"]
    lines = [f"| {' | '.join(heads)} |", "|---" * len(heads) + "|"]
    for row in rows.values():
        cells = [cell(row, seconds) for seconds in COLUMNS]
        cells = [row["title"], *cells, last_cell(row), str(len(row["runs"]))]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join([*lines, "", *map(origin, rows.values())])


def cell(row: Row, seconds: float) -> str:
    """The error at this many seconds, and when it was asked for if that was clearly later."""
    found = [standing(run["points"], seconds) for run in row["runs"]]
    points = [point for point in found if point is not None]
    if seconds > 1.05 * row["budget"] or len(points) < len(found):
        return "–"
    latest = max(point["seconds"] for point in points)
    when = f", at {latest:.0f} s" if latest > 1.05 * seconds else ""
    return spread([point["error"] for point in points]) + when


def standing(points: list[dict[str, float]], seconds: float) -> dict[str, float] | None:
    """The first answer within a third after this many seconds, or else the last one before."""
    if soon := [point for point in points if seconds <= point["seconds"] <= 4 / 3 * seconds]:
        return soon[0]
    before = [point for point in points if point["seconds"] < seconds]
    return before[-1] if before else None


def last_cell(row: Row) -> str:
    """The error of the last answer, and the seconds it took."""
    ends = [run["points"][-1] for run in row["runs"]]
    seconds = statistics.mean(end["seconds"] for end in ends)
    return f"{spread([end['error'] for end in ends])}, at {seconds:.{0 if seconds > 9 else 1}f} s"


def spread(values: list[float]) -> str:
    """Mean, and lowest to highest where there are several."""
    mean = f"{statistics.mean(values):.1f}"
    return mean if len(values) < 2 else f"{mean} ({min(values):.1f} to {max(values):.1f})"


def origin(row: Row) -> str:
    """A line on how a row was made."""
    ends = [run["points"][-1] for run in row["runs"]]
    wall, answering = (statistics.mean(end[name] for end in ends) for name in ("wall", "answering"))
    note = f"{row['note']}; " if row["note"] else ""
    times = f"seconds of the {row['clock']}, {answering:.1f} more to answer for the test images"
    if row["clock"] != "wall":
        times += f" ({wall:.0f} on the wall, the core was shared)"
    made = ", ".join(row[name] for name in ("date", "machine", "versions"))
    return f"- **{row['title']}**: {note}{times}; `{row['command']}`, {made}"


def machine(threads: int = 0) -> str:
    """The processor, and how much of it is used, where that is known."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.is_file() else []
    names = [line.split(":")[1].strip() for line in lines if line.startswith("model name")]
    name = names[0] if names else platform.processor()
    cores = f"{os.cpu_count()} cores"
    if threads:
        cores = f"{threads} thread{'s' if threads > 1 else ''} on {cores}"
    return f"{name}, {cores}, Python {platform.python_version()}"
