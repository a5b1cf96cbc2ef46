"""NumPy's .npy and .npz: images (n, H, W) or (n, H, W, C), or vectors (n, D).

No pickle is ever loaded. Sizes that a header claims are checked against the bytes that are there
before anything is allocated, and an .npz is read row by row from its archive.
"""

from __future__ import annotations

import math
import tokenize
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from ...data.import_report import Skipped
from ...errors import UserError
from ...labels.names import label_text, shown
from ..items import Item, Source
from ..reading import AS_FOUND

BROKEN = (zipfile.BadZipFile, zlib.error, tokenize.TokenError)
IMAGES = ("x_train", "images", "x", "data", "train_images", "features", "vectors", "arr_0")
LABELS = ("y_train", "labels", "y", "target", "targets", "train_labels", "classes", "arr_1")
NAMES = ("file_names", "filenames", "names", "files")
CLASS_NAMES = ("class_names", "target_names", "categories")
ROWS_AT_ONCE = 4 * 2**20  # bytes
MOST_SIDE_ARRAY = 256 * 2**20  # bytes of labels or names


class Header:
    """What an array's header says."""

    def __init__(self, file: IO[bytes], size: int):
        version = npy.read_magic(file)
        if version not in ((1, 0), (2, 0), (3, 0)):
            raise ValueError(f"its format {version} is not known")
        read: Callable[[Any], Any] = (
            npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
        )
        self.shape, self.is_fortran, self.dtype = read(file)
        if self.dtype.hasobject:
            raise ValueError("it holds Python objects, which are never loaded")
        needed = math.prod(self.shape) * self.dtype.itemsize
        if needed > size - file.tell():
            raise ValueError(
                f"its header says shape {self.shape} of {self.dtype}, {needed} bytes, "
                f"but only {size - file.tell()} are there"
            )


