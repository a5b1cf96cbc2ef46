"""What the header of a .npy file says, checked before anything is allocated."""

from __future__ import annotations

import io
import math
from collections.abc import Callable
from typing import IO, Any

from numpy.lib import format as npy

VERSIONS = ((1, 0), (2, 0), (3, 0))
LONGEST = 10_000  # bytes of a header: more describes no array of numbers


class ArrayHeader:
    """The shape, the order and the type of an array; the file then is at its numbers.

    ValueError for what is no array, or none that is read.
    """

    def __init__(self, file: IO[bytes], size: int):
        """`size` is how many bytes the whole file has."""
        version = npy.read_magic(file)
        if version not in VERSIONS:
            raise ValueError(f"its format {version} is not known")
        of_length = file.read(2 if version == (1, 0) else 4)
        length = int.from_bytes(of_length, "little")
        if length > LONGEST:
            raise ValueError(f"its header says that it is {length:,} bytes long itself")
        read: Callable[[Any], Any] = (
            npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
        )
        text = file.read(length)
        self.shape, self.is_fortran, self.dtype = read(io.BytesIO(of_length + text))
        if self.dtype.hasobject:
            raise ValueError("it holds Python objects, which are never loaded")
        begins = npy.MAGIC_LEN + len(of_length) + len(text)
        if self.n_bytes > size - begins:
            raise ValueError(
                f"its header says shape {self.shape} of {self.dtype}, {self.n_bytes} bytes, "
                f"but only {size - begins} are there"
            )

    @property
    def n_bytes(self) -> int:
        """Of all its numbers."""
        return math.prod(self.shape) * int(self.dtype.itemsize)
