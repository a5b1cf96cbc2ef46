"""Many short byte strings in one file, read one at a time: file names, originals.

A pack is two files: `name.bin` with all strings one after another, and `name.ends.npy` with where
each ends. Both are read where they lie, so a pack of any size costs no memory.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, overload

import numpy as np
from numpy.typing import NDArray


class Pack:
    """Reads a pack. Raises OSError or ValueError if its files are not what they should be."""

    def __init__(self, folder: Path, name: str):
        self._path = folder / f"{name}.bin"
        self._ends: NDArray[np.int64] = np.load(
            folder / f"{name}.ends.npy", mmap_mode="r", allow_pickle=False
        )
        if len(self._ends) and self._path.stat().st_size != self._ends[-1]:
            raise ValueError(f"{self._path} is not as long as its index says.")

    def __len__(self) -> int:
        return len(self._ends)

    def read(self, index: int) -> bytes:
        """The string at this place, from 0."""
        start = int(self._ends[index - 1]) if index else 0
        with self._path.open("rb") as file:
            file.seek(start)
            return file.read(int(self._ends[index]) - start)

    def __iter__(self) -> Iterator[bytes]:
        start = 0
        with self._path.open("rb") as file:
            for end in self._ends:
                yield file.read(int(end) - start)
                start = int(end)


class PackWriter:
    """Writes a pack, a string at a time."""

    def __init__(self, folder: Path, name: str):
        self._folder, self._name = folder, name
        self._file: BinaryIO = (folder / f"{name}.bin").open("wb")
        self._ends = bytearray()  # int64 each
        self._end = 0

    def add(self, content: bytes) -> None:
        """Write the next string."""
        self._file.write(content)
        self._end += len(content)
        self._ends += np.int64(self._end).tobytes()

    def read(self, index: int) -> bytes:
        """The string at this place, of those written so far."""
        self._file.flush()
        ends = np.frombuffer(self._ends, np.int64)[max(0, index - 1) : index + 1].tolist()
        start = ends[0] if index else 0
        with (self._folder / f"{self._name}.bin").open("rb") as file:
            file.seek(start)
            return file.read(ends[-1] - start)

    @property
    def size(self) -> int:
        """Bytes written so far."""
        return self._end

    def close(self) -> None:
        """Write the index."""
        self._file.close()
        ends = np.frombuffer(bytes(self._ends), np.int64)
        np.save(self._folder / f"{self._name}.ends.npy", ends, allow_pickle=False)

    def abandon(self) -> None:
        """Close the file without an index."""
        self._file.close()


class FileNames(Sequence[str]):
    """File names, read from a pack when asked for."""

    def __init__(self, pack: Pack):
        self._pack = pack

    def __len__(self) -> int:
        return len(self._pack)

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[str]: ...
    def __getitem__(self, index: int | slice) -> str | Sequence[str]:
        if isinstance(index, slice):
            return tuple(self[place] for place in range(*index.indices(len(self))))
        place = index + len(self) if index < 0 else index
        if not 0 <= place < len(self):
            raise IndexError(f"There are {len(self)} names, got index {index}.")
        return self._pack.read(place).decode()

    def __iter__(self) -> Iterator[str]:
        return (name.decode() for name in self._pack)
