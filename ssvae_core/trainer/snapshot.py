"""What a trainer has to show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray

from ..atlas.layout import Map
from ..data.vector_pictures import as_pictures
from ..training.seeding import seeded
from ..training.tensors import as_numbers

if TYPE_CHECKING:
    from .core import TrainerCore

N_M1_SAMPLES = 36


@dataclass(frozen=True)
class View:
    """What the trainer has to show: the content of a snapshot."""

    step: int
    label_seq: int
    n_labels: int
    predicted_by: str  # a word of predictions.py, or "" while there is no label
    map_version: int
    moved: float | None
    terms: dict[str, float]
    probabilities: NDArray[np.float16] | None  # (N, K)
    samples: NDArray[np.uint8]  # (K, columns, H, W, C), or (columns, H, W, C) without classes
    xy: Map | None  # (N, 2), only when it is new
    undecided: NDArray[np.float16] | None = None  # (N,) how close two classes propagate
    disagree: NDArray[np.float16] | None = None  # (N,) total variation between the two voices
    anomaly: NDArray[np.float16] | None = None  # (N,) how badly the best class explains it; or nan


def view_of(core: TrainerCore, xy: Map | None) -> View:
    """What a core has to show now, with this map if it is new."""
    n_labels = int((core.labels >= 0).sum())
    return View(
        step=core.step_count,
        label_seq=core.label_seq,
        n_labels=n_labels,
        predicted_by=core.ensemble.predicted_by if n_labels else "",
        map_version=core.map_version,
        moved=core.moved,
        terms=core.terms,
        probabilities=core.ensemble.probabilities().astype(np.float16) if n_labels else None,
        samples=_samples(core),
        xy=xy,
        undecided=core.ensemble.undecided() if n_labels else None,
        disagree=core.ensemble.disagreement() if n_labels else None,
        anomaly=core.anomaly_scores.values() if n_labels else None,
    )


@torch.no_grad()
def _samples(core: TrainerCore) -> NDArray[np.uint8]:
    """Of every class, or what M1 draws, in styles that are always the same; none from noise."""
    if core.ensemble.model_knows:
        drawn = core.learner.samples()
    elif not core.starter.is_trained:
        return np.empty((0, *core.data.pictures.shape[1:]), np.uint8)
    else:
        m1 = core.starter.m1
        with seeded(torch.device("cpu"), core.seed):
            styles = torch.randn(N_M1_SAMPLES, m1.latent_dim)
        drawn = as_numbers(m1.decode(styles.to(core.device)))
    return as_pictures(drawn, core.data.shape)
