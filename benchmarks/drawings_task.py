"""Sets to draw, their judges, and what is fitted and measured of them; used by drawings.py.

Letters in shapes: n examples, S an example's shape, K classes, N examples of the data, F features.
"""

from __future__ import annotations

import argparse
import time
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from benchmarks.drawings_judge import ConvolutionalJudge, FeatureJudge, Judge, measured
from benchmarks.photos import imported
from ssvae_core.atlas.starter_folders import shipped_folder
from ssvae_core.data import Dataset, load_dataset
from ssvae_core.data.label_draw import draw_labels
from ssvae_core.encoders import open_encoder
from ssvae_core.encoders.feature_store import FeatureStore
from ssvae_core.fitting.fit import Fit
from ssvae_core.models import importance_bound
from ssvae_core.pretraining.starter import Starter
from ssvae_core.training.tensors import as_inputs

SETS = ("mnist", "mnist-from-nothing", "digits", "clothes", "clothes+autoencoder")
N_DRAWN = 200


@cache
def photographs(
    folder: Path, test_folder: Path, root: Path
) -> tuple[Dataset, NDArray[Any], Dataset, Judge]:
    """Those to learn from, their features (N, F), others, and the judge of all."""
    encoder = "efficientnet-lite0"
    data, features = imported(folder, root, encoder)
    test, _ = imported(test_folder, root, encoder)
    assert data.answer_key is not None
    judge = FeatureJudge(data.images, data.answer_key, open_encoder(encoder))
    judge.remember(test.images)
    return data, features, test, judge


class Task:
    """A set, its judge, and what real images are measured as."""

    def __init__(self, name: str, arguments: argparse.Namespace, root: Path):
        self.name, self.features, self.config = name, None, dict[str, Any]()
        self.starter: Starter | None = None
        self.store = FeatureStore(root / "features")
        judge: Judge
        if name.startswith("clothes"):
            if arguments.folder is None or arguments.test is None:
                raise SystemExit(f"{name} needs --folder and --test: folders with one a class.")
            if name != "clothes" and not arguments.autoencoder:
                raise SystemExit(f"{name} needs --autoencoder, a folder.")
            self.config = {"autoencoder": arguments.autoencoder if name != "clothes" else "own"}
            seen = photographs(arguments.folder, arguments.test, root)
            self.data, self.features, test, judge = seen
            assert test.answer_key is not None
            self.test, self.test_key = test.images, test.answer_key
        else:
            self.data = load_dataset(name.partition("-")[0])
            assert self.data.test_images is not None
            assert self.data.test_answer_key is not None
            self.test, self.test_key = self.data.test_images, self.data.test_answer_key
            judge = ConvolutionalJudge(self.data.images, self.key, arguments.judge_steps)
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

    def measure(self, drawn: list[NDArray[np.float32]]) -> dict[str, float]:
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
