"""An array on disk that is written a few rows at a time."""

from __future__ import annotations

from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray


class RowFile:
    """An .npy file that grows: its header leaves room for any number of rows."""

    def __init__(self, path: Path, shape: tuple[int, ...], dtype: Any):
        self.path, self.shape, self.dtype, self.n = path, shape, np.dtype(dtype), 0
        self._file: BinaryIO = path.open("w+b")
        self._write_header()

    def add(self, rows: NDArray[Any]) -> None:
        """Write rows: (n, *shape)."""
        assert rows.shape[1:] == self.shape
        self._file.write(np.ascontiguousarray(rows, self.dtype).data)
        self.n += len(rows)

    def close(self) -> None:
        """Say in the header how many there are."""
        self._file.seek(0)
        self._write_header()
        self._file.close()

    def values(self) -> NDArray[Any]:
        """What was written so far, to be changed in place: (n, *shape)."""
        end = self._file.tell()
        self._file.seek(0)
        self._write_header()
        self._file.seek(end)
        self._file.flush()
        found: NDArray[Any] = np.load(self.path, mmap_mode="r+", allow_pickle=False)
        return found

    def abandon(self) -> None:
        """Close it as it is."""
        self._file.close()

    def _write_header(self) -> None:
        descr = npy.dtype_to_descr(self.dtype)
        head = {"descr": descr, "fortran_order": False, "shape": (self.n, *self.shape)}
        npy.write_array_header_1_0(self._file, head)
