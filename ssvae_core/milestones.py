"""What the model drew at the 10th and the 50th label, kept beside what it draws now."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .backend.messages import Snapshot
from .errors import UserError

AT = (10, 50)  # labels
COLUMNS = 3  # styles kept


class Milestones:
    """Samples of a session over time, in its folder."""

    def __init__(self, folder: Path):
        """Read what an earlier run kept."""
        self.folder = folder
        self._kept: dict[int, NDArray[np.uint8]] = {}
        for n in AT:
            path = folder / f"at{n}.npy"
            if path.is_file():
                self._kept[n] = np.load(path, allow_pickle=False)

    def keep(self, snapshot: Snapshot) -> None:
        """Keep the samples if this is the first snapshot with so many labels."""
        if snapshot.proba is None:
            return
        for n in AT:
            if snapshot.n_labels >= n and n not in self._kept:
                self._kept[n] = snapshot.samples[:, :COLUMNS].copy()
                self.folder.mkdir(exist_ok=True)
                np.save(self.folder / f"at{n}.npy", self._kept[n])

    def listed(self, snapshot: Snapshot | None) -> list[dict[str, Any]]:
        """The groups of samples there are, oldest first, for the page."""
        if snapshot is None:
            return []
        by_class = snapshot.proba is not None
        now = {
            "id": f"now-{snapshot.generation}-{snapshot.rev}",
            "title": f"{snapshot.n_labels}, now",
            "columns": int(snapshot.samples.shape[1 if by_class else 0]),
            "by_class": by_class,
        }
        if not by_class:
            return [now]
        past = [
            {"id": f"at{n}", "title": f"{n} labels", "columns": COLUMNS, "by_class": True}
            for n in sorted(self._kept)
            if n < snapshot.n_labels
        ]
        return [*past, now]

    def images(self, name: str, snapshot: Snapshot | None) -> NDArray[np.uint8]:
        """The images of a listed group: (K, columns, H, W, C), without K at the start."""
        kept = {f"at{n}": images for n, images in self._kept.items()}
        if name in kept:
            return kept[name]
        if snapshot is None or not name.startswith("now"):
            raise UserError(f"There are no samples '{name}'. Reload the page.")
        return snapshot.samples
