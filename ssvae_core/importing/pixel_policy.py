"""How images of any size become examples of one size, chosen from a look at some of them."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

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
DEPTHS = (8, 10, 12, 14, 16, 32, 64)  # bits of whole numbers
SAME_PROPORTION = 1.1  # widths over heights that differ by less are one proportion


@dataclass(frozen=True)
class Look:
    """What one image is, before it is made an example."""

    height: int
    width: int
    is_colour: bool
    low: float | None = None  # smallest and largest value, where they are not bytes
    high: float | None = None
    is_float: bool = False


@dataclass(frozen=True)
class Policy:
    """What is done to each image. None is chosen from the data."""

    side: int | None = None  # pixels, of the square that a model sees
    fit: str | None = None  # a key of FITS
    channels: str = "auto"  # a key of CHANNELS
    low: float | None = None  # the value that becomes 0, of images deeper than 8 bits
    high: float | None = None  # the value that becomes 255

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


def settled(policy: Policy, looks: Sequence[Look]) -> Policy:
    """The policy with every choice made, from a look at some of the images."""
    side, fit = policy.side, policy.fit
    if side is None:
        side = nearest_side([max(look.height, look.width) for look in looks])
    if fit is None:
        fit = "resize" if has_one_proportion(looks) else "pad"
    low, high = policy.low, policy.high
    if low is None or high is None:
        low, high = value_range(looks)
    return replace(policy, side=side, fit=fit, low=low, high=high)


def nearest_side(sides: Sequence[int]) -> int:
    """The friendly side nearest to the median one, at most 64; 28 stays 28."""
    if not sides:
        return 28
    median = statistics.median(sides)
    return min(SIDES, key=lambda side: (abs(side - median), -side))


def has_one_proportion(looks: Sequence[Look]) -> bool:
    """Whether stretching changes all of them alike, so that nothing is lost by it."""
    proportions = [look.width / look.height for look in looks]
    return not proportions or max(proportions) <= SAME_PROPORTION * min(proportions)


def value_range(looks: Sequence[Look]) -> tuple[float, float]:
    """The values that become black and white, the same for all images deeper than 8 bits.

    So that brightness can be compared between images. Whole numbers: from 0 to the largest that
    the fewest bits hold that hold all values seen (12 bits of 16 are common in microscopes). Floats
    in [0, 1] stay as they are, others go from the smallest to the largest seen.
    """
    lows = [look.low for look in looks if look.low is not None]
    highs = [look.high for look in looks if look.high is not None]
    if not lows:
        return 0.0, 65535.0
    low, high = min(lows), max(highs)
    if any(look.is_float for look in looks):
        if low >= 0 and high <= 1:
            return 0.0, 1.0
        return (low, high) if high > low else (low, low + 1)
    bits = int(max(high, 1)).bit_length()
    depth = next(depth for depth in DEPTHS if depth >= bits)
    return min(low, 0.0), float(2**depth - 1)
