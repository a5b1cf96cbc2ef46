"""Labels of one set for another: `python -m benchmarks.adaptation --usps usps.npz`.

MNIST and USPS, both ways, and MNIST turned by 45 degrees: 1,000 labels of the source, none of the
target; right is a share of the target's first 2,000 test images. Each row has
the same labels, three draws of them. Ours are fits as `fit --target` makes them; beside them a
classifier of the source alone, and CORAL and MCC of skada (requirements-bench.txt).
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import torch
from numpy.typing import NDArray

from benchmarks.adaptation_peers import coral, mcc, source_only
from benchmarks.adaptation_redrawn import Redrawn, redrawn
from benchmarks.timing import machine
from ssvae_core.atlas.starter_folders import shipped_folder
from ssvae_core.data import load_dataset
from ssvae_core.data.dataset import Dataset
from ssvae_core.data.label_draw import draw_labels
from ssvae_core.data.matching import made_as, making_of, only_stretched
from ssvae_core.fitting.fit import Fit
from ssvae_core.pretraining.contrastive import embedded
from ssvae_core.pretraining.starter import Starter
from ssvae_core.training.device import use_threads

RESULTS = Path(__file__).parent / "results"
SEEDS = (0, 1, 2)
N_LABELS, N_TESTED, ANGLE = 1000, 2000, 45


@dataclass(frozen=True, eq=False)
class Sides:
    """Images of both sets in one size, 28 x 28 x 1 bytes, and the features that ship of them."""

    images: NDArray[np.uint8]  # of the source
    target: NDArray[np.uint8]
    test: NDArray[np.uint8]  # of the target
    own_test: NDArray[np.uint8]  # of the source
    features: dict[str, NDArray[np.float32]]  # of each of them, by its name


@dataclass(frozen=True, eq=False)
class Task:
    """One set's labels for another's images, made alike and only stretched to one size."""

    name: str
    key: NDArray[np.int64]  # of the source
    test_key: NDArray[np.int64]
    own_test_key: NDArray[np.int64]
    alike: Sides
    stretched: Sides


Percent = tuple[float, float | None]  # right of the target's test part, and of the source's


def main() -> None:
    """Measure every row of every task, and write the table after each draw."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--usps", type=Path, required=True, help="usps.npz, with a test part")
    parser.add_argument("--budget", type=float, default=15, help="processor seconds a fit (15)")
    parser.add_argument("--seeds", type=int, nargs="*", default=SEEDS)
    parser.add_argument("--images", type=int, default=10_000, help="of each set at most (10,000)")
    parser.add_argument("--only", nargs="*", help="rows with one of these words alone")
    parser.add_argument("--results", type=Path, default=RESULTS, help="where the table is kept")
    arguments = parser.parse_args()
    use_threads(1)
    starter = Starter.load(shipped_folder("mnist"), (28, 28, 1))
    kept = arguments.results / "adaptation.json"
    rows: dict[str, Any] = json.loads(kept.read_text()) if arguments.only and kept.exists() else {}
    for task in tasks(arguments.usps, starter, arguments.images):
        for seed in arguments.seeds:
            labels = draw_labels(task.key, N_LABELS, seed, 10)
            for way, measure in ways(starter, arguments).items():
                if arguments.only and not any(word in way for word in arguments.only):
                    continue
                start = time.process_time()
                found = measure(task, labels, seed)
                row = rows.setdefault(f"{task.name}, {way}", [])
                row[:] = [each for each in row if each["seed"] != seed]
                row.append(
                    {"seed": seed, "seconds": round(time.process_time() - start, 1), **found}
                )
                print(task.name, way, row[-1], flush=True)
            write(rows, arguments)


def ways(
    starter: Starter, arguments: argparse.Namespace
) -> dict[str, Callable[..., dict[str, Any]]]:
    """What each row measures: of a task, labels (N,) and a seed."""
    on = starter, arguments.budget, arguments.results
    return {
        "source only, stretched": partial(of_features, source_only, False),
        "source only": partial(of_features, source_only, True),
        "CORAL (skada)": partial(of_features, coral, True),
        "MCC (skada)": mcc_of,
        "propagation, stretched": partial(fitted, "m1", *on, False),
        "propagation": partial(fitted, "m1", *on, True),
        "VFAE, the model alone": partial(fitted, "vfae", *on, True),
    }


