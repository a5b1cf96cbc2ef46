"""Which suggestions teach the most? `python -m benchmarks.acquisition --voice propagation`.

Labels against test error for every strategy in STRATEGIES: a strategy suggests, the answer key
answers, and the 10,000 test images of MNIST, or the 500 of the digits, are named by what the tool
would say then. With `--voice propagation` the labels only propagate; with `--voice trained` the
default model learns after every batch for `--seconds` of the processor. Each draw is kept at once
in results/acquisition.json and shown in results/acquisition.md; one that is there is not made again
(`--again` makes it), so a command may be stopped and given again. Several may run side by side.
"""

from __future__ import annotations

import argparse
import datetime
import json
import statistics
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from benchmarks.keeping import nobody_else_in, replace
from benchmarks.timing import CLOCKS, machine
from ssvae_core.acquisition import STRATEGIES
from ssvae_core.atlas.starter_folders import shipped_folder
from ssvae_core.cli.reporting import progress_line
from ssvae_core.cli.simulate import simulated
from ssvae_core.data import load_dataset
from ssvae_core.data.dataset import Dataset
from ssvae_core.fitting.fit import Fit
from ssvae_core.fitting.neighbour_graph import taken
from ssvae_core.fitting.seen import Seen
from ssvae_core.pretraining.starter import Starter
from ssvae_core.training.ensemble import combined
from ssvae_core.training.examples import as_stored

RESULTS = Path(__file__).parent / "results"
DATA = ("mnist", "digits")
COUNTS = [5, 10, 15, 20, 25, 30, 40, 50, 75, 100]
ACCURACIES = (90, 95, 97)
LEFT_OUT = 0.2  # of the images, never asked, others in each draw: most strategies know no chance
ABOUT_CLASS = 8  # for those that need one
# They go by what a model says, which propagation alone has not.
NEEDS_MODEL = {"odd", "disagree"}
PUBLISHED = [
    ("BALD (Gal et al. 2017)", "145", "335"),
    ("Random (Gal et al. 2017)", "255", "835"),
    ("BatchBALD (Kirsch et al. 2019)", "90 (70 to 110)", "200 (190 to 230)"),
]
INTRODUCTION = f"""# Which questions teach the most

Error on the test images in percent (MNIST: 10,000, digits: 500) by the number of labels, mean of
the draws. A draw leaves out another {LEFT_OUT:.0%} of the images from being asked, and has another
seed. "propagation": labels only propagate over the graph of neighbours (MNIST: of the M1 that ships
with the app; digits: of principal components), nothing is trained. "trained": after each batch the
default model learns as well, for so many seconds of one thread, from where it stood. "labels to
90 / 95 / 97 %": the first of the counts in the table with that accuracy, median of the draws; "–"
is never. "place": by the mean error over all counts. Images of a class are asked about with
`least-sure` in class "{ABOUT_CLASS}". Strategies that go by guesses begin as `typical` does while
there are none. Made by `benchmarks/acquisition.py`.

"""

Rows = dict[str, Any]


def race(name: str, voice: str, strategy: str, seed: int, seconds: float) -> dict[str, Any]:
    """One draw: the curve, the labels to each accuracy, and how long it took."""
    data, start = load_dataset(name), time.perf_counter()
    # A stream of its own: seed 0 alone draws the very sample that the starter's medoids are from.
    rng = np.random.default_rng([seed, len(data)])
    excluded = np.zeros(len(data), bool)
    excluded[rng.choice(len(data), int(LEFT_OUT * len(data)), replace=False)] = True
    folder = shipped_folder(name)
    fit = Fit(
        data.images,
        np.full(len(data), -1, np.int16),
        n_classes=len(data.class_names),
        starter=Starter.load(folder, data.shape) if folder.is_dir() else None,
        seed=seed,
        clock=CLOCKS["processor"],
    )
    with progress_line() as line:
        curve = list(
            simulated(
                fit,
                data,
                strategy,
                counts=COUNTS,
                seconds=seconds if voice == "trained" else 0.0,
                line=line,
                about_class=ABOUT_CLASS if STRATEGIES[strategy].needs_class else None,
                excluded=excluded,
                score=Judge(),
            )
        )
    return {
        "seed": seed,
        "errors": [round(point["error"], 2) for point in curve],
        "predicted_by": [point["predicted_by"] for point in curve],
        "steps": fit.steps,
        "wall": round(time.perf_counter() - start, 1),
    }


class Judge:
    """The error of what a fit says, as `percent_wrong`; who is near whom is worked out once."""

    def __init__(self) -> None:
        self._near: tuple[NDArray[Any], NDArray[Any]] | None = None

    def __call__(self, fit: Fit, data: Dataset) -> float:
        """Of the test images, percent named wrongly."""
        assert fit.graphs
        assert fit.ensemble is not None
        assert data.test_images is not None
        if self._near is None:
            self._near = fit.graphs[0].near(Seen(as_stored(data.test_images, fit.standard)))
        said = taken(fit.ensemble.propagated, *self._near)
        if fit.ensemble.model_is_trusted:
            said = combined(said, fit.modelled(data.test_images))
        return 100 * float((said.argmax(1) != data.test_answer_key).mean())


def labels_to(errors: list[float], accuracy: int) -> int | None:
    """The first of COUNTS with that accuracy in percent."""
    enough = [n for n, error in zip(COUNTS, errors, strict=True) if error <= 100 - accuracy]
    return enough[0] if enough else None


