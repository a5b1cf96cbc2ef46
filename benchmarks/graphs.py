"""Graphs that labels weigh against the best of them: `python -m benchmarks.graphs --help`.

Of each data set, who is near whom is found in several spaces: principal components of the pixels,
latents of an M1, a contrastive encoder learned on these images, features of EfficientNet-Lite0.
Then labels are asked for by the queue's own rule, in batches of ten, and answered truthfully:
once with each graph by itself, once with all and the linear probe together, weighed by the labels
(`ssvae_core.training.graph_evidence`). Right is a share of the images without a label, of what
answers at once, before any model has learned.

Before there are labels the spaces are ordered by `clustered_ratio`; the first one leads. As in a
session, a contrastive encoder whose features lie in no clusters has no say.
"""

from __future__ import annotations

import argparse
import datetime
import json
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from benchmarks.timing import machine
from ssvae_core.acquisition import Evidence, suggest
from ssvae_core.atlas.atlas import Atlas, Near, medoids, nearest_neighbours, with_others
from ssvae_core.atlas.first_map import principal_components
from ssvae_core.atlas.graph_clusters import atlas_by_clusters
from ssvae_core.atlas.graphs import CONTRASTIVE, M1_LATENTS, PIXELS, NamedGraph
from ssvae_core.atlas.layout import Layout, fit_to_frame, pca_map
from ssvae_core.atlas.starter_folders import shipped_folder
from ssvae_core.data import load_dataset
from ssvae_core.encoders import features_for_graph, open_encoder
from ssvae_core.models.contrastive import ContrastivePretraining
from ssvae_core.predictions import margin
from ssvae_core.pretraining.clusters import CLUSTERED_RATIO, clustered_ratio
from ssvae_core.pretraining.contrastive import embed, learn_contrastively
from ssvae_core.pretraining.m1_quick import learn_features
from ssvae_core.pretraining.starter import Starter, active_latents, latent_means, new_m1
from ssvae_core.training.budget import Pace
from ssvae_core.training.chunks import run_to_end
from ssvae_core.training.device import use_threads
from ssvae_core.training.graph_evidence import GraphMixture

RESULTS = Path(__file__).parent / "results"
SETS = ("mnist", "digits", "shapes", "clothes", "usps", "mnist-shuffled")
PRETRAINED, TOGETHER = "efficientnet-lite0", "together"
BATCH, COUNTS = 10, (20, 50, 100)
M1_STEPS, CONTRASTIVE_STEPS, N_PAIRS = 400, 300, 128
LAYOUT_ROUNDS, ENCODED_AT_ONCE, MODEL_SIDE = 60, 16, 64

Row = dict[str, Any]


@dataclass
class Space:
    """A graph, its map for the first questions, and the features that it was made of."""

    graph: NamedGraph
    xy: NDArray[np.float32]
    features: NDArray[np.float32]

    def atlas(self, draw: int) -> Atlas:
        """With first questions of this draw."""
        near = self.graph.neighbours, self.graph.distances
        if self.graph.name == PRETRAINED:
            return atlas_by_clusters(self.xy, *near, draw)
        return Atlas(self.xy, *near, medoids(self.xy, seed=draw))


def images_of(name: str, n: int, paths: argparse.Namespace) -> tuple[list[Any], NDArray[np.intp]]:
    """At most n images (H, W, C), drawn by a seed, and the class of each."""
    if name == "clothes":
        files = sorted((paths.clothes / "train").glob("*/*.jpg"))
        kinds = sorted({file.parent.name for file in files})
        key = np.array([kinds.index(file.parent.name) for file in files])
        images: Any = files
    elif name == "usps":
        with np.load(paths.usps) as arrays:
            images, key = list(arrays["x_train"][..., None]), arrays["y_train"].astype(np.intp)
    else:
        data = load_dataset(name.removesuffix("-shuffled"))
        assert data.answer_key is not None
        images, key = list(data.images), data.answer_key.astype(np.intp)
    some = np.random.default_rng(0).permutation(len(images))[:n]
    chosen = [images[i] for i in some]
    if name == "clothes":
        chosen = [np.asarray(Image.open(file).convert("RGB")) for file in chosen]
    if name.endswith("-shuffled"):
        order = np.random.default_rng(1).permutation(chosen[0].size)
        chosen = [image.reshape(-1)[order].reshape(image.shape) for image in chosen]
    return chosen, key[some]


