"""How pure groups are that are proposed without a label: `python -m benchmarks.groups`.

`cluster` as a person runs it, for several seeds: groups named by their majority, percent right of
all images. `--photos clothes/train` adds a folder of photographs, a folder a class.
"""

from __future__ import annotations

import argparse
import json
import statistics
from pathlib import Path
from typing import Any

from benchmarks.commands import found_by
from benchmarks.timing import machine
from ssvae_core.importing.import_data import import_data, import_to_end
from ssvae_core.storage.paths import data_root, default_workspace

RESULTS = Path(__file__).parent / "results"
SEEDS = 10


def main() -> None:
    """Measure each row, and write the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--photos", type=Path, help="a folder of photographs, a folder a class")
    parser.add_argument("--seeds", type=int, default=SEEDS, help=f"how many ({SEEDS})")
    parser.add_argument("--results", type=Path, default=RESULTS, help="where the table is kept")
    arguments = parser.parse_args()
    asked = [("mnist", "mnist", 10), ("mnist", "mnist", 30), ("digits", "digits", 30)]
    if arguments.photos is not None:
        name = arguments.photos.parent.name
        root = data_root(default_workspace())
        imported = import_to_end(import_data(arguments.photos, root, name=name)).id
        asked += [(name, imported, 10), (name, imported, 40)]
    rows: dict[str, Any] = {}
    for name, data, groups in asked:
        rows[f"{name}, {groups} groups"] = [
            _found(data, groups, seed) for seed in range(arguments.seeds)
        ]
        _write(rows, arguments)


def _found(data: str, groups: int, seed: int) -> dict[str, Any]:
    return found_by("cluster", "--data", data, "--groups", str(groups), "--seed", str(seed))


def _write(rows: dict[str, Any], arguments: argparse.Namespace) -> None:
    lines = [
        "# Groups without a label",
        "",
        f"`python -m benchmarks.groups --photos clothes/train`, on {machine()}. Groups are named "
        "by their majority; percent right of all images.",
        "",
        "| data, groups | by the features of | right, median of seeds | worst | best | seeds |",
        "|---|---|---|---|---|---|",
    ]
    for name, runs in rows.items():
        right = [100 - run["error"] for run in runs]
        lines.append(
            f"| {name} | {runs[0]['features']} | {statistics.median(right):.1f} | "
            f"{min(right):.1f} | {max(right):.1f} | {len(runs)} |"
        )
    (arguments.results / "groups.json").write_text(json.dumps(rows, indent=1) + "\n")
    (arguments.results / "groups.md").write_text("\n".join([*lines, ""]))


if __name__ == "__main__":
    main()
