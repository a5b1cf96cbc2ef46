"""What a session shows of drawings: of every class, or of an M1; anew as far as there is time.

A pretrained autoencoder draws some tens of pictures a second. Where all classes together take
longer than QUICK_DRAWING, they are drawn in turn: first those that have labels and no drawing yet,
at once, then those that were drawn longest ago, in SHARE_OF_DRAWING of the time. A class without
labels is not drawn, and its place is left blank.

Letters in shapes: K classes, n drawings of each, H, W, C a picture's height, width and channels.
"""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from ..data.vector_pictures import as_pictures
from ..training.seeding import seeded
from ..training.tensors import as_inputs, as_numbers
from .real_texts import as_real
from .state import TrainerState

N_M1_SAMPLES = 36
SHARE_OF_DRAWING = 0.15
QUICK_DRAWING = 0.3  # seconds, that nobody notices

Drawn = dict[str, Any]  # `samples` and `undrawn` of a snapshot


class Drawings:
    """Draws, and knows what it drew when."""

    def __init__(self, state: TrainerState):
        """Of what this state holds."""
        self._state = state
        self._drawn_by: Any = None  # what drew those that are kept
        self._free: Drawn | None = None  # of no class
        self._samples = np.empty((0, 0, 0, 0, 0), np.uint8)  # (K, n, H, W, C)
        self._rejected = np.empty((0, 0), bool)  # (K, n)
        self._drawn_at: list[Any] = []  # of each class, by what; None of one without drawings
        self._turns: list[int] = []  # classes, those that were drawn last behind
        self._each: float | None = None  # seconds that a class takes
        self._draws_at = 0.0  # by the clock: until then the last drawings are shown again

    @property
    def are_owed(self) -> bool:
        """Whether older ones were shown, and there is time now for those of today."""
        if self._drawn_by != self._who:
            return False  # nothing was shown of it; what it has to show it says itself
        if not self._state.draws_classes:
            return False
        never, old = self._never(), self._old()
        return bool(never) or (self._is_slow and bool(old) and time.monotonic() >= self._draws_at)

    def now(self) -> Drawn:
        """What a snapshot has of them: always the same draws; none from noise."""
        if self._drawn_by != self._who:
            self._drawn_by, self._free, self._drawn_at, self._draws_at = self._who, None, [], 0.0
        if not self._state.draws_classes:
            return self._of_m1()
        self._make_room()
        start, never = time.monotonic(), self._never()
        if self._is_slow:
            old = self._old() if start >= self._draws_at else []
            self._in_turn([*never, *(label for label in old if label not in never)], start)
        else:
            self._in_turn([label for label in self._turns if self._known[label]], start)
        return self._of_classes()

    # Of classes

    @property
    def _who(self) -> tuple[Any, bool]:
        return self._state.starter.m1, self._state.draws_classes

    @property
    def _known(self) -> NDArray[np.bool_]:
        """Which classes have labels: (K,); all, where it draws kinds that it found without one."""
        if self._state.draws_kinds:
            return np.ones(self._state.n_classes, bool)
        known: NDArray[np.bool_] = self._state.learner.known.cpu().numpy()
        return known

    @property
    def _today(self) -> Any:
        return self._state.step_count, self._state.label_seq, self._state.learner

    @property
    def _is_slow(self) -> bool:
        return self._each is not None and self._each * len(self._known) > QUICK_DRAWING

    def _never(self) -> list[int]:
        """Classes with labels and without drawings."""
        at, known = self._drawn_at, self._known
        return [k for k in range(len(known)) if known[k] and (k >= len(at) or at[k] is None)]

    def _old(self) -> list[int]:
        """Classes whose drawings are older than the model, the oldest first."""
        at, today, known = self._drawn_at, self._today, self._known
        return [k for k in self._turns if known[k] and at[k] not in (None, today)]

    def _make_room(self) -> None:
        """Blank places for all classes that there are, and for one whose labels are gone."""
        known, n = self._known, self._state.learner.n_columns
        size = n, *self._state.data.pictures.shape[1:]
        if not self._drawn_at or self._samples.shape[1:] != size:
            self._samples = np.empty((0, *size), np.uint8)
            self._rejected = np.empty((0, n), bool)
            self._drawn_at, self._turns = [], []
        more = len(known) - len(self._drawn_at)
        self._samples = np.concatenate([self._samples, np.zeros((more, *size), np.uint8)])
        self._rejected = np.concatenate([self._rejected, np.zeros((more, n), bool)])
        self._turns += range(len(self._drawn_at), len(known))
        self._drawn_at += [None] * more
        for label in np.flatnonzero(~known):
            self._samples[label], self._rejected[label], self._drawn_at[label] = 0, False, None

    def _in_turn(self, classes: list[int], start: float) -> None:
        """Draw these, or the first of them that there is time for."""
        if not classes:
            return
        if self._state.n_labels:
            self._state.ensemble.remember_codes()
        while classes:
            left = QUICK_DRAWING - (time.monotonic() - start)
            n = 1 if self._each is None else max(int(left / max(self._each, 1e-6)), 1)
            self._draw(classes[:n])
            classes = classes[n:]
            if self._is_slow and time.monotonic() - start + (self._each or 0) > QUICK_DRAWING:
                break
        took = time.monotonic() - start
        self._draws_at = start + took / SHARE_OF_DRAWING if self._is_slow else 0.0

    @torch.no_grad()
    def _draw(self, classes: list[int]) -> None:
        start, state = time.monotonic(), self._state
        drawn = state.learner.samples(np.array(classes))
        rejected, today = state.drawing_guard.rejects(drawn), self._today
        pictures = as_pictures(as_real(state, drawn), state.data.shape)
        pictures[rejected] = 0
        self._samples[classes], self._rejected[classes] = pictures, rejected
        for label in classes:
            self._drawn_at[label] = today
            self._turns.remove(label)
            self._turns.append(label)
        self._each = (time.monotonic() - start) / len(classes)

    def _of_classes(self) -> Drawn:
        undrawn = self._rejected.copy()
        undrawn[self._never()] = True
        flags = undrawn.astype(np.uint8) if undrawn.any() else None
        return {"samples": self._samples.copy(), "undrawn": flags}

    # Of an M1

    def _of_m1(self) -> Drawn:
        """Draws of its posterior of examples of all places, which it has seen.

        What lies between them it may not know.
        """
        state, start = self._state, time.monotonic()
        if not state.starter.draws:
            return {"samples": np.empty((0, *state.data.pictures.shape[1:]), np.uint8)}
        if self._free is not None and start < self._draws_at:
            return self._free
        n = len(state.pixels)
        places = torch.linspace(0, n - 1, min(N_M1_SAMPLES, n)).long().to(state.pixels.device)
        with torch.no_grad(), seeded(state.device, state.seed):
            drawn = as_numbers(state.starter.m1.drawn(as_inputs(state.pixels[places])))
        pictures, rejected = (
            as_pictures(drawn, state.data.shape),
            state.drawing_guard.rejects(drawn),
        )
        pictures[rejected] = 0
        flags = rejected.astype(np.uint8) if rejected.any() else None
        took = time.monotonic() - start
        self._draws_at = start + took / SHARE_OF_DRAWING if took > QUICK_DRAWING else 0.0
        self._free = {"samples": pictures, "undrawn": flags}
        return self._free
