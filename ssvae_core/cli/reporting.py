"""What a command says: progress while it works, and its answer at the end."""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from ..printable import visible

LINE_SECONDS = 5.0  # seconds between two lines about the same stage, where lines are not rewritten


@dataclass(frozen=True)
class CommandResult:
    """What a command found: an object for --json, and the same to read; and its exit code."""

    found: dict[str, Any]
    text: str
    code: int = 0


class ProgressLine:
    """Where the work stands, on stderr: one line that is rewritten, or lines where it cannot be."""

    def __init__(self) -> None:
        self._stream = sys.stderr
        self._on_terminal = self._stream.isatty()
        self._stage, self._said_at = "", 0.0

    def say(self, stage: str, detail: str = "", left: float | None = None) -> None:
        """Say the stage, something about it, and the seconds that are left."""
        parts = [stage, detail, "" if left is None else f"{max(left, 0):.0f} s left"]
        text, now = visible(", ".join(part for part in parts if part)), time.monotonic()
        if self._on_terminal:
            width = shutil.get_terminal_size().columns - 1
            self._stream.write(f"\r{text[:width]}\x1b[K")
        elif stage != self._stage or now - self._said_at > LINE_SECONDS:
            self._stream.write(f"{text}\n")
            self._stage, self._said_at = stage, now
        self._stream.flush()

    def clear(self) -> None:
        """Make room for what else is printed."""
        if self._on_terminal:
            self._stream.write("\r\x1b[K")
            self._stream.flush()


@contextmanager
def progress_line() -> Iterator[ProgressLine]:
    """A line of progress that is gone at the end, whatever the end is."""
    line = ProgressLine()
    try:
        yield line
    finally:
        line.clear()


def table(header: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Columns under their names, numbers to the right; None is a dash."""
    cells = [list(header), *([_cell(value) for value in row] for row in rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(header))]
    are_numbers = [
        all(isinstance(row[column], int | float | None) for row in rows)
        for column in range(len(header))
    ]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if is_number else cell.ljust(width)
            for cell, width, is_number in zip(row, widths, are_numbers, strict=True)
        ).rstrip()
        for row in cells
    )


def listing(found: dict[str, Any]) -> str:
    """One line for each thing that was found."""
    width = max(len(name) for name in found)
    return "\n".join(
        f"{name.replace('_', ' '):{width}}  {_cell(value)}" for name, value in found.items()
    )


def _cell(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:,}" if isinstance(value, int) and value >= 10_000 else str(value)
