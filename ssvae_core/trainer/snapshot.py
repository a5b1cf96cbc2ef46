"""What a trainer has to show, as the message that shows it."""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from typing import Any

import numpy as np

from ..atlas.layout import Map
from ..protocol.messages import Labels, Snapshot
from ..training.ensemble import Ensemble
from .drawings import Drawings
from .state import TrainerState


class Snapshots:
    """Makes them one after the other; for a label that is quick, by what the last one had."""

    def __init__(self, state: TrainerState):
        """Of what this state holds."""
        self._state, self._revs = state, count(1)
        self._last: Snapshot | None = None
        self.previewed_seq = 0  # of the labels that were previewed last
        self._drawings = Drawings(state)

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
            **self._drawings.now(),
            xy=xy,
            anomaly=state.anomaly_scores.values() if state.n_labels else None,
            **said,
        )
        return self._last

    @property
    def owes_drawings(self) -> bool:
        """Whether the last one showed older drawings, and there is time now for those of today."""
        return self._last is not None and self._drawings.are_owed

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
