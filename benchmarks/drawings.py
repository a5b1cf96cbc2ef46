"""What every model draws of each class: `python -m benchmarks.drawings --only digits/m1m2`.

A judge, taught every true label of the training images, reads the drawings: convolutions on digits,
logistic regression of a pretrained encoder's features on photographs, which it sees as large as
drawings are. In what it makes of an image
(its last hidden layer, the features), for 200 drawings of each class and as many real test images:

- read as asked: the share that it reads as the class that was asked for;
- recall: the share of the real images that lie within the third nearest drawing of some drawing of
  the class (Kynkäänniemi et al. 2019, arXiv:1904.06991, k = 3);
- spread: the mean distance of two drawings of a class, in pixels, to that of two real ones;
- near: the median distance from a drawing to the nearest training image of its class, in pixels, to
  that of a real test image: 0 where training images are drawn.

A row is SET/MODEL; `--only SET` runs all of a set. `clothes` is any folder of photographs with a
folder a class, given with `--folder` and `--test`. Labels are drawn, as many of each class; what is
drawn from besides is what they propagate, as in a session. Seconds are of the processor, one
thread. `--plan` runs every model on every set that is named, with the seconds and the draws of
labels of drawings_plan.py, the rows that matter most first:

    python -m benchmarks.drawings --plan --only mnist digits

Each draw of labels is kept at once in results/drawings.json and shown in results/drawings.md,
beside a picture in results/drawings/; one that is there already is not run again.
"""

from __future__ import annotations

import argparse
import datetime
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from benchmarks.drawings_plan import PLAN, Rows
from benchmarks.drawings_task import SETS, Task, bound_of
from benchmarks.keeping import is_kept, keep_draw
from benchmarks.timing import machine
from ssvae_core.models import MODELS
from ssvae_core.training.device import use_threads

RESULTS = Path(__file__).parent / "results"
PICTURED = 10  # drawings of a class in a picture
INTRODUCTION = """# What the models draw of each class

The mean of the draws of labels. "read": percent read as the class asked for, by a judge taught all
true labels; "recall": percent of the real test images that drawings come near; "spread": of the
drawings, to that of real images; "near": the distance to the nearest training image, to that of a
test image; all defined in `benchmarks/drawings.py`. "mean": the same of `sample(y, n, mean=True)`.
"real" is training images in the place of drawings. "bound": a bound of log p(x) in nats, one draw,
of test images; models on an M1 count its latents and not x, so theirs compares with nothing else.
Without a shipped or pretrained M1, half of the seconds train the M1. A dash: not measured.

"""

Kept = dict[str, Any]


def picture(drawn: list[NDArray[np.float32]], path: Path) -> None:
    """A row a class, in a small PNG."""
    rows = [np.concatenate([*part[:PICTURED].clip(0, 1)], 1) for part in drawn]
    pixels = (255 * np.concatenate(rows, 0)).round().astype(np.uint8)
    path.parent.mkdir(parents=True, exist_ok=True)
    image = Image.fromarray(pixels[..., 0] if pixels.shape[-1] == 1 else pixels)
    image.quantize(64).save(path, optimize=True)


def keep(folder: Path, key: str, made: Kept, run: Kept) -> None:
    """Add a draw to its row, and write the table anew."""
    keep_draw(
        folder / "drawings.md",
        key,
        made,
        run,
        order,
        lambda rows: INTRODUCTION + table(rows) + "\n",
    )


def order(key: str) -> tuple[int, str, int]:
    """By set, model, and labels."""
    name, model, labels = key.split("/")
    return SETS.index(name), model, int(labels)


def mean_of(row: Kept, name: str, of: str = "draw") -> str:
    """Over the draws; a dash where it was not measured."""
    found = [run[of][name] for run in row["runs"] if run.get(of)]
    digits = 1 if name in ("read", "recall") else 2
    return f"{statistics.mean(found):.{digits}f}" if found else "–"


def table(rows: Kept) -> str:
    """All rows as Markdown."""
    heads = ["set", "model", "labels", "read", "recall", "spread", "near", "mean: read", "recall"]
    heads += ["error", "bound", "seconds", "draws", "picture", "made"]
    lines = [f"| {' | '.join(heads)} |", "|---" * len(heads) + "|"]
    for key, row in rows.items():
        name, model, labels = key.split("/")
        bounds = [run["bound"] for run in row["runs"] if run.get("bound") is not None]
        errors = [run["error"] for run in row["runs"] if run.get("error") is not None]
        cells = [name, model if model == "real" else f"`{model}`", labels]
        cells += [mean_of(row, value) for value in ("read", "recall", "spread", "near")]
        cells += [mean_of(row, value, "mean") for value in ("read", "recall")]
        cells += [f"{statistics.mean(errors):.1f}" if errors else "–"]
        cells += [f"{statistics.mean(bounds):.0f}" if bounds else "–"]
        cells += [f"{row['seconds']:g}", str(len(row["runs"]))]
        date = row["runs"][-1]["date"]
        cells += [f"![{key}](drawings/{picture_of(key)})", f"{date}, {row['machine']}"]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def picture_of(key: str) -> str:
    """The name of its file."""
    return key.replace("/", "-") + ".png"


