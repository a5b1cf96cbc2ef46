"""What every model draws of each class: `python -m benchmarks.drawings --only digits/m1m2`.

A judge, taught every true label of the training images, reads the drawings: convolutions on digits,
logistic regression of a pretrained encoder's features on photographs. In what it makes of an image
(its last hidden layer, the features), for 200 drawings of each class and as many real test images:

- read as asked: the share that it reads as the class that was asked for;
- recall: the share of the real images that lie within the third nearest drawing of some drawing of
  the class (Kynkäänniemi et al. 2019, arXiv:1904.06991, k = 3);
- spread: the mean distance of two drawings of a class, in pixels, to that of two real ones;
- near: the median distance from a drawing to the nearest training image of its class, in pixels, to
  that of a real test image: 0 where training images are drawn.

A row is SET/MODEL; `--only SET` runs all of a set. `clothes` is any folder of photographs with a
folder a class, given with `--folder` and `--test`. Seconds are of the processor, one thread. Each
draw of labels is kept at once in results/drawings.json and shown in results/drawings.md, beside a
picture in results/drawings/.
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
import torch
from numpy.typing import NDArray
from PIL import Image

from benchmarks.drawings_judge import ConvolutionalJudge, FeatureJudge, Judge, measured
from benchmarks.keeping import keep_draw
from benchmarks.photos import imported
from benchmarks.timing import machine
from ssvae_core.atlas.starter_folders import shipped_folder
from ssvae_core.data import load_dataset
from ssvae_core.data.label_draw import draw_labels
from ssvae_core.encoders import open_encoder
from ssvae_core.encoders.feature_store import FeatureStore
from ssvae_core.fitting.fit import Fit
from ssvae_core.models import MODELS, importance_bound
from ssvae_core.pretraining.starter import Starter
from ssvae_core.training.device import use_threads
from ssvae_core.training.tensors import as_inputs

RESULTS = Path(__file__).parent / "results"
SETS = ("mnist", "mnist-from-nothing", "digits", "clothes")
PICTURED = 10  # drawings of a class in a picture
N_DRAWN = 200
INTRODUCTION = """# What the models draw of each class

The mean of the draws of labels. "read": percent read as the class asked for, by a judge taught all
true labels; "recall": percent of the real test images that drawings come near; "spread": of the
drawings, to that of real images; "near": the distance to the nearest training image, to that of a
test image; all defined in `benchmarks/drawings.py`. "mean": the same of `sample(y, n, mean=True)`.
"real" is training images in the place of drawings. "bound": a bound of log p(x) in nats, one draw,
of test images; models on an M1 count its latents and not x, so theirs compares with nothing else.

