"""What the app asks of the spaces in which examples are compared, and the answer.

Letters in shapes: n examples, d dimensions of a space.
"""

from __future__ import annotations

from dataclasses import dataclass

from .arrays import Halves

OF_MODEL = "model"  # the space of the model's own latents


@dataclass(frozen=True, eq=False)
class ReadSpace:
    """All examples in a space, by its name; "" for the one to trust most: gives SpaceValues."""

    id: int
    space: str = ""


@dataclass(frozen=True, eq=False)
class SpaceValues:
    """Answer to ReadSpace: values (n, d) of the space `space`, where Euclidean distance tells.

    `spaces` are all that there are, titles by name, the one to trust most first.
    """

    id: int
    space: str
    spaces: dict[str, str]
    values: Halves