def of_features(
    judge: Callable[..., NDArray[np.integer]],
    alike: bool,
    task: Task,
    labels: NDArray[np.int16],
    seed: int,
) -> dict[str, Any]:
    """A classifier of the features that ship."""
    sides = task.alike if alike else task.stretched
    given = labels >= 0
    known = sides.features["images"][given], labels[given]
    answers = judge(*known, sides.features["target"], sides.features["test"], seed)
    return {"right": right(answers, task.test_key)}


def mcc_of(task: Task, labels: NDArray[np.int16], seed: int) -> dict[str, Any]:
    """MCC on the images, made alike."""
    given = labels >= 0
    known = task.alike.images[given], labels[given]
    return {"right": right(mcc(*known, task.alike.target, task.alike.test, seed), task.test_key)}


def fitted(
    model: str,
    starter: Starter,
    budget: float,
    results: Path,
    alike: bool,
    task: Task,
    labels: NDArray[np.int16],
    seed: int,
) -> dict[str, Any]:
    """A fit to both sets, as `fit --target` makes it; M1 takes no steps: labels propagate."""
    sides = task.alike if alike else task.stretched
    fit = Fit(
        sides.images,
        labels,
        n_classes=10,
        model=model,
        starter=starter,
        seed=seed,
        domains=np.zeros(len(labels), np.int64),
        clock=time.process_time,
    )
    none = np.full(len(sides.target), -1, np.int16)
    fit.add(sides.target, none, domains=np.ones(len(none), np.int64))
    fit.labels[: len(labels)] = labels
    for _ in fit.run(budget):
        pass
    found: dict[str, Any] = {
        "right": right(fit.probabilities(sides.test).argmax(1), task.test_key),
        "own": right(fit.probabilities(sides.own_test).argmax(1), task.own_test_key),
        "predicted_by": fit.predicted_by,
    }
    if model == "vfae":
        learner = fit.learner
        assert learner is not None
        found["together"] = found["right"]
        values = torch.from_numpy(sides.test).flatten(1).float() / 255
        found["right"] = right(learner.classify(values).argmax(1).numpy(), task.test_key)
        seen = redrawn(fit, sides.images, sides.target, task.key, seed)
        found |= {"as_class": seen.as_class, "as_domain": seen.as_domain}
        if seed == 0:
            picture(seen, results / f"adaptation-{task.name.lower().replace(' ', '-')}.png")
    return found


def right(answers: NDArray[np.integer], key: NDArray[np.integer]) -> float:
    """In percent."""
    return round(100 * float((answers == key).mean()), 2)


def tasks(usps: Path, starter: Starter, n: int) -> Iterator[Task]:
    """MNIST to USPS, USPS to MNIST, MNIST to MNIST turned."""
    mnist = load_dataset("mnist")
    few = part(mnist, slice(0, n))
    with np.load(usps, allow_pickle=False) as arrays:
        found = {name: arrays[name] for name in arrays}
    other = part(usps_of(found, mnist), slice(0, n))
    yield task_of("MNIST to USPS", few, other, starter)
    yield task_of("USPS to MNIST", other, few, starter)
    turned = part(mnist, slice(n, 2 * n))
    assert turned.test_images is not None
    turned = replace(
        turned,
        images=rotated(turned.images),
        test_images=rotated(turned.test_images),
        identity="",
    )
    yield task_of(f"MNIST to MNIST turned by {ANGLE}", few, turned, starter)


def part(data: Dataset, which: slice) -> Dataset:
    """Some of the examples, and of the test part."""
    assert data.answer_key is not None
    key = data.answer_key[which]
    assert data.test_images is not None
    assert data.test_answer_key is not None
    tested = {
        "test_images": data.test_images[:N_TESTED],
        "test_answer_key": data.test_answer_key[:N_TESTED],
    }
    return replace(data, images=data.images[which], answer_key=key, identity="", **tested)


def usps_of(arrays: dict[str, NDArray[Any]], like: Dataset) -> Dataset:
    """USPS as it is, of bytes."""
    x, tested = (as_bytes(arrays[name]) for name in ("x_train", "x_test"))
    return replace(
        like,
        name="usps",
        title="USPS",
        images=x,
        answer_key=arrays["y_train"].astype(np.int64),
        test_images=tested,
        test_answer_key=arrays["y_test"].astype(np.int64),
        identity="",
    )


