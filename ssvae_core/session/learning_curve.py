"""The learning curve of a session: how many guesses were right, by number of labels."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from ..errors import UserError
from ..labels.store import LabelStore
from ..review.forecast import checked, forecast
from .figures import accuracy_curve

FROM = 10  # labels
MORE = 10  # labels that a forecast is about
BESIDE = 2.0  # times the labels, as far as the line of random ones is drawn
STEP = 0.0005  # of accuracy, to draw and store a point anew

log = logging.getLogger(__name__)


class LearningCurve:
    """Points in memory and in the store; `version` tells whether the figure is another."""

    def __init__(self, store: LabelStore, session_id: str):
        """Read what an earlier run stored."""
        self._store, self._session_id, self.version = store, session_id, 0
        self._points = {point.n_labels: point.accuracy for point in store.metrics(session_id)}
        self._by_chance: list[tuple[int, float]] = []
        self._n_labels = max(self._points, default=0)  # now; what undo took away is not shown
        # A thread of its own: no label waits until a point is on disk.
        self._writer = ThreadPoolExecutor(1, "curve")

    def add(self, label_seq: int, n_labels: int, predicted_by: str, accuracy: float) -> None:
        """The share of guesses that are right now (0 to 1), after the event label_seq."""
        if n_labels < self._n_labels:
            self.version += 1
        self._n_labels = n_labels
        if abs(accuracy - self._points.get(n_labels, -1.0)) < STEP:
            return
        self._points[n_labels] = accuracy
        self.version += 1
        self._writer.submit(self._write, label_seq, n_labels, predicted_by, accuracy)

    def lay_beside(self, random_baseline: list[tuple[int, float]]) -> None:
        """What labels drawn at random would have reached: labels and accuracy, 0 to 1."""
        self._by_chance = random_baseline
        self.version += 1

    @property
    def points(self) -> list[tuple[int, float]]:
        """Labels and accuracy, 0 to 1, in order of labels."""
        shown = range(FROM, self._n_labels + 1)
        return sorted(point for point in list(self._points.items()) if point[0] in shown)

    def figure(self) -> dict[str, Any]:
        """The curve as a Plotly figure's JSON, and with it its outlook."""
        points, shown = self.points, BESIDE * self._n_labels
        beside = [point for point in self._by_chance if point[0] <= shown]
        drawn = accuracy_curve(*_columns(points), random_baseline=_columns(beside))
        return {**drawn, "outlook": self.outlook()}

    def outlook(self) -> dict[str, str]:
        """What MORE labels will bring, in words, and what the last such forecast was worth.

        A forecast is made at every MORE labels, from what was known then. "" where there is none.
        """
        curve = dict(self.points)
        now = forecast(curve, MORE)
        told = [
            made
            for n in curve
            if n % MORE == 0
            and (made := forecast({k: v for k, v in curve.items() if k <= n}, MORE))
        ]
        held = checked(told, curve)
        return {
            "next": f"{MORE} more labels: about {now.words}." if now else "",
            "checked": held[0].words if held else "",
        }

    def close(self) -> None:
        """Wait until all points are stored."""
        self._writer.shutdown()

    def _write(self, label_seq: int, n_labels: int, predicted_by: str, accuracy: float) -> None:
        try:
            self._store.record_metric(self._session_id, label_seq, n_labels, predicted_by, accuracy)
        except UserError as error:  # the curve has a gap the next time, no more
            log.warning("A point of the learning curve is not saved: %s", error)


def _columns(points: list[tuple[int, float]]) -> tuple[list[int], list[float]]:
    """Labels, and accuracies."""
    return [n for n, _ in points], [accuracy for _, accuracy in points]
