"""What a trainer has to show, as the message that shows it."""

from __future__ import annotations

import time
from dataclasses import replace
from itertools import count
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from ..atlas.layout import Map
from ..data.vector_pictures import as_pictures
from ..protocol.messages import Labels, Snapshot
from ..training.ensemble import Ensemble
from ..training.seeding import seeded
from ..training.tensors import as_numbers
from .state import TrainerState

N_M1_SAMPLES = 36
SHARE_OF_DRAWING = 0.15
QUICK_DRAWING = 0.3  # seconds, that nobody notices


class Snapshots:
    """Makes them one after the other; for a label that is quick, by what the last one had."""

    def __init__(self, state: TrainerState):
        """Of what this state holds."""
        self._state, self._revs = state, count(1)
        self._last: Snapshot | None = None
        self.previewed_seq = 0  # of the labels that were previewed last
        self._drawn_as: Any = None  # what the drawings of the last one were made by
        self._are_old = False
        self._draws_at = 0.0  # by the clock: until then the last drawings are shown again

    def make(self, xy: Map | None) -> Snapshot:
        """What there is to show now, with this map if it is new."""
        state = self._state
        said = _said_by(state.ensemble) if state.n_labels else _said_of_graphs(state.ensemble)
        self._last = Snapshot(
            generation=state.generation,
            rev=next(self._revs),
            step=state.step_count,
            label_seq=state.label_seq,
            n_labels=state.n_labels,
            map_version=state.map_version,
            moved=state.moved,
            terms=state.terms,
            samples=self._samples(),
            xy=xy,
            anomaly=state.anomaly_scores.values() if state.n_labels else None,
            **said,
        )
        return self._last

    @property
    def owes_drawings(self) -> bool:
        """Whether the last one showed older drawings, and there is time now for those of today."""
        return self._are_old and time.monotonic() >= self._draws_at

    def _samples(self) -> NDArray[np.uint8]:
        """What is drawn now; or last, where drawing took long: SHARE_OF_DRAWING of the time it may.

        A pretrained autoencoder draws some tens of pictures a second.
        """
        state, start = self._state, time.monotonic()
        made_by = state.starter.m1, state.ensemble.model_knows, state.learner.model.n_classes
        is_known = self._last is not None and made_by == self._drawn_as
        self._are_old = is_known and start < self._draws_at
        if self._last is not None and self._are_old:
            return self._last.samples
        drawn = samples_of(state)
        took = time.monotonic() - start
        self._drawn_as = made_by
        self._draws_at = start + (took / SHARE_OF_DRAWING if took > QUICK_DRAWING else 0)
        return drawn

    def preview(self, labels: Labels) -> Snapshot | None:
        """The last one with what is said once these labels are applied, without a new map.

        The model is not asked, nor draws it, so it may learn in another thread meanwhile. None
        where there is nothing before that: no label, a class that it does not know.
        """
        state, last, now = self._state, self._last, self._state.labels.copy()
        now[labels.examples] = labels.classes
        n_labels, is_known = int((now >= 0).sum()), labels.n_classes <= state.n_classes
        if last is None or not n_labels or not is_known:
            return None
        self.previewed_seq = labels.to_seq
        return replace(
            last,
            rev=next(self._revs),
            step=state.step_count,
            label_seq=labels.to_seq,
            n_labels=n_labels,
            xy=None,
            **_said_by(state.ensemble.preview(now)),
        )


def _said_by(ensemble: Ensemble) -> dict[str, Any]:
    """What a snapshot has of it, once there are labels."""
    return _said_of_graphs(ensemble) | {
        "predicted_by": ensemble.predicted_by,
        "probabilities": ensemble.probabilities().astype(np.float16),
        "undecided": ensemble.undecided(),
        "disagree": ensemble.disagreement(),
    }


def _said_of_graphs(ensemble: Ensemble) -> dict[str, Any]:
    return {
        "predicted_by": "",
        "graph": ensemble.mixture.leading,
        "about_graph": ensemble.mixture.about(),
    }


@torch.no_grad()
def samples_of(state: TrainerState) -> NDArray[np.uint8]:
    """Draws of every class, or what M1 draws, always the same ones; none from noise."""
    if state.ensemble.model_knows:
        state.ensemble.remember_codes()
        drawn = state.learner.samples()
    elif not state.starter.is_trained:
        return np.empty((0, *state.data.pictures.shape[1:]), np.uint8)
    else:
        m1 = state.starter.m1
        with seeded(torch.device("cpu"), state.seed):
            styles = torch.randn(N_M1_SAMPLES, m1.latent_dim)
        drawn = as_numbers(m1.decode(styles.to(state.device)))
    return as_pictures(drawn, state.data.shape)
