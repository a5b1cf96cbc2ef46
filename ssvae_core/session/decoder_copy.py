"""The app's copy of a model's decoder: it draws without the trainer, which may be in a step.

The browser gets the same program and draws itself where it can. Any thread may call; one draws at a
time.

Letters in shapes: n examples, d dimensions of a space, H, W, C an image.
"""

from __future__ import annotations

import threading
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ..decoding.interpreter import decode
from ..decoding.program import Packed, Program, unpack
from ..errors import Conflict, UserError
from ..protocol.queries import DecoderProgram
from .model_queries import ModelQueries

MOST_DRAWN = 256  # examples at once


class DecoderCopy:
    """Reads the program, keeps the weights that stay, and draws."""

    def __init__(self, queries: ModelQueries):
        """Reads from this model when it is asked to."""
        self._queries, self._lock, self._drawing = queries, threading.Lock(), threading.Lock()
        self._last: DecoderProgram | None = None
        self._programs: dict[str, Program] | None = None  # unpacked once they are run

    def read(self, known: str = "") -> DecoderProgram:
        """The decoder as it is now, without the frozen weights if they are `known`.

        Raises UserError while the model draws nothing, or is away.
        """
        last = self._last
        have = last.frozen_version if last else ""
        found = self._queries.read_decoder(have)  # no drawing waits for the answer
        if last is not None and found.frozen_version == have:
            found = replace(found, frozen=last.frozen)
        with self._lock:
            if self._last is None or found.version != self._last.version:
                self._programs = None
            self._last = found
        return replace(found, frozen=found.frozen[:0]) if found.frozen_version == known else found

    def draw(
        self, space: str, z: NDArray[np.float32], classes: NDArray[np.integer]
    ) -> NDArray[np.float32]:
        """What rows (n, d) of a space stand for as these classes (n,): (n, D) in [0, 1].

        Raises UserError for what fits nothing.
        """
        program = self._program(space)
        if z.ndim != 2 or z.shape[1] != program.dim or len(z) != len(classes):
            raise UserError(
                f"Expected rows of {program.dim} numbers with a class each, got {z.shape} "
                f"and {len(classes)} classes."
            )
        if not 0 < len(z) <= MOST_DRAWN:
            raise UserError(f"Ask for 1 to {MOST_DRAWN} images at once, not for {len(z)}.")
        with self._drawing:
            return decode(program, z, classes)

    def _program(self, space: str) -> Program:
        if self._last is None:
            self.read()
        with self._lock:
            last = self._last
            assert last is not None
            if self._programs is None:
                self._programs = unpack(Packed(last.programs, last.frozen, last.learned))
            if space not in self._programs:
                raise Conflict(f"Nothing draws a '{space}' yet. Label a few images first.")
            return self._programs[space]