def keep(folder: Path, key: str, made: dict[str, Any], run: dict[str, Any]) -> Rows:
    """Add a draw to its row in the folder, whatever others write there; gives all rows."""
    folder.mkdir(parents=True, exist_ok=True)
    with nobody_else_in(folder):
        rows = kept(folder)
        runs = [old for old in rows.get(key, {}).get("runs", []) if old["seed"] != run["seed"]]
        rows[key] = {**made, "runs": sorted([*runs, run], key=lambda run: run["seed"])}
        replace(folder / "acquisition.json", json.dumps(rows, indent=1) + "\n")
        replace(folder / "acquisition.md", INTRODUCTION + report(rows))
    return rows


def kept(folder: Path) -> Rows:
    """What earlier commands left there."""
    path = folder / "acquisition.json"
    rows: Rows = json.loads(path.read_text()) if path.is_file() else {}
    return rows


def report(rows: Rows) -> str:
    """A table for each data set and way to predict, as Markdown."""
    groups: dict[tuple[str, str], Rows] = {}
    for key, row in sorted(rows.items()):
        name, voice, strategy = key.split("/")
        groups.setdefault((name, voice), {})[strategy] = row
    return "\n".join(_section(*which, group) for which, group in groups.items())


def _section(name: str, voice: str, group: Rows) -> str:
    order = sorted(group, key=lambda strategy: mean_error(group[strategy]))
    heads = ["place", "strategy", *map(str, COUNTS), "labels to 90 / 95 / 97 %", "draws"]
    lines = [f"## {name}, {voice}", "", f"| {' | '.join(heads)} |", "|---" * len(heads) + "|"]
    for place, strategy in enumerate(order, 1):
        runs = group[strategy]["runs"]
        means = [statistics.mean(values) for values in zip(*_errors(runs), strict=True)]
        cells = [str(place), f"**{strategy}**" if strategy == "auto" else strategy]
        cells += [f"{error:.1f}" for error in means]
        cells += [" / ".join(_median_labels(runs, a) for a in ACCURACIES), str(len(runs))]
        lines.append(f"| {' | '.join(cells)} |")
    if name == "mnist":
        for who, to_90, to_95 in PUBLISHED:
            cells = ["", f"{who}, published", *("" for _ in COUNTS), f"{to_90} / {to_95} / –", ""]
            lines.append(f"| {' | '.join(cells)} |")
    return "\n".join([*lines, "", *_origins(group), ""])


def _origins(group: Rows) -> list[str]:
    """How the rows were made: a line for each command, and the seconds of its draws."""
    found: dict[str, float] = {}
    for row in group.values():
        how = f"`{row['command']}`, {row['date']}, {row['machine']}"
        found[how] = found.get(how, 0.0) + sum(run["wall"] for run in row["runs"])
    return [f"- {how}: {wall:.0f} s" for how, wall in found.items()]


def mean_error(row: dict[str, Any]) -> float:
    """Over all counts and draws."""
    return statistics.mean(statistics.mean(errors) for errors in _errors(row["runs"]))


def _errors(runs: list[dict[str, Any]]) -> list[list[float]]:
    return [run["errors"] for run in runs]


def _median_labels(runs: list[dict[str, Any]], accuracy: int) -> str:
    found = sorted(labels_to(errors, accuracy) or COUNTS[-1] + 1 for errors in _errors(runs))
    middle = found[len(found) // 2]
    return str(middle) if middle <= COUNTS[-1] else "–"


def main() -> None:
    """Run the draws that are missing, one after the other."""
    parser = argparse.ArgumentParser(description=__doc__)
    add = parser.add_argument
    add("--data", nargs="+", choices=DATA, default=DATA)
    add("--voice", choices=("propagation", "trained"), default="propagation")
    add("--only", nargs="+", choices=STRATEGIES, default=[*STRATEGIES], metavar="STRATEGY")
    add("--seeds", type=int, default=3, help="draws")
    add("--seconds", type=float, default=1.0, help="of training after each batch")
    add("--minutes", type=float, default=float("inf"), help="begin no draw after so many")
    add("--again", action="store_true", help="make draws anew that are there")
    add("--results", type=Path, default=RESULTS, help="where the rows are kept")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    end = time.monotonic() + 60 * arguments.minutes
    command = f"python -m benchmarks.acquisition --voice {arguments.voice}"
    if arguments.voice == "trained":
        command += f" --seconds {arguments.seconds:g}"
    made = {
        "command": f"{command} --seeds {arguments.seeds}",
        "date": datetime.date.today().isoformat(),
        "machine": f"{machine(1)}, torch {torch.__version__}",
    }
    for seed in range(arguments.seeds):
        for name in arguments.data:
            for strategy in arguments.only:
                key = f"{name}/{arguments.voice}/{strategy}"
                runs = kept(arguments.results).get(key, {}).get("runs", [])
                is_there = any(run["seed"] == seed for run in runs) and not arguments.again
                is_mute = arguments.voice == "propagation" and strategy in NEEDS_MODEL
                if is_there or is_mute or time.monotonic() > end:
                    continue
                with threadpool_limits(1):
                    run = race(name, arguments.voice, strategy, seed, arguments.seconds)
                print(f"{key}, draw {seed}: {run}", file=sys.stderr, flush=True)
                keep(arguments.results, key, made, run)
    print(report(kept(arguments.results)))


if __name__ == "__main__":
    main()
