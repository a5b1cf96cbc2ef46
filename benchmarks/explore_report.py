"""What benchmarks/explore.py measured, as tables to read; and the one that the README shows."""

from __future__ import annotations

from typing import Any

Row = dict[str, Any]
HAND = (
    "| images | model | at work | drawn by | hand to drawing, ms: median | p95 "
    "| decoder alone | p95 |"
)
FILMS = "| images | Between and Arithmetic | times | ms: median | p95 |"
MOMENTS = "| images | the time machine | times | ms: median | p95 |"


def report(found: dict[str, list[Row]], machine: str) -> str:
    """All tables, under a title."""
    opens = [f"| {row['page']} | {row['seconds']:.1f} |" for row in found["opens"]]
    kept = [
        f"{row['images']}: {row['n_moments']} moments take {row['bytes'] / 1e6:.1f} MB"
        for row in found["moments"]
        if "bytes" in row
    ]
    parts = [
        "# What lives under the hand, drawn\n\n`python -m benchmarks.explore`",
        hand_table(found["hand"]),
        table("| first open of | seconds |", opens),
        table(FILMS, [timed(row) for row in found["films"]]),
        table(MOMENTS, [timed(row) for row in found["moments"]]),
        *kept,
        machine,
    ]
    return "\n\n".join(parts) + "\n"


def hand_table(rows: list[Row]) -> str:
    """From the hand to its drawing."""
    lines = []
    for row in rows:
        times = " | ".join(
            f"{row[name]:.1f}" for name in ("median", "p95", "alone_median", "alone_p95")
        )
        by = f"{row['drawn_by']}, {row['m1']}" if row["m1"] else row["drawn_by"]
        lines.append(f"| {row['images']} | `{row['model']}` | {row['at_work']} | {by} | {times} |")
    return table(HAND, lines)


def timed(row: Row) -> str:
    """A line of what was done several times."""
    return (
        f"| {row['images']} | {row['what']} | {row['times']} | {row['median']:.1f} "
        f"| {row['p95']:.1f} |"
    )


def table(head: str, lines: list[str]) -> str:
    """A table in Markdown."""
    return "\n".join([head, "|---" * (head.count("|") - 1) + "|", *lines])
