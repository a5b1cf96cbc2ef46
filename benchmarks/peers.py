"""Who gets how far in how many seconds? `python -m benchmarks.peers --seeds 3 --budget 120`.

The same work for all: MNIST's 60,000 training images, 100 of them with their label (10 a class,
drawn by seed), and the error on the 10,000 test images against the seconds of training. A peer is
a function in PEERS: it learns from a Task and yields, as often as it likes, a function that
answers for images. Answering is not counted as training; no peer sees a test label.

Rows are kept in results/peers.json and written as a table to results/peers.md; `--only pyro` makes
one row anew and leaves the others. Pyro needs `pip install -r requirements-bench.txt`.

Letters in shapes: N images to learn from, M images to answer for.
"""

from __future__ import annotations

import argparse
import datetime
import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits
from torch import Tensor

from benchmarks.papers import ROWS
from benchmarks.timing import CLOCKS, Answer, Images, Row, Run, Task, machine, table, timed
from ssvae_core.data import ASSETS, load_dataset
from ssvae_core.data.label_draw import draw_labels

RESULTS = Path(__file__).parent / "results"
N_LABELS = 100
Values = NDArray[np.float32]
INTRODUCTION = f"""# The same work, by others and by us

MNIST: 60,000 training images, {N_LABELS} with their label (10 a class, another draw each run). The
error on the 10,000 test images in percent, the mean (lowest to highest) of the draws, by seconds of
training. The time to answer for the test images is not counted. An answer stands until the next.
Made by `benchmarks/peers.py`; how and when each row was made stands below the table.

"""


def as_rows(images: Images) -> Values:
    """Pixels in [0, 1]: (M, 28, 28, 1) -> (M, 784)."""
    return images.reshape(len(images), -1).astype(np.float32) / np.float32(255)


def ours(
    task: Task,
    model: str,
    config: dict[str, Any] | None = None,
    with_teacher: bool | None = None,
    has_starter: bool = False,
) -> Iterator[Answer]:
    """One of our models, from nothing or from the M1 that ships."""
    from ssvae_core.fitting.fit import Fit
    from ssvae_core.pretraining.starter import Starter

    fit = Fit(
        task.images,
        task.labels,
        n_classes=task.n_classes,
        model=model,
        config=config,
        with_teacher=with_teacher,
        starter=Starter.load(ASSETS / "starter" / "mnist", (28, 28, 1)) if has_starter else None,
        seed=task.seed,
        clock=task.now,
    )
    for _ in fit.run(task.budget):
        if fit.learner:
            yield lambda images: fit.probabilities(images).argmax(1)


def pyro(task: Task, labelled_every: int | None = None) -> Iterator[Answer]:
    """M2 by Pyro; see pyro_m2.py."""
    from benchmarks import pyro_m2

    pixels = torch.from_numpy(as_rows(task.images))
    labels = torch.from_numpy(task.labels.astype(np.int64))
    for model in pyro_m2.train(pixels, labels, task.n_classes, task.seed, labelled_every):
        yield partial(most_probable, model.q_y)


def most_probable(q_y: Callable[[Tensor], Tensor], images: Images) -> NDArray[np.integer]:
    """The class with the highest probability: -> (M,)."""
    return q_y(torch.from_numpy(as_rows(images))).argmax(1).numpy()


def on_components(task: Task, fit: Callable[[Values, NDArray[np.int16]], Any]) -> Iterator[Answer]:
    """A classifier of the first 40 principal components of the pixels."""
    from sklearn.decomposition import PCA

    pca = PCA(40, random_state=task.seed)
    model = fit(pca.fit_transform(as_rows(task.images)), task.labels)
    yield lambda images: model.predict(pca.transform(as_rows(images)))


