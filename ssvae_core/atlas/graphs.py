"""Several graphs of who is near whom among the same examples, each by a name.

"pixels" is by the principal components of the examples as they are, "m1" by the latents of an M1,
"contrastive" by an encoder that was learned on these images; the graph of a pretrained encoder has
the encoder's name. Which one leads, labels decide; see training/.

Letters in shapes: N examples, k nearest neighbours of each.
"""

from __future__ import annotations

import hashlib
import logging
import re
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import UserError
from ..storage.bundles import read_bundle, write_bundle
from ..storage.paths import GRAPHS
from .atlas import check_neighbours

PIXELS, M1_LATENTS, CONTRASTIVE = "pixels", "m1", "contrastive"
LEADING = "graph"  # in the manifest of an atlas: the name of the graph that leads

log = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class NamedGraph:
    """Who is near whom in one space."""

    name: str
    neighbours: NDArray[np.int32]  # (N, k) nearest first, without the example itself
    distances: NDArray[np.float32]  # (N, k)
    clustered: float = 0.0  # how much the space lies in clusters, see pretraining/; 0 if not known

    @property
    def fingerprint(self) -> str:
        """Of who is near whom."""
        return hashlib.sha256(self.neighbours.tobytes()).hexdigest()[:16]


def save_graphs(folder: Path, graphs: Iterable[NamedGraph], manifest: dict[str, Any]) -> None:
    """Write them as bundles into a starter's folder, and remove all others that were there.

    UserError if the disk is full.
    """
    kept = set()
    for number, graph in enumerate(graphs):
        kept.add(_save(folder, graph, {**manifest, "number": number}))
    for place in set(_bundles(folder)) - kept:
        shutil.rmtree(place, ignore_errors=True)


def add_graph(folder: Path, graph: NamedGraph, manifest: dict[str, Any]) -> None:
    """Write one beside those that are there, the last of them. UserError if the disk is full."""
    _save(folder, graph, {**manifest, "number": len(_bundles(folder))})


def load_graphs(folder: Path, fingerprint: str, n: int) -> list[NamedGraph]:
    """Those in a starter's folder of these n images, in their order; damaged ones are left out."""
    found = []
    for path in _bundles(folder):
        try:
            arrays, manifest = read_bundle(path)
            if manifest["fingerprint"] != fingerprint:
                continue
            neighbours, distances = arrays["neighbours"], arrays["distances"].astype(np.float32)
            check_neighbours(neighbours, distances, n)
            clustered = float(manifest.get("clustered", 0))  # of old, not known
            graph = NamedGraph(str(manifest["name"]), neighbours, distances, clustered)
            found.append((int(manifest["number"]), graph))
        except (UserError, KeyError, TypeError, ValueError) as error:
            log.warning("A graph is left out: %s", error)
    return [graph for _, graph in sorted(found, key=lambda each: each[0])]


def has_graph(folder: Path, name: str) -> bool:
    """Whether there is a graph of this name in a starter's folder, beside that of the atlas."""
    return (folder / GRAPHS / _file_name(name)).is_dir()


def _save(folder: Path, graph: NamedGraph, manifest: dict[str, Any]) -> Path:
    """Write one; where it lies."""
    place = folder / GRAPHS / _file_name(graph.name)
    arrays = {"neighbours": graph.neighbours, "distances": graph.distances}
    write_bundle(place, arrays, {**manifest, "name": graph.name, "clustered": graph.clustered})
    return place


def _bundles(folder: Path) -> list[Path]:
    return sorted((folder / GRAPHS).glob("[!.]*"))


def _file_name(name: str) -> str:
    """Of a graph: its name, or the digest of one that is too odd or too long for a file."""
    is_plain = re.fullmatch(r"[a-z0-9][a-z0-9._-]{0,99}", name)
    return name if is_plain else hashlib.sha256(name.encode()).hexdigest()[:32]