def made_in(seconds: float, judged: float) -> Kept:
    """How a row was made; the date is its runs', which may be made on several days."""
    return {"seconds": seconds, "judge": round(judged, 2), "machine": machine()}


def today() -> str:
    """As a table shows it."""
    return f"{datetime.date.today():%d %B %Y}"


def race(task: Task, rows: Rows, arguments: argparse.Namespace) -> None:
    """All draws of some rows of a set that are not kept yet."""
    made, results = made_in(rows.seconds, task.judged), arguments.results
    for model in rows.models:
        for labels in rows.labels:
            key = f"{task.name}/{model}/{labels}"
            for seed in range(rows.draws):
                if is_kept(results / "drawings.md", key, made, seed):
                    continue
                fit = task.fit(model, labels, seed, rows.seconds)
                drawn = task.draws(fit)
                right = fit.probabilities(task.test).argmax(1) if task.features is None else None
                run = {
                    "seed": seed,
                    "date": today(),
                    "steps": fit.steps,
                    "draw": task.measure(drawn),
                    "mean": task.measure(task.draws(fit, mean=True)),
                    "bound": bound_of(fit, task.test),
                    "error": None
                    if right is None
                    else 100 * float((right != task.test_key).mean()),
                }
                print(key, run, flush=True)
                keep(results, key, made, run)
                if seed == 0:
                    picture(drawn, results / "drawings" / picture_of(key))


def race_real(task: Task, results: Path) -> None:
    """Training images in the place of drawings."""
    key, made = f"{task.name}/real/0", made_in(0, task.judged)
    if not is_kept(results / "drawings.md", key, made, 0):
        real = task.real(task.data.images, task.key, 1)
        keep(results, key, made, {"seed": 0, "date": today(), "draw": task.measure(real)})
        picture(real, results / "drawings" / picture_of(key))


def main() -> None:
    """Read the arguments, and run the rows one after the other."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--only", nargs="+", default=list(SETS), metavar="SET[/MODEL]")
    parser.add_argument("--plan", action="store_true", help="with its own labels, draws, seconds")
    parser.add_argument("--within", type=float, default=1e9, help="seconds in which a row begins")
    parser.add_argument("--labels", nargs="+", type=int, default=[10, 30, 100], metavar="N")
    parser.add_argument("--seeds", type=int, default=3, help="draws of the labels")
    parser.add_argument("--budget", type=float, default=60.0, help="processor seconds of training")
    parser.add_argument("--judge-steps", type=int, default=3000, help="of the digits' judge")
    parser.add_argument("--folder", type=Path, help="photographs to learn from, a folder a class")
    parser.add_argument("--test", type=Path, help="others, to compare with")
    parser.add_argument("--autoencoder", help="the folder of a pretrained one, as M1")
    parser.add_argument("--results", type=Path, default=RESULTS, help="where the rows are kept")
    arguments = parser.parse_args()
    use_threads(1)
    asked = [row.partition("/") for row in arguments.only]
    if unknown := [a for a, _, b in asked if a not in SETS or (b and b not in MODELS)]:
        raise SystemExit(f"Unknown: {', '.join(unknown)}. Sets: {SETS}; models: {[*MODELS]}.")
    start, sets = time.monotonic(), dict.fromkeys(name for name, _, _ in asked)
    with tempfile.TemporaryDirectory() as root:
        tasks = {name: Task(name, arguments, Path(root)) for name in sets}
        for task in tasks.values():
            if "+" not in task.name:  # the same images
                race_real(task, arguments.results)
        own = tuple(arguments.labels), arguments.seeds, arguments.budget
        wanted = [(name, Rows((model,) if model else (*MODELS,), *own)) for name, _, model in asked]
        for name, rows in PLAN if arguments.plan else wanted:
            if name in tasks:
                for one in rows.each():
                    if time.monotonic() - start < arguments.within:
                        race(tasks[name], one, arguments)


if __name__ == "__main__":
    main()
