"""Does the review page tell the truth? `python -m benchmarks.review`, or `--only audit forecast`.

Planted faults and simulated sessions whose truth is known: coverage of audits, flipped labels,
a hidden class, and forecasts that came true. Each part is kept in results/review.json and all are
written as tables to results/review.md; `--only` makes some anew and leaves the others.
"""

from __future__ import annotations

import argparse
import datetime
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.review_audit import coverage
from benchmarks.review_sessions import Bench, flipped, hidden
from benchmarks.timing import machine
from ssvae_core.review.forecast import checked, forecast

RESULTS = Path(__file__).parent / "results"
Rows = list[dict[str, Any]]
INTRODUCTION = """# Does the review page tell the truth?

Faults planted where the truth is known. Made by `benchmarks/review.py`; how and when each part was
made stands below it.
"""


def forecasts(seeds: int) -> Iterator[dict[str, Any]]:
    """Power laws with scatter, a point each 10 labels to 200: how often 80 % intervals held."""
    for seed in range(10 * seeds):
        rng = np.random.default_rng(seed)
        labels = np.arange(10, 201, 10)
        error = rng.uniform(0.2, 0.5) * (labels / 10) ** -rng.uniform(0.3, 1.0)
        error *= np.exp(rng.uniform(0.02, 0.12) * rng.standard_normal(len(labels)))
        curve = dict(zip(labels.tolist(), (1 - error).tolist(), strict=True))
        yield {"curve": "simulated", "seed": seed, **_held(curve)}


def curves_of_mnist(bench: Bench, seeds: int) -> Iterator[dict[str, Any]]:
    """What propagates from random labels of MNIST, a point each 10 labels to 150."""
    for seed in range(seeds):
        order = np.random.default_rng(seed).permutation(len(bench.key))
        curve = {}
        for n in range(10, 151, 10):
            labels = np.full(len(bench.key), -1, np.int16)
            labels[order[:n]] = bench.key[order[:n]]
            guesses = bench.propagate(labels, 10).argmax(1)
            curve[n] = float((guesses == bench.key).mean())
        yield {"curve": "MNIST, propagated", "seed": seed, **_held(curve)}


def _held(curve: dict[int, float]) -> dict[str, Any]:
    told = [forecast({n: curve[n] for n in curve if n <= last}) for last in curve]
    found = checked([one for one in told if one is not None], curve)
    return {
        "forecasts": len(found),
        "held": sum(one.held for one in found),
        "off": float(np.mean([abs(one.gain - one.forecast.gain) for one in found])),
    }


def audit_table(rows: Rows) -> Iterator[str]:
    """Coverage and width, over sizes and accuracies."""
    yield "## Audits: how often the 95 % interval holds the true accuracy\n"
    yield "| confidence | checked | coverage | lowest, highest | width, points | plain Wilson |"
    yield "|---" * 6 + "|"
    groups = {(row["confidence"], row["n"]) for row in rows}
    for confidence, n in sorted(groups):
        some = [row for row in rows if (row["confidence"], row["n"]) == (confidence, n)]
        held = [100 * row["app_coverage"] for row in some]
        plain = np.mean([100 * row["plain_coverage"] for row in some])
        wide, as_plain = (
            np.mean([100 * row[f"{w}_width"] for row in some]) for w in ("app", "plain")
        )
        yield (
            f"| {confidence} | {n} | {np.mean(held):.1f} % | {min(held):.1f}, {max(held):.1f} | "
            f"{wide:.1f} | {plain:.1f} %, {as_plain:.1f} |"
        )
    yield f"\nAccuracies 85 to 99 %, {rows[0]['audits']} audits each, of a pool of 2,000."


def flipped_table(rows: Rows) -> Iterator[str]:
    """Flips in the first tenth."""
    yield "## Flipped labels: how many of 5 % are in the first 10 % of the list (MNIST)\n"
    yield "| labels chosen by | labels | found | of | share |"
    yield "|---" * 5 + "|"
    for strategy, n in sorted({(row["strategy"], row["labels"]) for row in rows}):
        some = [row for row in rows if (row["strategy"], row["labels"]) == (strategy, n)]
        found, of = (sum(row[name] for row in some) for name in ("found", "flipped"))
        yield f"| {strategy} | {n} | {found} | {of} | {found / of:.0%} |"


def hidden_table(rows: Rows) -> Iterator[str]:
    """Offers within 30 labels."""
    yield "## A hidden class: offered within 30 labels (MNIST, queue `auto`, 5 % careless skips)\n"
    yield "| hidden | sessions | offered | at labels | of the kind, of 48 shown | false offers |"
    yield "|---" * 6 + "|"
    for absent in sorted({row["hidden"] for row in rows}):
        some = [row for row in rows if row["hidden"] == absent]
        offered = [row for row in some if row["offered_at"] is not None]
        at = ", ".join(str(row["offered_at"]) for row in offered) or "–"
        pure = ", ".join(f"{row['pure']:.0%}" for row in offered) or "–"
        false = sum(row["false_offers"] for row in some)
        name = "none" if absent < 0 else str(absent)
        yield f"| {name} | {len(some)} | {len(offered)} | {at} | {pure} | {false} |"


def forecast_table(rows: Rows) -> Iterator[str]:
    """Calibration."""
    yield "## Forecasts of ten more labels: how many 80 % intervals held\n"
    yield "| curves | forecasts | held | off by, points |"
    yield "|---" * 4 + "|"
    for curve in sorted({row["curve"] for row in rows}):
        some = [row for row in rows if row["curve"] == curve]
        held, n = (sum(row[name] for row in some) for name in ("held", "forecasts"))
        off = 100 * np.mean([row["off"] for row in some])
        yield f"| {curve} | {n} | {held / n:.0%} | {off:.2f} |"


PARTS: dict[str, tuple[Callable[[int], Rows], Callable[[Rows], Iterator[str]]]] = {
    "audit": (lambda seeds: list(coverage(200)), audit_table),
    "flipped": (lambda seeds: list(flipped(Bench(), seeds)), flipped_table),
    "hidden": (lambda seeds: list(hidden(Bench(), range(-1, 10), seeds)), hidden_table),
    "forecast": (
        lambda seeds: [*forecasts(seeds), *curves_of_mnist(Bench(), seeds)],
        forecast_table,
    ),
}


def main() -> None:
    """Make the parts, keep them, and write all tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="+", choices=PARTS, default=[*PARTS])
    parser.add_argument("--seeds", type=int, default=3, help="sessions of each kind")
    arguments = parser.parse_args()
    path = RESULTS / "review.json"
    for name in arguments.only:
        rows = PARTS[name][0](arguments.seeds)
        kept = json.loads(path.read_text()) if path.is_file() else {}
        kept[name] = {
            "rows": rows,
            "command": f"python -m benchmarks.review --only {name} --seeds {arguments.seeds}",
            "date": datetime.date.today().isoformat(),
            "machine": machine(1),
        }
        path.write_text(json.dumps(kept, indent=1) + "\n")
        lines = [INTRODUCTION]
        for part, made in kept.items():
            origin = f"`{made['command']}`, {made['date']}, {made['machine']}"
            lines += [*PARTS[part][1](made["rows"]), f"\n{origin}\n"]
        (RESULTS / "review.md").write_text("\n".join(lines))
        print(*PARTS[name][1](kept[name]["rows"]), sep="\n")


if __name__ == "__main__":
    main()