def as_bytes(images: NDArray[Any]) -> NDArray[np.uint8]:
    """(N, 16, 16) of any range -> (N, 16, 16, 1)."""
    low, high = float(images.min()), float(images.max())
    scaled = (images.astype(np.float32) - low) * (255 / (high - low))
    return scaled.round().astype(np.uint8).reshape(len(images), *images.shape[1:3], 1)


def rotated(images: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Each turned by ANGLE degrees."""
    how = PIL.Image.Resampling.BILINEAR
    turned = [np.asarray(PIL.Image.fromarray(one[..., 0]).rotate(ANGLE, how)) for one in images]
    return np.stack(turned)[..., None]


def task_of(name: str, source: Dataset, target: Dataset, starter: Starter) -> Task:
    """Both sets in MNIST's size: the smaller made as the larger, and only stretched."""
    assert source.answer_key is not None
    assert target.test_answer_key is not None
    assert source.test_answer_key is not None
    keys = source.answer_key, target.test_answer_key, source.test_answer_key
    larger = source if source.shape[0] >= target.shape[0] else target
    making = making_of(larger.images)

    def sides(alike: bool) -> Sides:
        def made(data: Dataset) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
            assert data.test_images is not None
            if data is larger:
                return data.images, data.test_images
            own = making_of(data.images)
            to = making if alike else only_stretched(own, making)
            return made_as(data.images, to, own), made_as(data.test_images, to, own)

        (images, own_test), (others, test) = made(source), made(target)
        encoder = starter.image_encoder
        assert encoder is not None
        seen = {"images": images, "target": others, "test": test}
        features = {each: embedded(encoder, pixels) for each, pixels in seen.items()}
        return Sides(images, others, test, own_test, features)

    return Task(name, *keys, sides(True), sides(False))


def picture(seen: Redrawn, path: Path) -> None:
    """A grid: each example, drawn again in its own domain, and in the other one."""
    rows = [np.concatenate(list(row[..., 0]), 1) for row in seen.grid]
    image = PIL.Image.fromarray(255 - np.concatenate(rows, 0))
    image.resize((image.width * 2, image.height * 2), PIL.Image.Resampling.NEAREST).save(path)


def write(rows: dict[str, Any], arguments: argparse.Namespace) -> None:
    """The table, and what it was made of beside it."""
    only = f" --only {' '.join(map(repr, arguments.only))}" if arguments.only else ""
    lines = [
        "# Labels of one set for another",
        "",
        f"`python -m benchmarks.adaptation --usps usps.npz --images {arguments.images} --budget "
        f"{arguments.budget:g}{only}`, on {machine(1)}. 1,000 labels of the source, none of the "
        "target; "
        "percent right of the target's first 2,000 test images, and of the source's. The features "
        "are those of the image encoder that ships, which has seen MNIST's training images without "
        "labels. Sets are made alike (`data/matching.py`) unless it says stretched. VFAE: what the "
        "model says by itself; together with propagation, behind it. Redrawn: images drawn again "
        "as in the other domain that a classifier of pixels still reads as their class, and that "
        "another takes for the other domain.",
        "",
        "| from, to | right, median of draws | each | together | of the source | seconds "
        "| redrawn: class | domain |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for name, runs in rows.items():
        each = ", ".join(f"{run['right']:.1f}" for run in runs)
        cells = [name, median(runs, "right"), each, median(runs, "together"), median(runs, "own")]
        cells += [median(runs, "seconds"), median(runs, "as_class"), median(runs, "as_domain")]
        lines.append(f"| {' | '.join(cells)} |")
    (arguments.results / "adaptation.json").write_text(json.dumps(rows, indent=1) + "\n")
    (arguments.results / "adaptation.md").write_text("\n".join([*lines, ""]))


def median(runs: list[dict[str, Any]], name: str) -> str:
    """Of the draws; a dash where none has it."""
    values = [run[name] for run in runs if run.get(name) is not None]
    return f"{statistics.median(values):.1f}" if values else "–"


if __name__ == "__main__":
    main()