"""

Kept = dict[str, Any]


class Task:
    """A set, its judge, and what real images are measured as."""

    def __init__(self, name: str, arguments: argparse.Namespace, root: Path):
        self.name, self.features, self.config = name, None, {}
        self.starter: Starter | None = None
        self.store = FeatureStore(root / "features")
        judge: Judge
        if name == "clothes":
            if arguments.folder is None or arguments.test is None:
                raise SystemExit("clothes needs --folder and --test: folders with one a class.")
            encoder = "efficientnet-lite0"
            self.data, self.features = imported(arguments.folder, root, encoder)
            test, test_features = imported(arguments.test, root, encoder)
            assert test.answer_key is not None
            self.test, self.test_key = test.images, test.answer_key
            self.config = {"autoencoder": arguments.autoencoder or "own"}
            judge = FeatureJudge(self.features, self.key, open_encoder(encoder))
            judge.known(self.test, test_features)
            judge.known(self.data.images, self.features)
        else:
            self.data = load_dataset(name.partition("-")[0])
            assert self.data.test_images is not None
            assert self.data.test_answer_key is not None
            self.test, self.test_key = self.data.test_images, self.data.test_answer_key
            judge = ConvolutionalJudge(self.data.images, self.key, arguments.judge_seconds)
        if name == "mnist":
            self.starter = Starter.load(shipped_folder("mnist"), self.data.shape)
        self.judge = judge
        self.judged = judge.error(self.test, self.test_key)

    @property
    def key(self) -> NDArray[np.integer]:
        """The true classes."""
        assert self.data.answer_key is not None
        return self.data.answer_key

    def real(self, images: NDArray[Any], key: NDArray[Any], seed: int) -> list[NDArray[np.float32]]:
        """N_DRAWN of each class, or as many as there are: K x (n, *S) in [0, 1]."""
        rng = np.random.default_rng(seed)
        some = [rng.permutation(np.flatnonzero(key == k))[:N_DRAWN] for k in range(key.max() + 1)]
        return [images[which].astype(np.float32) / 255 for which in some]

    def measure(self, drawn: list[NDArray[np.float32]]) -> Kept:
        """Of drawings of each class."""
        real = self.real(self.test, self.test_key, 0)
        learned = [self.data.images[self.key == k] for k in range(len(real))]
        return measured(self.judge, drawn, real, learned)

    def fit(self, model: str, labels: int, seed: int, seconds: float) -> Fit:
        """One that has run on so many labels."""
        n_classes = len(self.data.class_names)
        fit = Fit(
            self.data.images,
            draw_labels(self.key, labels, seed, n_classes),
            n_classes=n_classes,
            features=self.features,
            model=model,
            config=dict(self.config),
            starter=self.starter,
            seed=seed,
            clock=time.process_time,
            store=self.store,
        )
        for _ in fit.run(seconds):
            pass
        return fit

    def draws(self, fit: Fit, mean: bool = False) -> list[NDArray[np.float32]]:
        """As many of each class as there are real ones."""
        counts = [len(part) for part in self.real(self.test, self.test_key, 0)]
        return [fit.sample(np.array([k]), 0, n, mean) for k, n in enumerate(counts)]


def bound_of(fit: Fit, test: NDArray[Any]) -> float | None:
    """A bound of log p(x) in nats, of some test images; None where there is none."""
    assert fit.learner is not None
    model = fit.learner.ema_model.eval()
    if model.n_features:
        return None
    x = as_inputs(torch.from_numpy(test[:500]).flatten(1))
    try:
        with torch.no_grad():
            return float(importance_bound(model, model.prepare(x), 1).mean())
    except TypeError:  # of a model without densities
        return None


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
    return SETS.index(name.partition("+")[0]), model, int(labels)


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
        cells += [f"![{key}](drawings/{picture_of(key)})", f"{row['date']}, {row['machine']}"]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def picture_of(key: str) -> str:
    """The name of its file."""
    return key.replace("/", "-") + ".png"


def made_in(seconds: float, judged: float) -> Kept:
    """How a row was made."""
    date = f"{datetime.date.today():%d %B %Y}"
    return {"seconds": seconds, "judge": round(judged, 2), "date": date, "machine": machine()}


def race(task: Task, models: list[str], arguments: argparse.Namespace) -> None:
    """All rows of a set."""
    title = task.name + ("+autoencoder" if arguments.autoencoder else "")
    made, results = made_in(arguments.budget, task.judged), arguments.results
    real = task.real(task.data.images, task.key, 1)
    keep(results, f"{title}/real/0", made, {"seed": 0, "draw": task.measure(real)})
    picture(real, results / "drawings" / picture_of(f"{title}/real/0"))
    for model in models:
        for labels in arguments.labels:
            for seed in range(arguments.seeds):
                fit = task.fit(model, labels, seed, arguments.budget)
                drawn = task.draws(fit)
                right = fit.probabilities(task.test).argmax(1) if task.features is None else None
                run = {
                    "seed": seed,
                    "steps": fit.steps,
                    "draw": task.measure(drawn),
                    "mean": task.measure(task.draws(fit, mean=True)),
                    "bound": bound_of(fit, task.test),
                    "error": None
                    if right is None
                    else 100 * float((right != task.test_key).mean()),
                }
                key = f"{title}/{model}/{labels}"
                print(key, run, flush=True)
                keep(results, key, made, run)
                if seed == 0:
                    picture(drawn, results / "drawings" / picture_of(key))


def main() -> None:
    """Read the arguments, and run the rows one after the other."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--only", nargs="+", default=list(SETS), metavar="SET[/MODEL]")
    parser.add_argument("--labels", nargs="+", type=int, default=[10, 30, 100], metavar="N")
    parser.add_argument("--seeds", type=int, default=3, help="draws of the labels")
    parser.add_argument("--budget", type=float, default=60.0, help="processor seconds of training")
    parser.add_argument("--judge-seconds", type=float, default=60.0, help="of the digits' judge")
    parser.add_argument("--folder", type=Path, help="photographs to learn from, a folder a class")
    parser.add_argument("--test", type=Path, help="others, to compare with")
    parser.add_argument("--autoencoder", help="the folder of a pretrained one, as M1")
    parser.add_argument("--results", type=Path, default=RESULTS, help="where the rows are kept")
    arguments = parser.parse_args()
    use_threads(1)
    asked = [row.partition("/") for row in arguments.only]
    if unknown := [a for a, _, b in asked if a not in SETS or (b and b not in MODELS)]:
        raise SystemExit(f"Unknown: {', '.join(unknown)}. Sets: {SETS}; models: {[*MODELS]}.")
    with tempfile.TemporaryDirectory() as root:
        for name in dict.fromkeys(name for name, _, _ in asked):
            models = [model for each, _, model in asked if each == name]
            race(Task(name, arguments, Path(root)), models if all(models) else [*MODELS], arguments)


if __name__ == "__main__":
    main()
