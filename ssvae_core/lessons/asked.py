"""What a lesson is asked to work out."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from ..data import Dataset, load_dataset
from .material import Material
from .shipped import SEED


@dataclass(frozen=True)
class Asked:
    """One place of the knobs, and what to work it out on."""

    value: float
    free: float
    data: Dataset | None = None  # other images than the digits that ship
    seed: int = SEED
    share: float = 1.0  # of the steps and images

    @cached_property
    def material(self) -> Material:
        """Images to learn from and to measure by."""
        return Material.of(self.data or load_dataset("mnist"), self.share)

    @cached_property
    def labelled(self) -> Material:
        """The same of images whose classes are known, and of no others."""
        return Material.of(self.data or load_dataset("mnist"), self.share, only_known=True)

    def steps(self, whole: int) -> int:
        """How many of so many steps are to be taken."""
        return max(int(self.share * whole), 1)
