"""What a trainer has to show, as the message that shows it."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from ..atlas.layout import Map
from ..data.vector_pictures import as_pictures
from ..protocol.messages import Snapshot
from ..training.seeding import seeded
from ..training.tensors import as_numbers
from .state import TrainerState

N_M1_SAMPLES = 36


def snapshot_of(state: TrainerState, rev: int, xy: Map | None) -> Snapshot:
    """What there is to show now, with this map if it is new."""
    n_labels, ensemble = state.n_labels, state.ensemble
    return Snapshot(
        generation=state.generation,
        rev=rev,
        step=state.step_count,
        label_seq=state.label_seq,
        n_labels=n_labels,
        predicted_by=ensemble.predicted_by if n_labels else "",
        map_version=state.map_version,
        moved=state.moved,
        terms=state.terms,
        samples=samples_of(state),
        probabilities=ensemble.probabilities().astype(np.float16) if n_labels else None,
        xy=xy,
        undecided=ensemble.undecided() if n_labels else None,
        disagree=ensemble.disagreement() if n_labels else None,
        anomaly=state.anomaly_scores.values() if n_labels else None,
        graph=ensemble.mixture.leading,
        about_graph=ensemble.mixture.about(),
    )


@torch.no_grad()
def samples_of(state: TrainerState) -> NDArray[np.uint8]:
    """Of every class, or what M1 draws, in styles that are always the same; none from noise."""
    if state.ensemble.model_knows:
        drawn = state.learner.samples()
    elif not state.starter.is_trained:
        return np.empty((0, *state.data.pictures.shape[1:]), np.uint8)
    else:
        m1 = state.starter.m1
        with seeded(torch.device("cpu"), state.seed):
            styles = torch.randn(N_M1_SAMPLES, m1.latent_dim)
        drawn = as_numbers(m1.decode(styles.to(state.device)))
    return as_pictures(drawn, state.data.shape)
