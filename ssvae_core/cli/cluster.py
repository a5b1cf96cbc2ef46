"""cluster: groups of images that are alike, without any label, and how pure they are."""

from __future__ import annotations

import argparse
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..atlas.atlas import nearest_neighbours
from ..atlas.first_map import principal_components
from ..atlas.graph_clusters import graph_embedding
from ..atlas.groups import proposed
from ..data import Dataset, load_dataset
from ..encoders import CONTRASTIVE, FEATURES, encoder_beside, features_for_graph
from .encoding import encoded_data
from .options import DOWNLOAD, Commands, new_command, whole
from .reporting import CommandResult, ProgressLine, listing, progress_line, table
from .trial import shipped_starter

EXAMPLES = ["--data mnist --groups 30", "--data mnist --groups 10 --seed 3 --json"]
N_LISTED = 50  # groups
GRAPH = "graph of the pixels"  # instead of features


def add(commands: Commands) -> None:
    """Declare the command."""
    parser = new_command(
        commands, "cluster", run, "propose groups of examples that are alike", EXAMPLES
    )
    add = parser.add_argument
    add("--data", default="mnist", metavar="NAME", help="a data set, see: datasets (mnist)")
    add("--groups", type=whole(1), default=30, metavar="N", help="how many (30)")
    add("--seed", type=whole(0), default=0, metavar="N", help="of the starts (0)")
    add("--threads", type=whole(1), metavar="N", help="of the CPU (SSVAE_THREADS, or all cores)")
    add("--encoder", metavar="NAME", help="whose features, as of fit (auto)")
    add("--download", action="store_true", help=DOWNLOAD)


def run(arguments: argparse.Namespace) -> CommandResult:
    """Group by the best features there are; with a key, name each group by its majority."""
    data = load_dataset(arguments.data)
    with progress_line() as line:
        line.say("loading PyTorch")
        from ..training.device import use_threads

        use_threads(arguments.threads)
        by, features = _features(arguments, data, line)
        line.say(f"looking for {arguments.groups} groups")
        groups = proposed(features, arguments.groups, arguments.seed)
    found: dict[str, Any] = {
        "data": data.name,
        "groups": len(groups),
        "features": by,
        "seed": arguments.seed,
        "error": None,
        "purity": None,
    }
    named = None
    if data.answer_key is not None and (data.answer_key >= 0).any():
        n_classes = len(data.class_names)
        purity = groups.purity(data.answer_key, n_classes)
        found["error"], found["purity"] = round(100 * (1 - purity), 2), round(purity, 4)
        named = groups.majorities(data.answer_key, n_classes)
    rows = [
        [
            group,
            int(groups.sizes[group]),
            _name(data, named, group),
            int(groups.medoids[group]),
            int(groups.farthest[group]),
        ]
        for group in range(min(len(groups), N_LISTED))
    ]
    header = ["group", "examples", "most are", "medoid", "farthest"]
    return CommandResult(found, f"{listing(found)}\n\n{table(header, rows)}")


def _name(data: Dataset, named: NDArray[np.int64] | None, group: int) -> str:
    return "" if named is None or named[group] < 0 else data.class_names[named[group]]


def _features(
    arguments: argparse.Namespace, data: Dataset, line: ProgressLine
) -> tuple[str, NDArray[np.floating]]:
    """What the groups are made in, and its name: (N, F).

    Of a pretrained encoder, of the image encoder that ships for these images, or the values. Of
    small grey images, which no encoder here was made for, the graph of who is near whom.
    """
    starter = shipped_starter(data)
    asked, known = arguments.encoder or data.encoder, None
    if not encoder_beside(asked, data.shape, data.features is not None):
        on = asked, data, starter is not None, line
        known = encoded_data(*on, download=arguments.download)
    if known is not None:
        return known.choice, features_for_graph(known.features)
    if starter is not None and starter.image_encoder is not None:
        from ..pretraining.contrastive import embedded

        line.say("encoding the images")
        return CONTRASTIVE, embedded(starter.image_encoder, np.asarray(data.images))
    if data.features is not None:
        return FEATURES, features_for_graph(data.features)
    if data.kind == "image":
        line.say("looking for each image's neighbours")
        return GRAPH, graph_embedding(*nearest_neighbours(principal_components(data.images)))
    flat = np.asarray(data.images).reshape(len(data), -1).astype(np.float32)
    spread = flat.std(0)
    return "values", flat / np.where(spread > 0, spread, 1)