def small(images: list[Any]) -> NDArray[np.uint8]:
    """The images as a model gets them: the middle square, at most MODEL_SIDE pixels a side."""
    if images[0].shape[2] == 1:
        return np.stack(images)
    found = []
    for image in images:
        side = min(image.shape[:2])
        top, left = (image.shape[0] - side) // 2, (image.shape[1] - side) // 2
        square = Image.fromarray(image[top : top + side, left : left + side])
        found.append(np.asarray(square.resize((MODEL_SIDE, MODEL_SIDE), Image.Resampling.BICUBIC)))
    return np.stack(found)


def spaces_of(name: str, images: list[Any]) -> Iterator[tuple[str, NDArray[np.float32], Any]]:
    """Each space's name, features (N, F), and neighbours where they are not theirs alone."""
    values = small(images)
    yield PIXELS, principal_components(values), None
    encoder = open_encoder(PRETRAINED)
    parts = range(0, len(images), ENCODED_AT_ONCE)
    raw = np.concatenate([encoder.encode(images[at : at + ENCODED_AT_ONCE]) for at in parts])
    yield PRETRAINED, features_for_graph(raw), None
    shape, rows = values.shape[1:], torch.from_numpy(values).flatten(1)
    torch.manual_seed(0)
    if name == "mnist":
        starter = Starter.load(shipped_folder("mnist"), shape)
        m1, image_encoder = starter.m1, starter.image_encoder
    else:
        m1, image_encoder = new_m1(shape), None
        for _ in learn_features(m1, rows, Pace(time.monotonic, None, M1_STEPS), 0):
            pass
    latents = active_latents(run_to_end(latent_means(m1, rows)))
    others = nearest_neighbours(latents, 15)
    yield M1_LATENTS, latents, (others[0][:, :10], others[1][:, :10])
    if image_encoder is None:
        learned = ContrastivePretraining(shape)
        on = learned, shape, rows, others[0], N_PAIRS
        for _ in learn_contrastively(*on, lambda done: 1 - done / CONTRASTIVE_STEPS, 0):
            pass
        image_encoder = learned.image_encoder
    features = run_to_end(embed(image_encoder, rows)).numpy()
    yield CONTRASTIVE, features, with_others(nearest_neighbours(features), others)


def kept_spaces(name: str, arguments: argparse.Namespace, images: list[Any]) -> Iterator[Space]:
    """All spaces of a set, those from the folder that a run before left there."""
    names = (PIXELS, PRETRAINED, M1_LATENTS, CONTRASTIVE)
    files = {each: arguments.spaces / f"{name}-{len(images)}-{each}.npz" for each in names}
    if not all(file.exists() for file in files.values()):
        arguments.spaces.mkdir(parents=True, exist_ok=True)
        for each, features, near in spaces_of(name, images):
            np.savez(files[each], **arrays_of(features, near or nearest_neighbours(features)))
    for each, file in files.items():
        with np.load(file) as arrays:
            near = arrays["neighbours"], arrays["distances"]
            graph = NamedGraph(each, *near, float(arrays["clustered"]))
            yield Space(graph, arrays["xy"], arrays["features"])


def arrays_of(features: NDArray[np.float32], near: Near) -> dict[str, Any]:
    """A space as it is kept: with its map, and how clustered it is."""
    neighbours, distances = near
    layout = Layout(pca_map(features), neighbours, 0)
    for round_ in range(LAYOUT_ROUNDS):
        layout.step(1.0 - round_ / LAYOUT_ROUNDS)
    of_graph = {"neighbours": neighbours, "distances": distances, "features": features}
    ratio = run_to_end(clustered_ratio(features, 0))
    return {**of_graph, "xy": fit_to_frame(layout.xy), "clustered": ratio}


def asked(spaces: list[Space], key: NDArray[np.intp], draw: int) -> Iterator[Row]:
    """What is right after so many labels, with these spaces; a probe where several have one."""
    K, by_name = int(key.max()) + 1, {space.graph.name: space for space in spaces}
    features = by_name[PRETRAINED].features if len(spaces) > 1 and PRETRAINED in by_name else None
    mixture = GraphMixture([space.graph for space in spaces], features)
    atlases = {name: space.atlas(draw) for name, space in by_name.items()}
    labels, said = np.full(len(key), -1, np.int16), None
    for count in range(BATCH, max(COUNTS) + 1, BATCH):
        doubt = None if said is None else margin(said)
        evidence = Evidence(atlases[mixture.leading], labels, said, seed=draw, undecided=doubt)
        names = [str(k) for k in range(K)]
        chosen = [each.example for each in suggest("auto", evidence, BATCH, names)]
        labels = labels.copy()
        labels[chosen] = key[chosen]
        start = time.process_time()
        said = mixture(labels, K)
        if count in COUNTS:
            free = labels < 0
            yield {
                "labels": count,
                "right": 100 * float((said.argmax(1) == key)[free].mean()),
                "confidence": 100 * float(said[free].max(1).mean()),
                "leading": mixture.leading,
                "weights": {each.name: round(each.weight, 2) for each in mixture.standings},
                "guessed": {each.name: round(100 * each.right) for each in mixture.standings},
                "processor_seconds": round(time.process_time() - start, 3),  # for BATCH labels
            }


