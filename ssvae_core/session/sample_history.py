"""What the model drew with about 10 and about 50 labels, kept beside what it draws now."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import NotFound
from ..protocol.messages import Snapshot, blank_among
from ..storage.whole import read_array, write_array_whole

MILESTONES = (10, 50)  # labels
COLUMNS = 3  # styles kept
MOST_LEFT_OUT = 0.5  # of the drawings, that are no pictures

log = logging.getLogger(__name__)


class SampleHistory:
    """Samples of a session over time, in its folder."""

    def __init__(self, folder: Path):
        """Read what an earlier run kept."""
        self.folder = folder
        self._kept: dict[int, tuple[int, NDArray[np.uint8]]] = {}  # labels they were drawn with
        self._unsaved: set[int] = set()
        for n in MILESTONES:
            for path in folder.glob(f"at{n}-*.npy"):
                try:
                    self._kept[n] = int(path.stem.split("-")[1]), _samples_in(path)
                except (OSError, ValueError) as error:
                    log.warning("The samples in %s are left out: %s", path, error)

    def keep(self, snapshot: Snapshot) -> None:
        """Keep the samples of a milestone, the last with up to half as many labels again.

        The first ones would show how little time the model had, not how few labels; and where less
        than half are pictures, they show nothing. `save` writes.
        """
        if not snapshot.is_by_class or _left_out(snapshot) > MOST_LEFT_OUT:
            return
        for n in MILESTONES:
            if n <= snapshot.n_labels < 1.5 * n or (snapshot.n_labels > n and n not in self._kept):
                self._keep(n, snapshot)

    def _keep(self, n: int, snapshot: Snapshot) -> None:
        self._kept[n] = snapshot.n_labels, snapshot.samples[:, :COLUMNS].copy()
        self._unsaved.add(n)

    def save(self) -> None:
        """Write what was kept since the last time."""
        while self._unsaved:
            n = self._unsaved.pop()
            count, samples = self._kept[n]
            try:
                self.folder.mkdir(exist_ok=True)
                new = self.folder / f"at{n}-{count}.npy"
                write_array_whole(new, samples)
                for old in self.folder.glob(f"at{n}-*.npy"):
                    if old != new and old.is_file():
                        old.unlink()
            except OSError as error:
                log.warning("Samples are not kept for later: %s", error)

    @property
    def kept(self) -> list[tuple[int, NDArray[np.uint8]]]:
        """Labels they were drawn with, and samples (K, COLUMNS, H, W, C), oldest first."""
        return [self._kept[n] for n in sorted(self._kept)]

    def listed(self, snapshot: Snapshot | None) -> list[dict[str, Any]]:
        """The groups of samples there are, oldest first, for the page."""
        if snapshot is None:
            return []
        by_class, undrawn = snapshot.is_by_class, snapshot.undrawn
        now = {
            "id": f"now-{snapshot.generation}-{snapshot.rev}",
            "title": f"{snapshot.n_labels}, now",
            "columns": int(snapshot.samples.shape[1 if by_class else 0]),
            "by_class": by_class,
            "undrawn": [] if undrawn is None else np.flatnonzero(undrawn).tolist(),
        }
        if not by_class:
            return [now] if now["columns"] else []  # it has not learned to draw yet
        kept = {count: n for n, (count, _) in self._kept.items()}  # a lasso may jump over two
        past = [
            {
                "id": f"at{n}-{count}",
                "title": f"{count} labels",
                "columns": COLUMNS,
                "by_class": True,
                "undrawn": np.flatnonzero(blank_among(self._kept[n][1])).tolist(),
            }
            for count, n in sorted(kept.items())
            if count < snapshot.n_labels
        ]
        return [*past, now]

    def images(self, name: str, snapshot: Snapshot | None) -> NDArray[np.uint8]:
        """The images of a listed group: (K, columns, H, W, C), without K if not by class."""
        for n, (count, samples) in self._kept.items():
            if name == f"at{n}-{count}":
                return samples
        if snapshot is None or not name.startswith("now"):
            raise NotFound(f"There are no samples '{name}'. Reload the page.")
        return snapshot.samples


def _left_out(snapshot: Snapshot) -> float:
    """The share of what was to be drawn that is no picture."""
    undrawn = snapshot.undrawn
    if undrawn is None:
        return 0.0
    missing = int(undrawn.sum())
    return missing / max(missing + int((~snapshot.blank).sum()), 1)


def _samples_in(path: Path) -> NDArray[np.uint8]:
    """The samples of a file. OSError or ValueError where there are none."""
    samples = read_array(path)
    if samples.dtype != np.uint8 or samples.ndim != 5 or samples.shape[1] != COLUMNS:
        raise ValueError(f"they are {samples.dtype} of shape {samples.shape}")
    return samples
