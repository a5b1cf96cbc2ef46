"""What is shown at one moment of a session, as it is kept in a file.

Letters in shapes: N examples, K classes, c columns of drawings, H, W, C an image's height, width
and channels.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..predictions import Guesses
from ..protocol.messages import Snapshot

COLUMNS = 4  # of drawings, at most
DRAWN_BYTES = 60_000  # of a moment's drawings, unless a single column is more
STEP = 5  # of the confidences that are kept, in 255ths: less to compress
FINEST = 65535  # steps from one side of the map to the other
GUESSES, DRAWINGS, MAP = "guesses", "drawings", "map"
TOLD = ("id", "n_labels", "at", "step", "predicted_by", MAP, "columns", "undrawn")

Bytes = NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Shown:
    """A snapshot that knows all labels, with what a page shows beside it."""

    name: str  # of the operations that stood
    snapshot: Snapshot
    guesses: Guesses
    labels: Bytes  # (N,) as Session.label_bytes gives them
    xy: NDArray[np.float32]  # (N, 2) the map
    at: float  # seconds since 1970

    @cached_property
    def about(self) -> dict[str, Any]:
        """What it is, without its arrays; `undrawn` counts along the drawings' first two axes."""
        snapshot = self.snapshot
        is_missing = snapshot.blank[:, : self._columns] if self._columns else np.empty(0)
        return {
            "id": self.name,
            "n_labels": snapshot.n_labels,
            "at": round(self.at, 3),
            "step": snapshot.step,
            "predicted_by": snapshot.predicted_by,
            "map": name_of_map(self.xy),
            "columns": self._columns,
            "undrawn": np.flatnonzero(is_missing).tolist(),
        }

    def arrays(self) -> dict[str, Bytes]:
        """GUESSES (3, N): class, confidence in 255ths, label; DRAWINGS (K, c, H, W, C) if any."""
        sure = np.rint(self.guesses[1] / STEP).astype(np.uint8) * STEP
        found = {GUESSES: np.stack([self.guesses[0], sure, self.labels])}
        if self._columns:
            found[DRAWINGS] = np.ascontiguousarray(self.snapshot.samples[:, : self._columns])
        return found

    @cached_property
    def _columns(self) -> int:
        """How many columns of drawings are kept; 0 while it draws no classes."""
        samples = self.snapshot.samples
        if not self.snapshot.is_by_class or not samples.size:
            return 0
        of_one = samples[:, :1].nbytes
        return int(min(max(DRAWN_BYTES // of_one, 1), COLUMNS, samples.shape[1]))


def places_of(xy: NDArray[np.float32]) -> Bytes:
    """A map as bytes: (N, 2) -> (N, 4)."""
    steps = np.rint(np.clip(xy, 0, 1) * FINEST).astype("<u2")
    return np.ascontiguousarray(steps).view(np.uint8)


def name_of_map(xy: NDArray[np.float32]) -> str:
    """The same for the same places."""
    return hashlib.sha256(places_of(xy).data).hexdigest()[:12]


def map_of(places: Bytes) -> NDArray[np.float32]:
    """The map again: (N, 4) -> (N, 2). ValueError for what is none."""
    if places.ndim != 2 or places.shape[1] != 4:
        raise ValueError(f"it has the shape {places.shape}")
    return np.asarray(places.view("<u2") / np.float32(FINEST), np.float32)


def is_whole(about: dict[str, Any]) -> bool:
    """Whether it says what `Shown.about` does."""
    numbers = [about.get(name) for name in ("n_labels", "at", "step", "columns")]
    return (
        all(isinstance(its, int | float) and its >= 0 for its in numbers)
        and all(isinstance(about.get(name), str) for name in ("id", "predicted_by", "map"))
        and about["n_labels"] >= 1
        and isinstance(about.get("undrawn"), list)
    )
