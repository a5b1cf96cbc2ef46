"""Texts with few labels: `python -m benchmarks.texts packages.txt`, of `apt-cache dumpavail`.

Descriptions of Debian's packages, a line each, of eight of its sections; which section it is has
to be told. M1+M2 as `fit` trains it, and the loop of a session as `simulate` runs it, beside
logistic regression on the very same embeddings and, for `fit`, the very same labels.
"""

from __future__ import annotations

import argparse
import csv
import json
import re
import statistics
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression, LogisticRegressionCV

from benchmarks.commands import found_by
from benchmarks.timing import machine
from ssvae_core.data import load_dataset
from ssvae_core.data.label_draw import draw_labels
from ssvae_core.encoders import features_for_graph
from ssvae_core.storage.paths import default_workspace

RESULTS = Path(__file__).parent / "results"
SECTIONS = ("database", "editors", "games", "graphics", "mail", "net", "science", "sound")
MOST_OF_EACH = 400  # texts of a section
LABELS = (20, 80, 200)
SEEDS = (0, 1, 2)
ENCODERS = ("universal-sentence-encoder", "tfidf")
PENALTIES = (0.1, 1.0, 10.0, 100.0)  # C of logistic regression, of which cross-validation chooses


def descriptions(dump: str, seed: int = 0) -> list[tuple[str, str]]:
    """Text and section of packages of the eight sections, none twice, in a drawn order."""
    found: dict[str, dict[str, None]] = {section: {} for section in SECTIONS}
    for stanza in dump.split("\n\n"):
        section = re.search(r"^Section: (.*)$", stanza, re.MULTILINE)
        text = re.search(r"^Description(?:-en)?: (.*)$", stanza, re.MULTILINE)
        if section and text and section[1] in found:
            found[section[1]][text[1].strip()] = None
    rng, rows = np.random.default_rng(seed), list[tuple[str, str]]()
    for section, texts in found.items():
        some = sorted(texts)
        rows += [(some[k], section) for k in rng.permutation(len(some))[:MOST_OF_EACH]]
    return [rows[k] for k in rng.permutation(len(rows))]


def main() -> None:
    """Measure, and write the table after each row."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("dump", type=Path, help="what `apt-cache dumpavail` prints")
    parser.add_argument("--seeds", type=int, nargs="*", default=SEEDS)
    parser.add_argument("--steps", type=int, default=600, help="of M1+M2 (600)")
    parser.add_argument("--encoders", nargs="*", default=ENCODERS)
    parser.add_argument("--no-loop", action="store_true", help="without the loop of a session")
    parser.add_argument("--results", type=Path, default=RESULTS, help="where the table is kept")
    arguments = parser.parse_args()
    rows = descriptions(arguments.dump.read_text(errors="replace"))
    measured: dict[str, Any] = {"texts": len(rows), "steps": arguments.steps, "rows": []}
    for encoder in arguments.encoders:
        data = _imported(rows, encoder)
        for ways in (_by_regression, _by_fit, *(() if arguments.no_loop else (_by_loop,))):
            for name, errors in ways(data, arguments.seeds, arguments.steps):
                measured["rows"].append({"encoder": encoder, "name": name, "errors": errors})
                _write(measured, arguments.results)


def _imported(rows: Iterable[tuple[str, str]], encoder: str) -> str:
    """The id of the data set, imported as a person does it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "packages.csv"
        with path.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([("description", "section"), *rows])
        how = ["--text", "description", "--label", "section", "--encoder", encoder]
        return str(found_by("import", str(path), *how, "--name", f"packages {encoder}")["id"])


def _by_regression(data: str, seeds: Iterable[int], steps: int) -> Iterable[tuple[str, Any]]:
    """Logistic regression as scikit-learn has it, and with its penalty chosen by the labels."""
    for name in ("logistic regression", "logistic regression, C by cross-validation"):
        errors: dict[str, list[float]] = {}
        for n in LABELS:
            errors[str(n)] = [_regressed(data, n, seed, "C by" in name) for seed in seeds]
        yield name, errors


def _regressed(name: str, n: int, seed: int, is_chosen: bool) -> float:
    data = load_dataset(name)
    assert data.answer_key is not None
    labels = draw_labels(data.answer_key, n, seed, len(data.class_names))
    known = labels >= 0
    places = features_for_graph(np.asarray(data.images))
    folds = max(2, min(5, n // len(data.class_names)))
    model = (
        LogisticRegressionCV(Cs=PENALTIES, cv=folds, max_iter=2000, use_legacy_attributes=False)
        if is_chosen
        else LogisticRegression(max_iter=2000)
    )
    model.fit(places[known], labels[known])
    return _percent(float((model.predict(places[~known]) != data.answer_key[~known]).mean()))


def _by_fit(data: str, seeds: Iterable[int], steps: int) -> Iterable[tuple[str, Any]]:
    """M1+M2 with its teacher and label propagation, as `fit` has it."""
    how = ["--data", data, "--model", "m1m2", "--steps", str(steps), "--budget", "3600"]
    errors = {
        str(n): [
            found_by("fit", *how, "--labels", str(n), "--seed", str(seed))["error"]
            for seed in seeds
        ]
        for n in LABELS
    }
    yield "M1+M2", errors


def _by_loop(data: str, seeds: Iterable[int], steps: int) -> Iterable[tuple[str, Any]]:
    """The same model where each ten labels are those that the session asks for."""
    errors: dict[str, list[float]] = {str(n): [] for n in LABELS}
    how = ["--data", data, "--model", "m1m2", "--labels", str(max(LABELS)), "--batch", "10"]
    for seed in seeds:
        found = found_by("simulate", *how, "--seconds-per-batch", "2", "--seed", str(seed))
        by_count = {point["labels"]: point["error"] for point in found["curve"]}
        for n in LABELS:
            errors[str(n)].append(by_count[n])
    yield "the session's loop, labels that it asks for", errors


def _percent(share: float) -> float:
    return round(100 * share, 2)


def _write(measured: dict[str, Any], results: Path) -> None:
    """The table, and what it was made of beside it."""
    lines = [
        "# Texts with few labels",
        "",
        f"`apt-cache dumpavail > packages.txt; python -m benchmarks.texts packages.txt`, on "
        f"{machine()}, which had other work. {measured['texts']:,} one-line descriptions of "
        "Debian packages of eight sections; percent wrong of all that have no label, the median "
        "of the draws of labels, and each draw.",
        "",
        f"| embedding | learner | {' | '.join(f'{n} labels' for n in LABELS)} |",
        f"|---|---|{'---|' * len(LABELS)}",
    ]
    for row in measured["rows"]:
        cells = []
        for n in LABELS:
            errors = row["errors"][str(n)]
            each = ", ".join(f"{error:.1f}" for error in errors)
            cells.append(f"**{statistics.median(errors):.1f}** ({each})")
        lines.append(f"| {row['encoder']} | {row['name']} | {' | '.join(cells)} |")
    results.mkdir(parents=True, exist_ok=True)
    (results / "texts.json").write_text(json.dumps(measured, indent=1) + "\n")
    (results / "texts.md").write_text("\n".join([*lines, ""]))


if __name__ == "__main__":
    default_workspace().mkdir(parents=True, exist_ok=True)
    main()
