"""Long work in chunks, so that who does it can listen for labels and a Cancel in between.

Such work is a generator that yields after a piece of a second at most, and returns what it found.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import TypeVar, overload

from torch import Tensor

from ..models.joined import Joined

CHUNK = 6_500_000  # values that are worked on at once: 8,000 images of MNIST, 500 of 64 x 64 x 3

Found = TypeVar("Found")
Chunked = Generator[None, None, Found]


def run_to_end(work: Chunked[Found]) -> Found:
    """What it finds, without a pause."""
    while True:
        try:
            next(work)
        except StopIteration as end:
            found: Found = end.value
            return found


def at_once(n_values: int) -> int:
    """How many examples of so many values make a piece."""
    return max(CHUNK // max(n_values, 1), 1)


@overload
def in_chunks(values: Tensor) -> tuple[Tensor, ...]: ...
@overload
def in_chunks(values: Tensor | Joined) -> tuple[Tensor | Joined, ...]: ...
def in_chunks(values: Tensor | Joined) -> tuple[Tensor | Joined, ...]:
    """Parts of examples, (N, P) -> (n, P) each."""
    return values.split(at_once(values.shape[1]))
