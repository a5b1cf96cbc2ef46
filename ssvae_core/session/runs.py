"""The runs of a session: what learned with which settings, how far it came, and how well.

A run goes on as long as the settings stay, also over a restart of the app. Others begin the next.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ..encoders.autoencoder_files import wanted_autoencoder
from ..labels.store import SessionRow
from ..options.catalogue import CATALOGUE, bound_of
from ..options.options import FittingOptions, chosen_in_words
from ..protocol.messages import Snapshot
from ..storage.whole import write_whole

SAVE_EVERY = 5.0  # seconds: a crash costs the newest numbers of a run, no more
WRITTEN = ("began", "ended", "first", "steps", "labels")  # numbers of every run

log = logging.getLogger(__name__)


class Runs:
    """The runs in memory and in a file of the session's folder."""

    def __init__(self, file: Path):
        """Read what an earlier life of the app kept."""
        self.file, self._saved_at = file, 0.0
        self._runs = _read(file)

    def note(self, settings: Mapping[str, str], snapshot: Snapshot, accuracy: float | None) -> None:
        """What a snapshot tells of the run with these settings, in words by name.

        `accuracy` is the share of right guesses, 0 to 1, if it is known.
        """
        if not snapshot.n_labels:
            return  # nothing learns from labels yet
        now = time.time()
        if not self._runs or self._runs[-1]["settings"] != settings:
            self._runs.append({"settings": dict(settings), "began": now, "first": snapshot.step})
            self._saved_at = 0.0
        run = self._runs[-1]
        run["first"] = min(run["first"], snapshot.step)
        run |= {
            "ended": max(now, run["began"]),  # also of a clock that was set back
            "steps": snapshot.step - run["first"],
            "labels": snapshot.n_labels,
            "predicted_by": snapshot.predicted_by,
            "accuracy": accuracy,
            "bound": {name: round(value, 2) for name, value in bound_of(snapshot.terms).items()},
        }

    def listed(self) -> list[dict[str, Any]]:
        """Every run as JSON, newest first; `id` counts them from 1."""
        return [{"id": n, **run} for n, run in enumerate(self._runs, 1)][::-1]

    def save(self, at_once: bool = False) -> None:
        """Write them, if the last time is some seconds ago. A disk that is full is logged."""
        if not self._runs or not (at_once or time.monotonic() - self._saved_at > SAVE_EVERY):
            return
        self._saved_at = time.monotonic()
        try:  # nobody waits for the disk: what a power cut costs here is the list
            write_whole(self.file, json.dumps(self._runs), flush=False)
        except OSError as error:
            log.warning("The list of runs is not saved: %s", error)


def settings_in_words(
    row: SessionRow, shape: Sequence[int], m1_trained_at: float | None
) -> dict[str, str]:
    """All that decides how a session's model learns, but the labels: in words, by name.

    `m1_trained_at`: seconds since 1970, None for the M1 that came with the images.
    """
    options, knobs = FittingOptions.split(row.config, shape)
    m1 = "as it came with the images"
    if m1_trained_at is not None:
        m1 = time.strftime("trained here, %d %b %H:%M", time.localtime(m1_trained_at))
    if folder := wanted_autoencoder(options.autoencoder, shape):
        m1 = f"the autoencoder {Path(folder).name}"
    return {
        "model": CATALOGUE[row.model].title,
        **chosen_in_words(options, shape, row.model),
        **{name: str(value) for name, value in sorted(knobs.items())},
        "M1": m1,
        "seed": str(row.seed),
    }


def _read(file: Path) -> list[dict[str, Any]]:
    try:
        runs = json.loads(file.read_text())
    except FileNotFoundError:
        return []
    except (OSError, ValueError, RecursionError) as error:
        log.warning("The list of runs cannot be read, a new one begins: %s", error)
        return []
    whole = [run for run in runs if _is_whole(run)] if isinstance(runs, list) else []
    if whole != runs:
        log.warning("Parts of the list of runs in %s cannot be read and are left out.", file)
    return whole


def _is_whole(run: object) -> bool:
    return (
        isinstance(run, dict)
        and isinstance(run.get("settings"), dict)
        and all(isinstance(run.get(name), int | float) for name in WRITTEN)
    )
