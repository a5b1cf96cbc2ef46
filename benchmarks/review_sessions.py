"""Simulated sessions on MNIST with planted faults: flipped labels, a hidden class. For review.py.

Letters in shapes: N examples.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ssvae_core.acquisition import Evidence, suggest
from ssvae_core.atlas.atlas import Atlas
from ssvae_core.data import ASSETS, load_dataset
from ssvae_core.review.label_errors import doubts
from ssvae_core.review.novel_classes import groups
from ssvae_core.training.label_propagation import Propagation
from ssvae_core.training.out_of_fold import out_of_fold

NAMES = tuple("0123456789")
Labels = NDArray[np.int16]


class Bench:
    """MNIST, its shipped atlas and the first answer to labels."""

    def __init__(self) -> None:
        data = load_dataset("mnist")
        assert data.answer_key is not None
        self.key = data.answer_key
        self.atlas = Atlas.load(ASSETS / "starter" / "mnist" / "atlas")
        self.propagate = Propagation(self.atlas.neighbours, self.atlas.distances)

    def asked(
        self, strategy: str, labels: Labels, skipped: list[int], n: int, seed: int
    ) -> list[int]:
        """What the queue asks next."""
        n_labels = int((labels >= 0).sum())
        needs = strategy != "random" and n_labels >= 20
        beliefs = self.propagate(labels, 10) if needs else None
        evidence = Evidence(self.atlas, labels, beliefs, seed=seed)
        return [s.example for s in suggest(strategy, evidence, n, NAMES, without=skipped)]


def flipped(bench: Bench, seeds: int) -> Iterator[dict[str, Any]]:
    """1 of each 20 answers is another class, at random; how many flips lead the list."""
    for strategy in ("auto", "random"):
        for seed in range(seeds):
            rng = np.random.default_rng(seed)
            labels, wrong = np.full(len(bench.key), -1, np.int16), set()
            while (n := int((labels >= 0).sum())) < 400:
                asked = bench.asked(strategy, labels, [], 20, seed)
                labels[asked] = bench.key[asked]
                flip = int(rng.choice(asked))
                labels[flip] = (labels[flip] + rng.integers(1, 10)) % 10
                wrong.add(flip)
                if (n := n + 20) in (100, 200, 400):
                    labelled, beliefs = out_of_fold(bench.propagate, labels, 10)
                    listed = doubts(labelled, labels[labelled], beliefs)[: n // 10]
                    first = len({doubt.example for doubt in listed} & wrong)
                    yield {
                        "strategy": strategy,
                        "seed": seed,
                        "labels": n,
                        "flipped": len(wrong),
                        "found": first,
                    }


def hidden(
    bench: Bench, classes: range, seeds: int, careless: float = 0.05
) -> Iterator[dict[str, Any]]:
    """An oracle has no name for a class (-1: it names all) and skips it, and others carelessly."""
    for absent in classes:
        for seed in range(seeds):
            rng = np.random.default_rng(seed)
            labels, skipped = np.full(len(bench.key), -1, np.int16), list[int]()
            offer: dict[str, Any] = {"at": None, "pure": None}
            n_asked = false = 0
            while int((labels >= 0).sum()) < 30 and n_asked < 90:
                for example in bench.asked("auto", labels, skipped, 5, seed):
                    n_asked += 1
                    if bench.key[example] == absent or rng.random() < careless:
                        skipped.append(example)
                    else:
                        labels[example] = bench.key[example]
                unnamed = np.zeros(len(labels), bool)
                unnamed[skipped] = True
                found = groups(bench.atlas.neighbours, bench.atlas.distances, labels >= 0, unnamed)
                shares = [float((bench.key[list(g.examples)] == absent).mean()) for g in found]
                false = max(false, sum(share < 0.5 for share in shares))
                right = [share for share in shares if share >= 0.5]
                if right and offer["at"] is None:
                    offer["at"] = int((labels >= 0).sum())
                    offer["pure"] = right[0]
                    break  # what is asked from here on has a new class
            yield {
                "hidden": absent,
                "seed": seed,
                "labels": int((labels >= 0).sum()),
                "asked": n_asked,
                "offered_at": offer["at"],
                "pure": offer["pure"],
                "false_offers": false,
            }
