"""How few labels photographs need: `python -m benchmarks.photos clothes/train clothes/test`.

Two folders of photographs, a folder a class each. The first is imported as the app imports it and
encoded; then the queue asks, the folder's names answer, and the default model learns: so many
seconds after every ten labels, and longer where an error is reported. What it says is compared with
the names of the images that nobody labelled, and with those of the second folder, which is seen
for nothing else. Each draw has a seed of its own; results/photos.{json,md} hold all of them.
"""

from __future__ import annotations

import argparse
import datetime
import json
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.timing import machine
from ssvae_core.cli.reporting import progress_line
from ssvae_core.cli.simulate import counts, simulated
from ssvae_core.data import Dataset
from ssvae_core.data.library import load_imported
from ssvae_core.encoders import encode_all, open_encoder
from ssvae_core.fitting.fit import Fit
from ssvae_core.importing.import_data import import_data, import_to_end
from ssvae_core.importing.progress import Choice

RESULTS = Path(__file__).parent / "results"
REPORTED = (20, 30, 50, 100, 200, 300)  # labels
ACCURACIES = (60, 75)  # percent
INTRODUCTION = """# Photographs

Percent right by the number of labels that the queue asked for: of the images without a label, and
of a part that was never seen (`test`); the mean (lowest to highest) of the draws. The model learned
for {each:g} s after every ten labels, and for {after:g} s more at 100 and 300. "Labels to
{lower} %" and "{upper} %": the first count with as many of the images without one right, draw by
draw. Made by `python -m benchmarks.photos`; two folders and what is measured are in its docstring.

"""


def imported(folder: Path, root: Path, encoder: str) -> tuple[Dataset, NDArray[Any]]:
    """A folder as the app imports it, its names as answers, and its features: (N, F)."""
    choice = Choice(role="truth", encoder=encoder)
    done = import_to_end(import_data(folder, root, name=folder.name, choice=choice))
    data = load_imported(done.folder)
    assert data.answer_key is not None
    return data, encode_all(data, open_encoder(encoder))


class Draw:
    """One seed: labels asked, and what is right after so many."""

    def __init__(self, data: Dataset, features: NDArray[Any], seed: int):
        self.data, self.key = data, data.answer_key
        self.fit = Fit(
            data.images,
            np.full(len(data), -1, np.int16),
            n_classes=len(data.class_names),
            features=features,
            seed=seed,
        )

    def curve(
        self, test: Dataset, test_features: NDArray[Any], each: float, after: float, most: int
    ) -> Iterator[dict[str, Any]]:
        """A point at every ten labels, and others after more training."""
        with progress_line() as line:
            for point in simulated(
                self.fit,
                self.data,
                "auto",
                counts=counts(most, 10),
                seconds=each,
                line=line,
                score=lambda fit, data: None,
            ):
                n_labels = point["labels"]
                yield {"labels": n_labels, "after": each, **self.right(test, test_features)}
                if n_labels in (100, 300) and after:
                    for progress in self.fit.run(after):
                        line.say(f"{n_labels} labels", "", after - progress.seconds)
                    yield {"labels": n_labels, "after": after, **self.right(test, test_features)}

    def right(self, test: Dataset, test_features: NDArray[Any]) -> dict[str, Any]:
        """Percent right of the images without a label, and of the test part; who said it."""
        assert self.fit.ensemble is not None
        open_ones = self.fit.labels < 0
        said = self.fit.ensemble.probabilities().argmax(1)
        on_test = self.fit.probabilities(test.images, test_features).argmax(1)
        return {
            "unlabelled": percent(said[open_ones] == self.key[open_ones]),
            "test": percent(on_test == test.answer_key),
            "predicted_by": self.fit.predicted_by,
        }


def percent(is_right: NDArray[np.bool_]) -> float:
    """The share of these, in percent."""
    return round(100 * float(is_right.mean()), 2)


def labels_to(accuracy: float, points: list[dict[str, Any]]) -> int | None:
    """The first count at which so many percent of the images without a label are right."""
    return next((p["labels"] for p in points if p["unlabelled"] >= accuracy), None)


def spread(values: list[float]) -> str:
    """The mean, and the lowest and highest."""
    return f"{statistics.mean(values):.1f} ({min(values):.1f} to {max(values):.1f})"


def as_markdown(found: dict[str, Any]) -> str:
    """The tables of results/photos.md."""
    each, after, draws = found["each"], found["after"], found["draws"]
    lower, upper = ACCURACIES
    text = INTRODUCTION.format(each=each, after=after, lower=lower, upper=upper)
    text += "| labels | seconds after the last | unlabelled | test |\n|---|---|---|---|\n"
    keys = dict.fromkeys((p["labels"], p["after"]) for draw in draws for p in draw["points"])
    for n_labels, seconds in keys:
        if n_labels not in REPORTED:
            continue
        at = [
            p
            for draw in draws
            for p in draw["points"]
            if (p["labels"], p["after"]) == (n_labels, seconds)
        ]
        cells = (spread([p[name] for p in at]) for name in ("unlabelled", "test"))
        text += f"| {n_labels} | {seconds:g} | {' | '.join(cells)} |\n"
    text += "\n"
    for accuracy in ACCURACIES:
        reached = [labels_to(accuracy, draw["points"]) for draw in draws]
        text += f"Labels to {accuracy} %: {', '.join(str(n or 'never') for n in reached)}.\n"
    text += f"\n{len(draws)} draws, {found['images']}, encoder {found['encoder']} "
    return text + f"({found['encoding']:.0f} s). {found['machine']}, {found['made']}.\n"


def main() -> None:
    """Read the arguments, make the draws, write the tables."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("test", type=Path)
    parser.add_argument("--encoder", default="efficientnet-lite0")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=1.0, help="after every ten labels")
    parser.add_argument("--after", type=float, default=120.0, help="seconds at 100 and 300 labels")
    parser.add_argument("--labels", type=int, default=300)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as root:
        start = time.perf_counter()
        data, features = imported(arguments.folder, Path(root), arguments.encoder)
        encoding = time.perf_counter() - start
        test, test_features = imported(arguments.test, Path(root), arguments.encoder)
        draws = []
        for seed in range(arguments.seeds):
            draw = Draw(data, features, seed)
            asked = arguments.seconds, arguments.after, arguments.labels
            points = []
            for point in draw.curve(test, test_features, *asked):
                points.append(point)
                print(seed, point, flush=True)
            draws.append({"seed": seed, "points": points})
    found = {
        "each": arguments.seconds,
        "after": arguments.after,
        "encoder": arguments.encoder,
        "encoding": encoding,
        "images": f"{len(data):,} images and {len(test):,} for the test",
        "machine": machine(),
        "made": f"{datetime.date.today():%d %B %Y}",
        "draws": draws,
    }
    (RESULTS / "photos.json").write_text(json.dumps(found, indent=1) + "\n")
    (RESULTS / "photos.md").write_text(as_markdown(found))
    print(as_markdown(found))


if __name__ == "__main__":
    main()