def measured(name: str, arguments: argparse.Namespace) -> Iterator[Row]:
    """All rows of a data set."""
    images, key = images_of(name, arguments.examples, arguments)
    spaces = list(kept_spaces(name, arguments, images))
    spaces.sort(key=lambda each: -each.graph.clustered)
    ratios = {each.graph.name: round(each.graph.clustered, 2) for each in spaces}
    in_session = [each for each in spaces if is_in_session(each)]
    answers = {each.graph.name: [each] for each in spaces} | {TOGETHER: in_session}
    for answer, its in answers.items():
        for draw in range(arguments.draws):
            for row in asked(its, key, draw):
                of = {"data": name, "images": len(key), "ratios": ratios}
                yield {**of, "answer": answer, "draw": draw, **row}


def is_in_session(space: Space) -> bool:
    """Whether a session would have it: a contrastive encoder that tells no kinds apart is left."""
    return space.graph.name != CONTRASTIVE or space.graph.clustered > CLUSTERED_RATIO


def table(rows: list[Row]) -> list[str]:
    """A line a data set and number of labels: each graph, all together, and the difference."""
    answers = [PIXELS, M1_LATENTS, CONTRASTIVE, PRETRAINED, TOGETHER]
    lines = [
        f"| data | images | labels | {' | '.join(answers)} | together less the best "
        "| its confidence | leading, by draw |",
        "|---" * (len(answers) + 6) + "|",
    ]
    for name in dict.fromkeys(row["data"] for row in rows):
        for count in COUNTS:
            its = [row for row in rows if row["data"] == name and row["labels"] == count]
            right = {
                answer: float(np.mean([row["right"] for row in its if row["answer"] == answer]))
                for answer in answers
            }
            both = [row for row in its if row["answer"] == TOGETHER]
            gain = right[TOGETHER] - max(right[answer] for answer in answers[:-1])
            sure = float(np.mean([row["confidence"] for row in both]))
            leading = ", ".join(row["leading"] for row in both)
            shown = " | ".join(f"{right[answer]:.1f}" for answer in answers)
            cells = f"{name} | {its[0]['images']} | {count} | {shown} | {gain:+.1f} | {sure:.1f}"
            lines.append(f"| {cells} | {leading} |")
    return lines


def main() -> None:
    """Measure all data sets one after the other, and write the table after each."""
    parser = argparse.ArgumentParser(description=__doc__)
    add = parser.add_argument
    add("--clothes", type=Path, help="the folder of the photographs, with train/<class>/*.jpg")
    add("--usps", type=Path, help="usps.npz, with x_train and y_train")
    add("--sets", nargs="+", default=SETS, choices=SETS, help="of them only these")
    add("--examples", type=int, default=2000, help="images of each set at most (2000)")
    add("--draws", type=int, default=3, help="of the first questions (3)")
    add("--spaces", type=Path, required=True, help="a folder in which the spaces are kept")
    add("--results", type=Path, default=RESULTS, help="where the table is kept")
    arguments = parser.parse_args()
    use_threads(1)
    arguments.results.mkdir(parents=True, exist_ok=True)
    found: list[Row] = []
    for name in arguments.sets:
        for row in measured(name, arguments):
            print(json.dumps(row), file=sys.stderr, flush=True)
            found.append(row)
        (arguments.results / "graphs.json").write_text(json.dumps(found, indent=1) + "\n")
        made = f"`python -m benchmarks.graphs`, {datetime.date.today()}, {machine(1)}"
        text = ["# Graphs that labels weigh\n", __doc__ or "", *table(found), f"\n{made}\n"]
        (arguments.results / "graphs.md").write_text("\n".join(text))


if __name__ == "__main__":
    main()
