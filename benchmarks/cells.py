"""Types of 700 blood cells from 20, 50 and 100 labels: `python -m benchmarks.cells`.

The cells that scanpy's package ships (pbmc68k_reduced, ten types, of which some look alike), by
their 50 principal components. One cell of each type is labelled, the rest of the labels are drawn
at random; percent wrong of the cells without a label, for three draws. Beside M1+M2 and the
session's own model stand what a user would pick instead: a logistic regression on the same
components, and label spreading over their nearest neighbours, both of scikit-learn.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.semi_supervised import LabelSpreading

from benchmarks.timing import machine
from ssvae_core import SSVAEClassifier
from ssvae_core.data.library import load_imported
from ssvae_core.importing.import_data import Choice, import_data, import_to_end

RESULTS = Path(__file__).parent / "results"
COUNTS = (20, 50, 100)
DRAWS = 3
SHIPPED = "datasets/10x_pbmc68k_reduced.h5ad"

Guess = Callable[[NDArray[np.float32], NDArray[np.int64], int], NDArray[np.int64]]


def main() -> None:
    """Measure each row, and write the table after each."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument(
        "--budget", type=float, default=20.0, help="seconds that a model learns (20)"
    )
    parser.add_argument("--draws", type=int, default=DRAWS, help=f"of labels ({DRAWS})")
    parser.add_argument("--results", type=Path, default=RESULTS, help="where the table is kept")
    arguments = parser.parse_args()
    values, key = cells()
    rows: dict[str, dict[str, list[float]]] = {}
    for name, guess in guessers(arguments.budget).items():
        rows[name] = {}
        for count in COUNTS:
            rows[name][str(count)] = [
                error_of(guess, values, key, count, draw) for draw in range(arguments.draws)
            ]
            write(rows, arguments.budget, arguments.results)


def cells() -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Components and types of the cells, as an import reads them: (700, 50), (700,)."""
    spec = importlib.util.find_spec("scanpy")
    if spec is None or spec.origin is None:
        raise SystemExit("This benchmark needs scanpy's cells: pip install scanpy")
    reading = {"use": "obsm:X_pca", "label": "bulk_labels"}
    with tempfile.TemporaryDirectory() as folder:
        where = Path(spec.origin).parent / SHIPPED
        done = import_to_end(
            import_data(where, Path(folder), name="pbmc", choice=Choice(reading=reading))
        )
        data = load_imported(done.folder)
        assert data.answer_key is not None
        return np.array(data.images), np.array(data.answer_key)


def drawn(key: NDArray[np.int64], count: int, draw: int) -> NDArray[np.int64]:
    """Labels (N,), -1 for none: one of each type, then at random."""
    random = np.random.default_rng(draw)
    first = [int(random.choice(np.flatnonzero(key == k))) for k in np.unique(key)]
    rest = np.setdiff1d(random.permutation(len(key)), first, assume_unique=True)
    chosen = [*first, *random.permutation(rest)[: count - len(first)].tolist()]
    labels = np.full(len(key), -1, np.int64)
    labels[chosen] = key[chosen]
    return labels


def error_of(
    guess: Guess, values: NDArray[np.float32], key: NDArray[np.int64], count: int, draw: int
) -> float:
    """Percent wrong of the cells without a label."""
    labels = drawn(key, count, draw)
    is_open = labels < 0
    return float(100 * (guess(values, labels, draw) != key)[is_open].mean())


def guessers(budget: float) -> dict[str, Guess]:
    """What guesses, by its row."""

    def regression(values, labels, draw):
        model = LogisticRegression(max_iter=2000)
        return model.fit(values[labels >= 0], labels[labels >= 0]).predict(values)

    def spreading(values, labels, draw):
        model = LabelSpreading("knn", n_neighbors=10, max_iter=100)
        return model.fit(values, labels).predict(values)

    def ours(name):
        def guess(values, labels, draw):
            model = SSVAEClassifier(name, budget=budget, random_state=draw)
            return model.fit(values, labels).predict(values)

        return guess

    return {
        "logistic regression": regression,
        "label spreading, 10 neighbours": spreading,
        "M1+M2": ours("m1m2"),
        "the session's model (guided-m1)": ours("guided-m1"),
    }


def write(rows: dict[str, dict[str, list[float]]], budget: float, folder: Path) -> None:
    """The table, and all draws beside it."""
    head = "| percent wrong with … labels | " + " | ".join(map(str, COUNTS)) + " |"
    lines = [
        "# Types of 700 blood cells",
        "",
        f"`python -m benchmarks.cells --budget {budget:g}`, on {machine()}. The mean of "
        f"{max(len(draws) for each in rows.values() for draws in each.values())} draws of labels "
        "(each draw in brackets); see the benchmark's docstring.",
        "",
        head,
        "|---" * (1 + len(COUNTS)) + "|",
    ]
    for name, found in rows.items():
        each = []
        for count in COUNTS:
            draws = found.get(str(count), [])
            some = ", ".join(f"{error:.1f}" for error in draws)
            each.append(f"{np.mean(draws):.1f} ({some})" if draws else "")
        lines.append(f"| {name} | {' | '.join(each)} |")
    (folder / "cells.json").write_text(json.dumps(rows, indent=1) + "\n")
    (folder / "cells.md").write_text("\n".join([*lines, ""]))


if __name__ == "__main__":
    main()
