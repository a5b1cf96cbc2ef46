"""Which values of an array, or of a deep image, become black and white.

They are found over all of the data, so that brightness can be compared between images and nothing
is clipped; what was found is shown, and another range can be chosen.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..errors import UserError

DEPTHS = (8, 10, 12, 14, 16, 32, 64)  # bits of whole numbers
SMALL = 64  # bytes up to which all values of an image look black
USUAL = ((0, 1), (-1, 1), (0, 16), (0, 255), (0, 4095), (0, 65535))
BYTES = (0.0, 255.0)


@dataclass(frozen=True)
class ValueRange:
    """The smallest and the largest value that were found, and what they are."""

    low: float
    high: float
    is_float: bool = False  # or whole numbers, whatever they are stored as
    is_byte: bool = False  # whole numbers of 8 bits
    has_bytes: bool = False  # some of them are

    @property
    def is_settled(self) -> bool:
        """Whether more of the data cannot change what becomes black and white."""
        return self.is_byte and self.high > SMALL

    def __or__(self, other: ValueRange) -> ValueRange:
        return ValueRange(
            min(self.low, other.low),
            max(self.high, other.high),
            self.is_float or other.is_float,
            self.is_byte and other.is_byte,
            self.has_bytes or other.has_bytes,
        )


def range_of(values: NDArray[np.generic]) -> ValueRange | None:
    """Of the finite numbers of an array; None if there are none."""
    is_float, is_byte = values.dtype.kind == "f", values.dtype == np.uint8
    finite = values[np.isfinite(values)] if is_float else values
    if not finite.size:
        return None
    low, high = float(finite.min()), float(finite.max())
    has_fractions = is_float and not np.array_equal(finite, np.rint(finite))
    return ValueRange(low, high, has_fractions, is_byte, is_byte)


def range_over(found: Iterable[ValueRange | None]) -> ValueRange | None:
    """Of all of these, read as far as they matter."""
    whole: ValueRange | None = None
    for each in found:
        whole = each if whole is None else whole if each is None else whole | each
        if whole is not None and whole.is_settled:
            break
    return whole


def black_and_white(found: ValueRange | None) -> tuple[float, float]:
    """What becomes 0 and 255.

    Small whole numbers, such as 0 and 1 or 0 to 16: from 0 to the largest. Others: from 0 to the
    largest that the fewest usual bits hold (12 bits of 16 are common in microscopes). Fractions:
    0 to 1, -1 to 1 or 0 to 255 where that is how they lie, otherwise from the smallest on.
    """
    if found is None:
        return 0.0, 65535.0
    low, high = found.low, found.high
    if found.is_float:
        return _of_fractions(low, high)
    if low >= 0 and high <= SMALL:
        return 0.0, max(high, 1.0)
    if low < 0:
        return low, max(high, low + 1)
    bits = int(high).bit_length()
    return 0.0, next((float(2**depth - 1) for depth in DEPTHS if depth >= bits), high)


def _of_fractions(low: float, high: float) -> tuple[float, float]:
    if low >= 0:
        if high <= 1:
            return 0.0, 1.0
        if SMALL < high <= 255:
            return BYTES
        return (0.0, high) if low < high / 2 else (low, max(high, low + 1))
    if low >= -1 and high <= 1 and high > 0:
        return -1.0, 1.0
    return (low, high) if high > low else (low, low + 1)


def in_words(low: float, high: float) -> str:
    """0 to 255."""
    return f"{low:g} to {high:g}"


def choices(found: ValueRange) -> dict[str, tuple[float, float]]:
    """Ranges that hold everything, likeliest first: {in words: what becomes black and white}."""
    least = (found.low, found.high if found.high > found.low else found.low + 1)
    usual = [(float(a), float(b)) for a, b in USUAL if a <= found.low and found.high <= b]
    ranges = [black_and_white(found), *usual, least]
    return {in_words(*each): each for each in ranges}


def scale_of(named: str, found: ValueRange) -> tuple[float, float]:
    """A range by its words: "0 to 16". UserError for what is none."""
    try:
        low, high = (float(part) for part in named.split(" to "))
    except ValueError:
        low = high = np.nan
    if not (np.isfinite([low, high]).all() and low < high):
        raise UserError(
            f"The values must be two numbers, such as '0 to 255', got '{named[:80]}'. "
            f"Found: {in_words(found.low, found.high)}."
        )
    return low, high
