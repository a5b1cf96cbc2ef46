"""What can be said of the bundled data sets before they are loaded, which takes seconds for some.

Run as a module, this file draws their thumbnails anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .bundled import ASSETS

THUMBNAILS = 4


@dataclass(frozen=True)
class Ready:
    """A bundled data set, as it is offered."""

    title: str
    n: int
    shape: tuple[int, ...]
    n_classes: int
    about: str
    texts: tuple[str, ...] = ()  # some, where the examples are texts


READY: dict[str, Ready] = {
    "mnist": Ready("Digits", 60_000, (28, 28, 1), 10, "handwritten, true labels hidden"),
    "digits": Ready("Small digits", 1_297, (8, 8, 1), 10, "trains in seconds on any machine"),
    "shapes": Ready("Shapes", 10_000, (32, 32, 1), 5, "drawn from known factors, for lessons"),
    "python": Ready(
        "Texts",
        1_273,
        (96,),
        8,
        "what Python's library says of itself, embedded",
        (
            "Test whether a path exists.  Returns True for broken symbolic links",
            "Compute the hyperbolic arc cosine of x.",
        ),
    ),
    "wine": Ready("Wines", 178, (13,), 3, "a table: what was measured, by name"),
    "mountain-car": Ready("States", 878, (4,), 0, "of an agent: which situations are there?"),
}


def thumbnails(name: str) -> NDArray[np.uint8]:
    """The first example of each of its first classes, as it is shown: (4, H, W, C)."""
    found: NDArray[np.uint8] = np.load(ASSETS / "ready" / f"{name}.npy", allow_pickle=False)
    return found


def first_of_each_class(data: Any) -> NDArray[np.uint8]:
    """The same, from the data set; where it has fewer classes, some from all over."""
    firsts = [*range(0, len(data), len(data) // THUMBNAILS)][:THUMBNAILS]
    if len(data.class_names) >= THUMBNAILS:
        firsts = [int(np.flatnonzero(data.answer_key == k)[0]) for k in range(THUMBNAILS)]
    found: NDArray[np.uint8] = data.pictures[firsts]
    return found


if __name__ == "__main__":
    from . import SOURCES

    (ASSETS / "ready").mkdir(exist_ok=True)
    for name, source in SOURCES.items():
        np.save(ASSETS / "ready" / f"{name}.npy", first_of_each_class(source()))
