"""Put the measured tables into README.md: `python -m benchmarks.readme`. A test compares them."""

from __future__ import annotations

import json
import re
import statistics
from pathlib import Path
from typing import Any

from benchmarks.drawings import mean_of
from benchmarks.explore_report import hand_table
from benchmarks.papers import ROWS
from ssvae_core.options.catalogue import CATALOGUE

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks" / "results"


def longest(rows: dict[str, Any], name: str, device: str = "") -> dict[str, Any] | None:
    """The result of this row with the largest budget, if there is one; on the processor, or this.

    What is run on another device than the processor is kept as NAME@SECONDS@DEVICE.
    """
    where = (name, device) if device else (name,)
    made = {tuple(key.split("@")): row for key, row in rows.items()}
    found = {float(key[1]): row for key, row in made.items() if (key[0], *key[2:]) == where}
    return found[max(found)] if found else None


def mean(row: dict[str, Any] | None, value: str) -> str:
    """Over the draws, in percent; a dash if it was not measured."""
    values = [run[value] for run in row["runs"] if value in run] if row else []
    return f"{statistics.mean(values):.1f}" if values else "–"


def seconds(row: dict[str, Any] | None) -> str:
    """Of training, the mean over the draws; a dash if it was not measured."""
    return f"{statistics.mean(run['seconds'] for run in row['runs']):.0f}" if row else "–"


def models_table() -> str:
    """A line for each model, with its error at 100 labels where it was measured."""
    rows = json.loads((RESULTS / "papers.json").read_text())
    lines = [
        "| name | what it is | paper | ours | model alone | without teacher | seconds "
        "| on a GPU | seconds |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for name, known in CATALOGUE.items():
        row, alone_row = longest(rows, name), longest(rows, f"{name}-alone")
        if not ROWS[name].with_teacher:
            row, alone_row = None, row
        made, on_gpu = row or alone_row, longest(rows, name, "cuda")
        without = mean(alone_row, "model_alone")
        if row and alone_row and seconds(alone_row) != seconds(row):
            without += f" ({seconds(alone_row)} s)"
        cells = [
            f"`{name}`",
            f"{known.title}: {known.about}",
            ROWS[name].paper,
            mean(row, "value"),
            mean(row, "model_alone"),
            without,
            seconds(made),
            mean(on_gpu, "value"),
            seconds(on_gpu),
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def peers_table() -> str:
    """The table of the other tools as it is kept."""
    lines = (RESULTS / "peers.md").read_text().splitlines()
    return "\n".join(line for line in lines if line.startswith("|"))


def drawings_table() -> str:
    """A line for each set and model with 100 labels, and for real images in their place."""
    rows = json.loads((RESULTS / "drawings.json").read_text())
    lines = [
        "| what is drawn | by | read as asked | recall | spread | near | of means: read | recall |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for key, row in rows.items():
        name, model, labels = key.split("/")
        if labels not in ("0", "100"):
            continue
        by = "training images themselves" if model == "real" else f"`{model}`"
        cells = [name.replace("-", " "), by]
        cells += [mean_of(row, value) for value in ("read", "recall", "spread", "near")]
        cells += [mean_of(row, value, "mean") for value in ("read", "recall")]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def explore_table() -> str:
    """From the hand on Explore's map to its drawing; nothing until it is measured."""
    path = RESULTS / "explore.json"
    return hand_table(json.loads(path.read_text())["hand"]) if path.exists() else ""


TABLES = {
    "models": models_table,
    "peers": peers_table,
    "drawings": drawings_table,
    "explore": explore_table,
}


def section(name: str) -> str:
    """What stands in the README between two marks."""
    return f"<!-- {name} -->\n{TABLES[name]()}\n<!-- /{name} -->"


def main() -> None:
    """Write the tables into README.md."""
    path = ROOT / "README.md"
    text = path.read_text()
    for name in TABLES:
        marks = rf"<!-- {name} -->(.*<!-- /{name} -->)?"
        text = re.sub(marks, section(name).replace("\\", "\\\\"), text, flags=re.DOTALL)
    path.write_text(text)


if __name__ == "__main__":
    main()
