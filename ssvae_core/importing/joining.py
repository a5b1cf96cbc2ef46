"""Two data sets become one with two domains: the examples of the second come after the first's.

The first stays as it is, so that a session on it can go on with all of its labels. The second's
images are made as the first's are (data/matching.py), or only of their size; what they were before
is kept beside them as their original. Classes meet by their names.

Letters in shapes: N examples.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..data.dataset import Dataset
from ..data.matching import Making, made_as, making_of, only_stretched
from ..errors import Conflict

SHOWN = 12  # examples that are shown before and after


@dataclass(frozen=True)
class Joining:
    """What is joined, and how. UserError where the two do not go together."""

    first: Dataset
    second: Dataset
    as_they_are: bool = False
    name: str = ""  # of the data set that comes of it; made of both names if ""
    should_stop: Callable[[], bool] | None = None
    own: Making | None = field(init=False, default=None)  # how the second's images are made
    to: Making | None = field(init=False, default=None)  # and how they are to be

    def __post_init__(self) -> None:
        first, second = self.first, self.second
        if first.kind != second.kind or (first.kind == "vector" and first.shape != second.shape):
            raise Conflict(
                f"{second.title} holds {second.kind}s of shape {second.shape}, and {first.title} "
                f"{first.kind}s of shape {first.shape}. Domains need the same kind of examples."
            )
        if first.texts is not None or second.texts is not None:
            raise Conflict(
                "Texts are joined in one table, so that the same encoder sees all of them: give it "
                "a column that names the domain of each, and import it with --domain COLUMN."
            )
        if first.columns is not None or second.columns is not None:
            raise Conflict(
                "Rows with named columns are joined in one table: give it a column that names the "
                "domain of each row, and import it with --domain COLUMN."
            )
        if first.fingerprint == second.fingerprint:
            raise Conflict(
                f"{second.title} and {first.title} are the same images. Choose another data set."
            )
        if first.kind == "image":
            other, own = making_of(first.images), making_of(second.images)
            to = only_stretched(own, other) if self.as_they_are else other
            made_as(np.asarray(second.images[:1]), to, own)  # grey and colour do not go together
            object.__setattr__(self, "own", own)
            object.__setattr__(self, "to", to)

    def made(self, images: NDArray[Any]) -> NDArray[Any]:
        """Some of the second's examples as they are in the joined data set: (n, H, W, C)."""
        return images if self.to is None else made_as(np.asarray(images), self.to, self.own)

    @property
    def words(self) -> str:
        """What is made of the second's images."""
        if self.to is None or self.own is None:
            return "as they are"
        was, becomes = self.own.in_words, self.to.in_words
        return "as they are" if self.own == self.to else f"from {was} to {becomes}"

    @property
    def title(self) -> str:
        """What the joined data set is called."""
        return self.name or f"{short(self.first)[:60]} and {short(self.second)[:60]}"

    def shown(self) -> NDArray[np.intp]:
        """Some of the second's examples, spread over it, to show before and after: (n,)."""
        n = len(self.second)
        return np.unique(np.linspace(0, n - 1, min(SHOWN, n)).astype(np.intp))


def short(data: Dataset) -> str:
    """What a domain is called: as the data set is listed, and one that ships by its name."""
    return data.name if data.provenance is None else data.title
