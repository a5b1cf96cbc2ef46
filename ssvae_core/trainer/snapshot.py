"""What a trainer has to show, as the message that shows it."""

from __future__ import annotations

import time
from dataclasses import replace
from itertools import count
from typing import Any

import numpy as np
import torch

from ..atlas.layout import Map
from ..data.vector_pictures import as_pictures
from ..protocol.messages import Labels, Snapshot
from ..training.ensemble import Ensemble
from ..training.seeding import seeded
from ..training.tensors import as_inputs, as_numbers
from .real_texts import as_real
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
            **self._drawings(),
            xy=xy,
            anomaly=state.anomaly_scores.values() if state.n_labels else None,
            **said,
        )
        return self._last

    @property
    def owes_drawings(self) -> bool:
        """Whether the last one showed older drawings, and there is time now for those of today."""
        return self._are_old and time.monotonic() >= self._draws_at

    def _drawings(self) -> dict[str, Any]:
        """What a snapshot has of drawings: today's, or the last ones, where drawing takes long.

        SHARE_OF_DRAWING of the time it may; a pretrained autoencoder draws some tens of pictures a
        second.
        """
        state, start = self._state, time.monotonic()
        made_by = state.starter.m1, state.draws_classes, state.learner.model.n_classes
        is_known = self._last is not None and made_by == self._drawn_as
        self._are_old = is_known and start < self._draws_at
        if self._last is not None and self._are_old:
            return {"samples": self._last.samples, "undrawn": self._last.undrawn}
        drawn = _drawn_by(state)
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
def _drawn_by(state: TrainerState) -> dict[str, Any]:
    """What a snapshot has of drawings: draws of every class, or of M1; always the same ones.

    Those of M1 are draws of its posterior of examples of all places, which it has seen; what lies
    between them it may not know. None from noise.
    """
    by_class = state.draws_classes
    if by_class:
        state.ensemble.remember_codes()
        drawn = state.learner.samples()
    elif not state.starter.draws:
        return {"samples": np.empty((0, *state.data.pictures.shape[1:]), np.uint8)}
    else:
        n = len(state.pixels)
        places = torch.linspace(0, n - 1, min(N_M1_SAMPLES, n)).long().to(state.pixels.device)
        with seeded(state.device, state.seed):
            drawn = as_numbers(state.starter.m1.drawn(as_inputs(state.pixels[places])))
    rejected = state.drawing_guard.rejects(drawn)
    pictures = as_pictures(as_real(state, drawn), state.data.shape)
    if not rejected.any():
        return {"samples": pictures}
    pictures[rejected] = 0
    if by_class:  # a class without labels has no drawings to miss
        rejected &= state.learner.known.cpu().numpy()[:, None]
    return {"samples": pictures, "undrawn": rejected.astype(np.uint8) if rejected.any() else None}