def on_umap(task: Task, fit: Callable[[Values, NDArray[np.int16]], Any]) -> Iterator[Answer]:
    """A classifier of places on UMAP's 2-D map, where new images are put by its `transform`."""
    from sklearn.decomposition import PCA
    from umap import UMAP

    pca, umap = PCA(40, random_state=task.seed), UMAP(random_state=task.seed, n_jobs=1)
    xy = umap.fit_transform(pca.fit_transform(as_rows(task.images)))
    model = fit(xy, task.labels)
    yield lambda images: model.predict(umap.transform(pca.transform(as_rows(images))))


def compile_umap() -> None:
    """Numba compiles UMAP in a process's first call."""
    from umap import UMAP

    values = np.random.default_rng(0).normal(size=(5000, 40)).astype(np.float32)
    UMAP(random_state=0, n_jobs=1).fit(values)


def label_spreading(values: Values, labels: NDArray[np.int16]) -> Any:
    """Its two settings are the best of 2 x 4 on the last 10,000 training images."""
    from sklearn.semi_supervised import LabelSpreading

    return LabelSpreading(kernel="knn", n_neighbors=10, alpha=0.95).fit(values, labels)


def self_training(values: Values, labels: NDArray[np.int16]) -> Any:
    """Its two settings are the best of 3 x 3 on the last 10,000 training images."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.semi_supervised import SelfTrainingClassifier

    model = LogisticRegression(C=1, max_iter=200)
    return SelfTrainingClassifier(model, threshold=0.95).fit(values, labels)


def neighbours(values: Values, labels: NDArray[np.int16], k: int) -> Any:
    """What most of the k nearest labelled images are."""
    from sklearn.neighbors import KNeighborsClassifier

    return KNeighborsClassifier(k).fit(values[labels >= 0], labels[labels >= 0])


def nearest_centre(values: Values, labels: NDArray[np.int16]) -> Any:
    """The class whose labelled images' mean is nearest."""
    from sklearn.neighbors import NearestCentroid

    return NearestCentroid().fit(values[labels >= 0], labels[labels >= 0])


@dataclass(frozen=True)
class Peer:
    """A row of the table."""

    title: str
    learn: Callable[[Task], Iterator[Answer]]
    note: str = ""
    packages: tuple[str, ...] = ("torch",)
    warm_up: Callable[[], None] = lambda: None  # off the clock


PYRO, SKLEARN, UMAP = ("pyro-ppl", "torch"), ("scikit-learn",), ("umap-learn", "scikit-learn")
NOT_COUNTED = "the training of what ships, an M1 and sight, on the images alone, is not counted"
PEERS = {
    "guided": Peer("ours: default recipe", partial(ours, model="guided")),
    "guided-starter": Peer(
        "ours: default recipe, begun with what ships",
        partial(ours, model="guided", has_starter=True),
        NOT_COUNTED,
    ),
    "m1m2": Peer("ours: M1+M2", partial(ours, model="m1m2"), "half of its time trains its M1"),
    "m1m2-starter": Peer(
        "ours: M1+M2 from the M1 that ships",
        partial(ours, model="m1m2", has_starter=True),
        NOT_COUNTED,
    ),
    "m2": Peer("ours: M2", partial(ours, model="m2")),
    "m2-alone": Peer(
        "ours: M2 without its teacher",
        partial(ours, model="m2", config=ROWS["m2-alone"].config, with_teacher=False),
        "taught by the labels and its bound alone, as Pyro's; alpha is 10, and classes below 0.3 % "
        "are left out of the bound",
    ),
    "pyro": Peer(
        "Pyro: M2 as published",
        pyro,
        "one step of 600 is labelled, and each unlabelled one is followed by one that no loss asks "
        "for, both as in its example; of that example's 50 epochs, 120 s are about two",
        PYRO,
    ),
    "pyro-often": Peer(
        "Pyro: M2, labelled every second step",
        partial(pyro, labelled_every=2),
        "otherwise as published",
        PYRO,
    ),
    "nearest": Peer(
        "scikit-learn: nearest neighbour",
        partial(on_components, fit=partial(neighbours, k=1)),
        "PCA-40; the floor",
        SKLEARN,
    ),
    "self-training": Peer(
        "scikit-learn: SelfTrainingClassifier",
        partial(on_components, fit=self_training),
        "of LogisticRegression, PCA-40 of all images, threshold 0.95, 10 rounds",
        SKLEARN,
    ),
    "spreading": Peer(
        "scikit-learn: LabelSpreading",
        partial(on_components, fit=label_spreading),
        "PCA-40 of all images, kernel knn, 10 neighbours, alpha 0.95",
        SKLEARN,
    ),
    "umap-centres": Peer(
        "UMAP: nearest centre of a class",
        partial(on_umap, fit=nearest_centre),
        "as a lasso around each island; 2-D map of PCA-40 of all images; compiled off the clock",
        UMAP,
        compile_umap,
    ),
    "umap-neighbours": Peer(
        "UMAP: 5 nearest labelled images on the map",
        partial(on_umap, fit=partial(neighbours, k=5)),
        "as above; 5 is the best of 1, 3, 5 on the last 10,000 training images",
        UMAP,
        compile_umap,
    ),
}


