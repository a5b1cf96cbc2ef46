"""Labels of one set for another: `python -m benchmarks.adaptation --usps usps.npz`.

MNIST and USPS, both ways: 1,000 labels of the source, none of the target, and right is a share of
the target's test images. Each row is `fit --target` as a person runs it, with the images made alike
and only stretched to one size.
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
SEEDS = (0, 1, 2)
WAYS = {
    "made alike, learned from": [],
    "stretched, learned from": ["--as-they-are"],
}


def main() -> None:
    """Measure both ways, and write the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--usps", type=Path, required=True, help="usps.npz, with a test part")
    parser.add_argument("--budget", default="30", help="seconds of training (30)")
    parser.add_argument("--seeds", type=int, nargs="*", default=SEEDS)
    parser.add_argument("--results", type=Path, default=RESULTS, help="where the table is kept")
    arguments = parser.parse_args()
    usps = _imported(arguments.usps)
    rows: dict[str, Any] = {}
    for source, target in (("mnist", usps), (usps, "mnist")):
        name = "MNIST to USPS" if source == "mnist" else "USPS to MNIST"
        for way, options in WAYS.items():
            rows[f"{name}, {way}"] = [
                _fitted(source, target, seed, arguments.budget, options) for seed in arguments.seeds
            ]
            _write(rows, arguments)


def _imported(path: Path) -> str:
    """The id of USPS in the workspace."""
    return import_to_end(import_data(path, data_root(default_workspace()), name="USPS")).id


def _fitted(source: str, target: str, seed: int, budget: str, options: list[str]) -> dict[str, Any]:
    on = ["--data", source, "--target", target, "--labels", "1000", "--seed", str(seed)]
    return found_by("fit", *on, "--budget", budget, *options)


def _write(rows: dict[str, Any], arguments: argparse.Namespace) -> None:
    """The table, and what it was made of beside it."""
    lines = [
        "# Labels of one set for another",
        "",
        f"`python -m benchmarks.adaptation --usps usps.npz --budget {arguments.budget}`, on "
        f"{machine()}. 1,000 labels of the source, none of the target; percent right of the "
        "target's test images, and of the source's.",
        "",
        "| from, to | right, median of draws | each | of the source | seconds |",
        "|---|---|---|---|---|",
    ]
    for name, runs in rows.items():
        right = [100 - run["target_error"] for run in runs]
        own = statistics.median(100 - run["error"] for run in runs)
        seconds = statistics.median(run["seconds"] for run in runs)
        each = ", ".join(f"{value:.1f}" for value in right)
        lines.append(
            f"| {name} | {statistics.median(right):.1f} | {each} | {own:.1f} | {seconds:.0f} |"
        )
    (arguments.results / "adaptation.json").write_text(json.dumps(rows, indent=1) + "\n")
    (arguments.results / "adaptation.md").write_text("\n".join([*lines, ""]))


if __name__ == "__main__":
    main()