class Arrays(Source):
    """Rows of an array, with labels and file names where the .npz has them."""

    title = ".npz or .npy"

    def __init__(self, where: str, reading: Mapping[str, str] = AS_FOUND):
        super().__init__(where, reading)
        self.path = Path(where)
        try:
            self._open()
        except (*BROKEN, OSError, ValueError, EOFError, KeyError, SyntaxError) as error:
            raise UserError(f"{self.path.name} cannot be read: {error}.") from error

    @staticmethod
    def accepts(where: str) -> bool:
        """By suffix."""
        return Path(where).suffix.lower() in (".npz", ".npy") and Path(where).is_file()

    def count(self) -> int:
        """Rows."""
        return self._shape[0]

    def items(self) -> Iterator[Item | Skipped]:
        """Every row."""
        place = 0
        for rows in self._blocks():
            for row in rows:
                name = _name(self._names[place]) if self._names is not None else f"#{place}"
                yield Item(name, row, self._class_name(place))
                place += 1

    def _open(self) -> None:
        self._labels: NDArray[Any] | None = None
        self._names: NDArray[Any] | None = None
        self._member: str | None = None
        found = _members(self.path) if self.path.suffix.lower() == ".npz" else None
        if found is not None:
            self._member = _first(IMAGES, found) or _largest(self.path, found)
            del found[self._member_key]
        with self._file() as (file, size):
            header = Header(file, size)
        self._shape, self._dtype = header.shape, header.dtype
        self._is_fortran = header.is_fortran
        if self._is_fortran and math.prod(self._shape) * self._dtype.itemsize > 2**30:
            raise ValueError("it is stored column by column; save it with order='C'")
        self._moves_channels = _is_channels_first(self._shape)
        self.kind = _kind(self._shape, self._dtype)
        if found is not None:
            self._read_others(found)

    @property
    def _member_key(self) -> str:
        assert self._member is not None
        return self._member.removesuffix(".npy")

    def _read_others(self, found: dict[str, str]) -> None:
        labels, names = _first(LABELS, found), _first(NAMES, found)
        class_names = _first(CLASS_NAMES, found)
        if labels:
            self._labels = self._side_array(labels)
        if names:
            self._names = self._side_array(names)
        if class_names:
            self.class_names = tuple(map(_name, self._side_array(class_names, 0)))
        used = {labels, names, class_names}
        if others := [key for key, member in found.items() if member not in used]:
            self.notes.append(f"Left alone in {self.path.name}: {', '.join(sorted(others))}.")

    def _side_array(self, member: str, n: int | None = None) -> NDArray[Any]:
        """Labels or names, as many as there are rows (any number if n is 0)."""
        with zipfile.ZipFile(self.path) as archive, archive.open(member) as file:
            header = Header(file, archive.getinfo(member).file_size)
            if math.prod(header.shape) * header.dtype.itemsize > MOST_SIDE_ARRAY:
                raise ValueError(f"{member} is too large for labels or names")
        with np.load(self.path, allow_pickle=False) as arrays:
            values: NDArray[Any] = arrays[member.removesuffix(".npy")].squeeze()
        if n is None and (values.ndim != 1 or len(values) != self._shape[0]):
            raise ValueError(
                f"{member.removesuffix('.npy')} has shape {values.shape}; "
                f"expected one for each of the {self._shape[0]} rows"
            )
        return np.atleast_1d(values)

    def _class_name(self, place: int) -> str | None:
        if self._labels is None:
            return None
        label = label_text(self._labels[place].item())
        if label and label.isdecimal() and int(label) < len(self.class_names):
            return self.class_names[int(label)]
        return label

    @contextmanager
    def _file(self) -> Iterator[tuple[IO[bytes], int]]:
        """The array's bytes, and how many there are."""
        if self._member is None:
            with self.path.open("rb") as file:
                yield file, self.path.stat().st_size
        else:
            with zipfile.ZipFile(self.path) as archive, archive.open(self._member) as member:
                yield member, archive.getinfo(self._member).file_size

    def _blocks(self) -> Iterator[NDArray[Any]]:
        """Rows, some at a time."""
        n, row_shape = self._shape[0], self._shape[1:]
        row_bytes = max(1, math.prod(row_shape) * self._dtype.itemsize)
        step = max(1, ROWS_AT_ONCE // row_bytes)
        with self._file() as (file, size):
            Header(file, size)
            if self._is_fortran:
                whole = np.frombuffer(file.read(n * row_bytes), self._dtype)
                yield self._as_rows(whole.reshape(self._shape, order="F"))
                return
            for start in range(0, n, step):
                count = min(step, n - start)
                content = file.read(count * row_bytes)
                if len(content) < count * row_bytes:
                    raise UserError(f"{self.path.name} ends in the middle. Was it copied whole?")
                rows = np.frombuffer(content, self._dtype).reshape(count, *row_shape)
                yield self._as_rows(rows)

    def _as_rows(self, rows: NDArray[Any]) -> NDArray[Any]:
        if self.kind == "vector":
            return rows.astype(np.float32)
        if not rows.dtype.isnative:
            rows = rows.astype(rows.dtype.newbyteorder("="))
        return np.moveaxis(rows, 1, -1) if self._moves_channels else rows


def _name(value: Any) -> str:
    """A name of an array of text or of bytes."""
    return shown(
        value.decode("utf-8", "surrogateescape") if isinstance(value, bytes) else str(value)
    )


def _members(path: Path) -> dict[str, str]:
    """The arrays of an .npz: {name: member}."""
    with zipfile.ZipFile(path) as archive:
        names = [name for name in archive.namelist() if name.endswith(".npy")]
    if not names:
        raise ValueError("it holds no array")
    return {name.removesuffix(".npy"): name for name in names}


def _first(wanted: tuple[str, ...], found: dict[str, str]) -> str | None:
    """The member with the first of these names, in any case."""
    lower = {key.lower(): member for key, member in found.items()}
    return next((lower[name] for name in wanted if name in lower), None)


def _largest(path: Path, found: dict[str, str]) -> str:
    with zipfile.ZipFile(path) as archive:
        return max(found.values(), key=lambda member: archive.getinfo(member).file_size)


def _is_channels_first(shape: tuple[int, ...]) -> bool:
    return len(shape) == 4 and shape[1] in (1, 3) and shape[3] not in (1, 2, 3, 4)


def _kind(shape: tuple[int, ...], dtype: np.dtype[Any]) -> str:
    """Image or vector. ValueError for arrays that are neither."""
    if dtype.kind not in "buif":
        raise ValueError(f"expected numbers, it holds {dtype}")
    if 0 in shape:
        raise ValueError(f"it is empty: shape {shape}")
    if len(shape) == 2:
        return "vector"
    is_image = len(shape) == 3 or (
        len(shape) == 4 and (shape[3] in (1, 2, 3, 4) or _is_channels_first(shape))
    )
    if not is_image:
        raise ValueError(
            f"expected images (n, H, W) or (n, H, W, C), or vectors (n, D); got shape {shape}"
        )
    return "image"
