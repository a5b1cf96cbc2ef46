"""NumPy's .npy and .npz: images (n, H, W) or (n, H, W, C), or vectors (n, D).

No pickle is ever loaded. Sizes that a header claims are checked against the bytes that are there,
and against what is read at most, before anything is allocated; an .npz is read some rows at a time
from its archive.
"""

from __future__ import annotations

import math
import tokenize
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from ...data.import_report import Skipped
from ...errors import UserError
from ...labels.names import label_text, name_at, shown
from ...limits import MOST_SIDE, check_item, check_unpacked, check_vector
from ..folder_parts import OPTION
from ..gaps import choose_missing
from ..items import Item, Source
from ..reading import AS_FOUND
from ..value_range import ValueRange, range_of, range_over
from .array_header import ArrayHeader
from .axes import chosen_axes

BROKEN = (zipfile.BadZipFile, zlib.error, tokenize.TokenError)
IMAGES = ("x_train", "images", "x", "data", "train_images", "features", "vectors", "arr_0")
LABELS = ("y_train", "labels", "y", "target", "targets", "train_labels", "classes", "arr_1")
# The arrays of a test part with their labels, the likeliest first; without labels it is left alone.
TESTS = (
    *(("x_test", "y_test"), ("test_images", "test_labels")),
    *(("x_val", "y_val"), ("x_valid", "y_valid"), ("val_images", "val_labels")),
)
NAMES = ("file_names", "filenames", "names", "files")
COLUMN_NAMES = ("columns", "feature_names", "column_names", "var_names")
CLASS_NAMES = ("class_names", "target_names", "categories")
ROWS_AT_ONCE = 4 * 2**20  # bytes
MOST_AT_ONCE = 2**30  # bytes of an array whose examples do not lie one after the other


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
        """Rows of both parts."""
        return self._n + self.n_test

    def value_range(self) -> ValueRange | None:
        """Of all rows."""
        members = [self._member, self._test] if self._test else [self._member]
        return range_over(range_of(rows) for member in members for rows in self._blocks(member))

    def items(self) -> Iterator[Item | Skipped]:
        """Every row, those of the test part last."""
        for place, row in enumerate(self._rows(self._member)):
            name = _name(self._names[place]) if self._names is not None else f"#{place}"
            yield Item(name, row, self._class_name(self._labels, place))
        for place, row in enumerate(self._rows(self._test)) if self._test else ():
            name = f"{self._test_name} #{place}"
            yield Item(name, row, self._class_name(self._test_labels, place), in_test=True)

    def _open(self) -> None:
        self._labels: NDArray[Any] | None = None
        self._names: NDArray[Any] | None = None
        self._test: str | None = None  # its member
        self._test_labels: NDArray[Any] | None = None
        self._member: str | None = None
        found = _members(self.path) if self.path.suffix.lower() == ".npz" else None
        if found is not None:
            self._member = _first(IMAGES, found) or _largest(self.path, found)
            del found[self._member_key]
        with self._file(self._member) as (file, size):
            self._header = header = ArrayHeader(file, size)
        check_unpacked(self.path.name, header.n_bytes, self.path.stat().st_size)
        self._axes = chosen_axes(header.shape, header.dtype, self.reading)
        self.kind, self._n = self._axes.kind, self._axes.n_rows(header.shape)
        self._check_rows()
        if self.kind == "vector":
            choose_missing(self.reading, is_seen=False)
        if found is not None:
            self._read_others(found)

    def _check_rows(self) -> None:
        """Refuse what takes more memory than is read at once."""
        header, n_numbers = self._header, math.prod(self._header.shape) // self._n
        if self.kind == "vector":
            check_vector(self.path.name, n_numbers)
        check_item(self.path.name, n_numbers * header.dtype.itemsize)
        is_in_order = self._axes.reads_in_order and not header.is_fortran
        if not is_in_order and header.n_bytes > MOST_AT_ONCE:
            raise ValueError(
                "its examples do not lie one after the other; save it with the examples as the "
                "first axis, and with order='C'"
            )

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
        columns = _first(COLUMN_NAMES, found) if self.kind == "vector" else None
        if columns:
            n_numbers = math.prod(self._header.shape) // self._n
            self.columns = tuple(map(_name, self._side_array(columns, n_numbers)))
        used = {labels, names, class_names, columns, *self._choose_test(found)}
        if others := [key for key, member in found.items() if member not in used]:
            self.notes.append(f"Left alone in {self.path.name}: {', '.join(sorted(others))}.")

    def _choose_test(self, found: dict[str, str]) -> set[str]:
        """The members of the test part, if there is one that is to be kept."""
        lower = {key.lower(): key for key in found}
        pairs = {
            lower[images]: (found[lower[images]], found[lower[labels]])
            for images, labels in TESTS
            if images in lower and labels in lower and self._is_alike(found[lower[images]])
        }
        if not pairs or self._axes.order[0] is None:
            return set()
        options = {**{name: name for name in pairs}, "": "None"}
        self._test_name = self.reading.choose(OPTION, "Test part", options, next(iter(pairs)))
        if not self._test_name:
            return set()
        self._test, labels = pairs[self._test_name]
        with self._file(self._test) as (file, size):
            header = ArrayHeader(file, size)
        check_unpacked(self.path.name, header.n_bytes, self.path.stat().st_size)
        self.n_test = self._axes.n_rows(header.shape)
        self._test_labels = self._side_array(labels, self.n_test)
        return {self._test, labels}

    def _is_alike(self, member: str) -> bool:
        """Whether an array holds what the first one does, but for how many."""
        with self._file(member) as (file, size):
            other, header = ArrayHeader(file, size), self._header
        shapes = [list(each.shape) for each in (other, header)]
        if len(shapes[0]) != len(shapes[1]) or 0 in other.shape or other.dtype.kind not in "buif":
            return False
        for shape in shapes:
            shape[self._axes.order[0] or 0] = 0
        is_in_order = self._axes.reads_in_order and not other.is_fortran
        return shapes[0] == shapes[1] and (is_in_order or other.n_bytes <= MOST_AT_ONCE)

    def _side_array(self, member: str, n: int | None = None) -> NDArray[Any]:
        """Labels or names: `n` of them, as many as there are rows; any number if n is 0."""
        with zipfile.ZipFile(self.path) as archive, archive.open(member) as file:
            header = ArrayHeader(file, archive.getinfo(member).file_size)
            if header.n_bytes > MOST_SIDE:
                raise ValueError(f"{member} is too large for labels or names")
            content = self._whole(file, header.n_bytes)
        values = np.frombuffer(content, header.dtype)
        values = values.reshape(header.shape, order="F" if header.is_fortran else "C").squeeze()
        expected = self._n if n is None else n
        values = np.atleast_1d(values)
        if expected and (values.ndim != 1 or len(values) != expected):
            raise ValueError(
                f"{member.removesuffix('.npy')} has shape {values.shape}; "
                f"expected one for each of the {expected} rows"
            )
        return values

    def _class_name(self, labels: NDArray[Any] | None, place: int) -> str | None:
        if labels is None:
            return None
        return name_at(label_text(labels[place].item()), self.class_names)

    @contextmanager
    def _file(self, member: str | None) -> Iterator[tuple[IO[bytes], int]]:
        """An array's bytes, and how many there are; that of an .npy is no member."""
        if member is None:
            with self.path.open("rb") as file:
                yield file, self.path.stat().st_size
        else:
            with zipfile.ZipFile(self.path) as archive, archive.open(member) as content:
                yield content, archive.getinfo(member).file_size

    def _rows(self, member: str | None) -> Iterator[NDArray[Any]]:
        return (row for rows in self._blocks(member) for row in rows)

    def _blocks(self, member: str | None) -> Iterator[NDArray[Any]]:
        """Examples as images or vectors, some at a time."""
        with self._file(member) as (file, size):
            header = ArrayHeader(file, size)
            n = self._axes.n_rows(header.shape)
            if not self._axes.reads_in_order or header.is_fortran:
                whole = np.frombuffer(self._whole(file, header.n_bytes), header.dtype)
                whole = whole.reshape(header.shape, order="F" if header.is_fortran else "C")
                yield from self._parts(self._axes.rows(whole))
                return
            row_bytes = header.n_bytes // n
            step = max(1, ROWS_AT_ONCE // max(1, row_bytes))
            for start in range(0, n, step):
                count = min(step, n - start)
                rows = np.frombuffer(self._whole(file, count * row_bytes), header.dtype)
                shape = header.shape if self._axes.order[0] is None else (count, *header.shape[1:])
                yield self._as_rows(self._axes.rows(rows.reshape(shape)))

    def _parts(self, rows: NDArray[Any]) -> Iterator[NDArray[Any]]:
        step = max(1, ROWS_AT_ONCE // max(1, rows[0].nbytes))
        for start in range(0, len(rows), step):
            yield self._as_rows(rows[start : start + step])

    def _whole(self, file: IO[bytes], n_bytes: int) -> bytearray:
        """The next bytes, without a second copy of them. UserError if there are fewer."""
        content, place = bytearray(n_bytes), 0
        view = memoryview(content)
        while place < n_bytes:
            part = file.read(min(ROWS_AT_ONCE, n_bytes - place))
            if not part:
                raise UserError(f"{self.path.name} ends in the middle. Was it copied whole?")
            view[place : place + len(part)] = part
            place += len(part)
        return content

    def _as_rows(self, rows: NDArray[Any]) -> NDArray[Any]:
        if self.kind == "vector":
            return rows.astype(np.float32)
        return rows if rows.dtype.isnative else rows.astype(rows.dtype.newbyteorder("="))


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
