"""IDX, the format that MNIST and its kin are published in, also as .gz.

Labels are read from the file beside it that MNIST's naming gives:
train-images-idx3-ubyte and train-labels-idx1-ubyte.
"""

from __future__ import annotations

import gzip
import math
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from ...data.import_report import Skipped
from ...errors import UserError
from ...limits import MOST_ITEM, MOST_SIDE, check_item, check_unpacked, check_vector
from ..items import Item, Source
from ..reading import AS_FOUND
from ..value_range import ValueRange, range_of, range_over
from .axes import chosen_axes

DTYPES = {0x08: "u1", 0x09: "i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
ROWS_AT_ONCE = 4 * 2**20  # bytes


class Idx(Source):
    """Images, (n, H, W) or (n, H, W, C), or vectors, (n, D)."""

    title = "IDX, as .gz too"

    def __init__(self, where: str, reading: Mapping[str, str] = AS_FOUND):
        super().__init__(where, reading)
        self.path = Path(where)
        self._dtype, self._shape = _read_header(self.path)
        if len(self._shape) not in (2, 3, 4):
            raise UserError(
                f"{self.path.name} holds labels, or no images: its shape is {self._shape}. "
                "Import the file of the images; their labels are found beside it."
            )
        self._axes = chosen_axes(self._shape, self._dtype, self.reading)
        self.kind, self._n = self._axes.kind, self._axes.n_rows(self._shape)
        self._check_rows()
        self._labels = self._read_labels()

    @staticmethod
    def accepts(where: str) -> bool:
        """By its first four bytes."""
        path = Path(where)
        if not path.is_file():
            return False
        try:
            with _opened(path) as file:
                return _is_magic(file.read(4))
        except (OSError, EOFError, zlib.error):
            return False

    def count(self) -> int:
        """Rows."""
        return self._n

    def value_range(self) -> ValueRange | None:
        """Of all rows."""
        return range_over(map(range_of, self._blocks()))

    def items(self) -> Iterator[Item | Skipped]:
        """Every row."""
        place = 0
        for rows in self._blocks():
            for row in rows:
                label = None if self._labels is None else str(self._labels[place])
                yield Item(f"#{place}", row, label)
                place += 1

    def _blocks(self) -> Iterator[NDArray[Any]]:
        """Examples as images or vectors, some at a time."""
        row_bytes = math.prod(self._shape) * self._dtype.itemsize // self._n
        step = max(1, ROWS_AT_ONCE // row_bytes)
        with _opened(self.path) as file:
            file.read(4 + 4 * len(self._shape))
            for start in range(0, self._n, step):
                count = min(step, self._n - start)
                content = _read(file, count * row_bytes, self.path)
                shape = self._shape if self._n == 1 else (count, *self._shape[1:])
                rows = self._axes.rows(np.frombuffer(content, self._dtype).reshape(shape))
                yield rows.astype(
                    np.float32 if self.kind == "vector" else rows.dtype.newbyteorder("=")
                )

    def _check_rows(self) -> None:
        """Refuse what takes more memory than is read at once."""
        n_numbers = math.prod(self._shape) // self._n
        n_bytes = n_numbers * self._dtype.itemsize
        if self.kind == "vector":
            check_vector(self.path.name, n_numbers)
        check_item(self.path.name, n_bytes)
        check_unpacked(self.path.name, self._n * n_bytes, self.path.stat().st_size)
        if not self._axes.reads_in_order:
            raise UserError(f"{self.path.name} must hold one example after the other.")

    def _read_labels(self) -> NDArray[Any] | None:
        beside = self.path.name.replace("images", "labels").replace("idx3", "idx1")
        if beside == self.path.name:
            return None
        bare = beside.removesuffix(".gz")
        names = (beside, bare, f"{bare}.gz")
        paths = (self.path.with_name(name) for name in names)
        path = next((each for each in paths if each.is_file()), None)
        if path is None:
            return None
        dtype, shape = _read_header(path)
        if len(shape) != 1 or shape[0] * dtype.itemsize > MOST_SIDE or shape[0] != self._n:
            raise UserError(
                f"{path.name} has labels of shape {shape}; expected one for each of the "
                f"{self._n} images of {self.path.name}."
            )
        with _opened(path) as file:
            file.read(8)
            return np.frombuffer(_read(file, shape[0] * dtype.itemsize, path), dtype)


def _is_magic(head: bytes) -> bool:
    return len(head) == 4 and head[:2] == b"\0\0" and head[2] in DTYPES and 1 <= head[3] <= 4


def _opened(path: Path) -> IO[bytes]:
    with path.open("rb") as file:
        is_packed = file.read(2) == b"\x1f\x8b"
    if is_packed:
        return gzip.open(path)  # type: ignore[return-value]
    return path.open("rb")


def _read_header(path: Path) -> tuple[np.dtype[Any], tuple[int, ...]]:
    with _opened(path) as file:
        head = _read(file, 4, path)
        if not _is_magic(head):
            raise UserError(f"{path.name} is no IDX file: it begins with {head.hex(' ')}.")
        sizes = np.frombuffer(_read(file, 4 * head[3], path), ">u4")
        shape = tuple(int(size) for size in sizes)
        dtype = np.dtype(DTYPES[head[2]])
        if 0 in shape:
            raise UserError(f"{path.name} is empty: its shape is {shape}.")
        if math.prod(shape[1:]) * dtype.itemsize > MOST_ITEM:
            raise UserError(f"{path.name} says that an example has shape {shape[1:]}: too large.")
        needed = 4 + 4 * len(shape) + math.prod(shape) * dtype.itemsize
        # A packed file's size is known only by unpacking it: it is found while it is read.
        if not isinstance(file, gzip.GzipFile) and needed > path.stat().st_size:
            raise UserError(
                f"{path.name} should have {needed} bytes for its shape {shape}; "
                f"it has {path.stat().st_size}. Was it copied whole?"
            )
    return dtype, shape


def _read(file: IO[bytes], n: int, path: Path) -> bytes:
    try:
        content = file.read(n)
    except (OSError, EOFError, zlib.error) as error:
        raise UserError(f"{path.name} is damaged: {error}.") from error
    if len(content) < n:
        raise UserError(f"{path.name} ends in the middle. Was it copied whole?")
    return content
