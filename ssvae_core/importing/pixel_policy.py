"""How images of any size become examples of one size, chosen from a look at some of them."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from .value_range import BYTES, ValueRange, black_and_white, range_over

# Sides that halve twice, as the convolutional networks do.
SIDES = (8, 12, 16, 20, 24, 28, 32, 40, 48, 56, 64)
FITS = {
    "resize": "the whole image, stretched to a square",
    "pad": "the whole image in its proportions, on the colour of its border",
    "crop": "the middle of the image",
}
CHANNELS = {
    "auto": "grey if every image is grey",
    "grey": "colours become brightness",
    "colour": "three channels, also of grey images",
}
LOWEST_SIDE, HIGHEST_SIDE = 4, 256
SAME_PROPORTION = 1.1  # widths over heights that differ by less are one proportion


@dataclass(frozen=True)
class ImageFacts:
    """What one image is, before it is made an example."""

    height: int
    width: int
    is_colour: bool
    values: ValueRange | None = None  # where they are no bytes of an image file


@dataclass(frozen=True)
class Policy:
    """What is done to each image. None is chosen from the data."""

    side: int | None = None  # pixels, of the square that a model sees
    fit: str | None = None  # a key of FITS
    channels: str = "auto"  # a key of CHANNELS
    low: float | None = None  # the value that becomes 0, of images deeper than 8 bits
    high: float | None = None  # the value that becomes 255
    scales_bytes: bool = False  # the same of rows of bytes

    def __post_init__(self) -> None:
        if self.side is not None and not LOWEST_SIDE <= self.side <= HIGHEST_SIDE:
            raise ValueError(
                f"The side must be {LOWEST_SIDE} to {HIGHEST_SIDE} pixels, got {self.side}."
            )
        for given, known in ((self.fit, FITS), (self.channels, CHANNELS)):
            if given is not None and given not in known:
                raise ValueError(f"Expected one of {', '.join(known)}, got '{given}'.")

    def to_json(self) -> dict[str, Any]:
        """For a manifest."""
        return asdict(self)


def settled(policy: Policy, looks: Sequence[ImageFacts], found: ValueRange | None = None) -> Policy:
    """The policy with every choice made, from a look at some images and the range of all values."""
    side, fit = policy.side, policy.fit
    if side is None:
        side = nearest_side([max(look.height, look.width) for look in looks])
    if fit is None:
        fit = "resize" if has_one_proportion(looks) else "pad"
    if policy.low is None or policy.high is None:
        found = found or range_over(look.values for look in looks)
        policy = on_scale(policy, found, *black_and_white(found))
    return replace(policy, side=side, fit=fit)


def on_scale(policy: Policy, found: ValueRange | None, low: float, high: float) -> Policy:
    """With these values as black and white, of data in which these were found."""
    scales_bytes = found is not None and found.has_bytes and (low, high) != BYTES
    return replace(policy, low=low, high=high, scales_bytes=scales_bytes)


def nearest_side(sides: Sequence[int]) -> int:
    """The friendly side nearest to the median one, at most 64; 28 stays 28."""
    if not sides:
        return 28
    median = statistics.median(sides)
    return min(SIDES, key=lambda side: (abs(side - median), -side))


def has_one_proportion(looks: Sequence[ImageFacts]) -> bool:
    """Whether stretching changes all of them alike, so that nothing is lost by it."""
    proportions = [look.width / look.height for look in looks]
    return not proportions or max(proportions) <= SAME_PROPORTION * min(proportions)
