"""The charts of the report, as SVG and HTML."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from ..review.confusion import ConfusionMatrix
from .palette import ClassLook, chip


def number(n: int) -> str:
    """With a thin space between the thousands."""
    return f"{n:,}".replace(",", "\u2009")


def interval(value: float, low: float, high: float) -> str:
    """A line from 0 to 100 % with the interval on it."""
    return (
        '<svg viewBox="0 0 100 6" width="100%" height="10" preserveAspectRatio="none" '
        f'role="img" aria-label="{low:.1%} to {high:.1%}">'
        '<line class="grid" x1="0" x2="100" y1="3" y2="3"/>'
        f'<rect class="band" x="{100 * low:.2f}" width="{100 * (high - low):.2f}" y="0" '
        f'height="6"/><rect x="{100 * value - 0.25:.2f}" width="0.5" height="6" '
        'fill="var(--accent-text)"/></svg>'
    )


def curve(points: Sequence[tuple[int, float]]) -> str:
    """Accuracy against number of labels, as SVG."""
    if len(points) < 2:
        return (
            '<p class="empty">Too few points for a curve: it needs hidden true labels and time.</p>'
        )
    width, height, left, bottom = 640, 320, 44, 28
    floor = min(0.9, np.floor(10 * min(accuracy for _, accuracy in points)) / 10)
    last = max(n for n, _ in points)

    def at(n: float, accuracy: float) -> tuple[float, float]:
        x = left + n / last * (width - left - 56)
        return x, 10 + (1 - accuracy) / (1 - floor) * (height - bottom - 10)

    lines = []
    for accuracy in np.linspace(floor, 1, 5):
        y = at(0, accuracy)[1]
        lines.append(f'<line class="grid" x1="{left}" x2="{width}" y1="{y:.1f}" y2="{y:.1f}"/>')
        lines.append(
            f'<text x="{left - 6}" y="{y + 4:.1f}" text-anchor="end">{accuracy:.0%}</text>'
        )
    for n in _ticks(last):
        x = at(n, 1)[0]
        lines.append(f'<text x="{x:.1f}" y="{height - 8}" text-anchor="middle">{n}</text>')
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in (at(*point) for point in points))
    x, y = at(*points[-1])
    return (
        f'<svg viewBox="0 0 {width} {height}" width="100%" role="img" aria-label="Learning curve">'
        f'{"".join(lines)}<polyline class="curve" points="{path}"/>'
        f'<circle class="point" cx="{x:.1f}" cy="{y:.1f}" r="5"/>'
        f'<text x="{x + 9:.1f}" y="{y + 4:.1f}">{points[-1][1]:.1%}</text></svg>'
    )


def _ticks(last: int) -> list[int]:
    """Some round numbers of labels up to the last one."""
    step = next(s for p in range(9) for s in (10**p, 2 * 10**p, 5 * 10**p) if last / s <= 6)
    return list(range(0, last + 1, step))


def matrix(found: ConfusionMatrix | None, drawn: Mapping[int, ClassLook]) -> str:
    """Counts as a table, tinted by their share of the row."""
    if found is None or not found.counts.sum():
        return '<p class="empty">There is nothing to compare the guesses with yet.</p>'
    shares = found.counts / found.counts.sum(1, keepdims=True).clip(1)
    head = "".join(f"<th>{chip(drawn[k])}</th>" for k in found.classes)
    rows = []
    for row, k in enumerate(found.classes):
        cells = "".join(
            _cell(int(found.counts[row, column]), float(shares[row, column]), row == column)
            for column in range(len(found.classes))
        )
        rows.append(f"<tr><th>{chip(drawn[k])}</th>{cells}</tr>")
    table = f'<table class="matrix"><tr><th></th>{head}</tr>{"".join(rows)}</table>'
    return f'<div class="scroll">{table}</div>'


def _cell(n: int, share: float, is_right: bool) -> str:
    tint = "var(--accent)" if is_right else "var(--bad)"
    strength = 85 * share if is_right else min(100, 400 * share)
    kind = "zero" if not n else "dark" if strength > 60 else ""
    style = f"--tint:{tint};--share:{strength:.0f}%"
    return f'<td class="{kind}" style="{style}" title="{share:.1%} of the row">{n}</td>'