def race(peer: Peer, seeds: int, budget: float, clock: str) -> list[Run]:
    """How far the peer comes with each draw of labels."""
    data = load_dataset("mnist")
    key, images, K = data.answer_key, data.test_images, len(data.class_names)
    assert key is not None
    assert images is not None

    @torch.no_grad()
    def test_error(answer: Answer) -> float:
        return 100 * float((answer(images) != data.test_answer_key).mean())

    peer.warm_up()
    runs: list[Run] = []
    for seed in range(seeds):
        task = Task(data.images, draw_labels(key, N_LABELS, seed, K), K, seed, budget)
        points = []
        for point in timed(peer.learn, task, test_error, CLOCKS[clock]):
            points.append({name: round(value, 2) for name, value in vars(point).items()})
            print(f"{peer.title}, draw {seed}: {points[-1]}", file=sys.stderr, flush=True)
        runs.append({"seed": seed, "points": points})
    return runs


def new_row(name: str, seeds: int, budget: float, threads: int, clock: str) -> Row:
    """A peer's row, with all that is needed to make it again."""
    peer = PEERS[name]
    options = f"--seeds {seeds} --budget {budget:g} --threads {threads} --clock {clock}"
    return {
        "title": peer.title,
        "note": peer.note,
        "command": f"python -m benchmarks.peers --only {name} {options}",
        "date": datetime.date.today().isoformat(),
        "machine": machine(threads),
        "versions": ", ".join(f"{package} {version(package)}" for package in peer.packages),
        "clock": clock,
        "budget": budget,
        "runs": race(peer, seeds, budget, clock),
    }


def save(folder: Path, rows: dict[str, Row]) -> dict[str, Row]:
    """These rows and those that the folder has already, in the order of PEERS, written there."""
    kept = folder / "peers.json"
    rows = (json.loads(kept.read_text()) if kept.is_file() else {}) | rows
    rows = {name: rows[name] for name in PEERS if name in rows}
    folder.mkdir(parents=True, exist_ok=True)
    kept.write_text(json.dumps(rows, indent=1) + "\n")
    (folder / "peers.md").write_text(INTRODUCTION + table(rows) + "\n")
    return rows


def main() -> None:
    """Run the peers one after the other, and write and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="+", choices=PEERS, default=list(PEERS))
    parser.add_argument("--seeds", type=int, default=3, help="draws of the labels")
    parser.add_argument("--budget", type=float, default=120, help="seconds of training")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--clock", choices=CLOCKS, default="wall", help="processor: one thread's")
    parser.add_argument("--results", type=Path, default=RESULTS, help="where the rows are kept")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    rows: dict[str, Row] = {}
    for name in arguments.only:
        with threadpool_limits(arguments.threads):
            row = new_row(
                name, arguments.seeds, arguments.budget, arguments.threads, arguments.clock
            )
        rows = save(arguments.results, {name: row})
    print(table(rows))


if __name__ == "__main__":
    main()
