"""All images of a data set with their neighbours, for lessons about labels that spread.

Letters in shapes: N images, K classes, n labels.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from ..atlas.atlas import Atlas
from ..atlas.first_map import first_atlas
from ..atlas.starter_folders import shipped_folder
from ..data import Dataset, load_dataset
from ..storage.paths import ATLAS
from ..training.label_propagation import Propagation
from .training import Tell

MOST_OWN = 12_000  # of a class's own images; of more, so many


@dataclass(frozen=True, eq=False)
class Crowd:
    """Images, what they are, and who is near whom: by what was learned of all of them, unlabelled.

    Of other images than the digits, by their principal components.
    """

    images: NDArray[np.uint8]  # (N, H, W, C)
    classes: NDArray[np.int64]  # (N,)
    n_classes: int
    names: tuple[str, ...]
    atlas: Atlas
    propagation: Propagation

    @classmethod
    def of(cls, data: Dataset | None, tell: Tell) -> Crowd:
        """Of the digits that ship, or of these images, whose classes are known."""
        if data is None or data.name == "mnist":
            return _digits()
        assert data.answer_key is not None
        known = np.flatnonzero(data.answer_key >= 0)
        chosen = np.sort(np.random.default_rng(0).permutation(known)[:MOST_OWN])
        images = np.asarray(data.images[chosen])
        for event in first_atlas(images):
            if isinstance(event, Atlas):
                return _crowd(data, images, data.answer_key[chosen], event)
            tell(0.2 * event.share, event.message)
        raise AssertionError("no map came of it")

    def some(self, n: int, seed: int, among: NDArray[np.integer] | None = None) -> NDArray[np.intp]:
        """Images to label, drawn at random, of the classes in turn: -> (n,); of all or of some."""
        draws = np.random.default_rng(seed)
        order = draws.permutation(np.arange(len(self.classes)) if among is None else among)
        turn = np.empty(len(self.classes), np.intp)  # which of its class each is, in that order
        for label in range(self.n_classes):
            its = order[self.classes[order] == label]
            turn[its] = np.arange(len(its))
        chosen: NDArray[np.intp] = order[np.argsort(turn[order], kind="stable")[:n]]
        return chosen

    def labelled(self, examples: NDArray[np.integer]) -> NDArray[np.int16]:
        """The labels of all if these are labelled right: (n,) -> (N,), -1 for none."""
        labels = np.full(len(self.classes), -1, np.int16)
        labels[examples] = self.classes[examples]
        return labels

    def propagated(self, labels: NDArray[np.int16]) -> NDArray[np.float32]:
        """What these labels say of all: (N,) -> (N, K)."""
        return self.propagation(labels, self.n_classes)

    def percent_wrong(self, guesses: NDArray[np.integer], labels: NDArray[np.int16]) -> float:
        """Of the images without a label, guessed so: (N,), (N,)."""
        others = labels < 0
        return float(100 * (guesses[others] != self.classes[others]).mean())


@cache
def _digits() -> Crowd:
    data = load_dataset("mnist")
    assert data.answer_key is not None
    atlas = Atlas.load(shipped_folder("mnist") / ATLAS)
    return _crowd(data, data.images, data.answer_key, atlas)


def _crowd(
    data: Dataset, images: NDArray[np.uint8], classes: NDArray[np.int64], atlas: Atlas
) -> Crowd:
    propagation = Propagation(atlas.neighbours, atlas.distances)
    return Crowd(images, classes, len(data.class_names), data.class_names, atlas, propagation)
