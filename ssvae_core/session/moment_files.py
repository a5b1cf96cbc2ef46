"""A moment in a file: a line of JSON that says what it is, then its arrays, each compressed.

The line is all that is read until somebody asks for an array. Every array is bytes with a checksum
of its own (zlib's); what is damaged is told by ValueError.
"""

from __future__ import annotations

import json
import math
import os
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from ..storage.whole import write_bytes_whole

LONGEST_HEAD = 1 << 16  # bytes of the line
LARGEST = 1 << 28  # bytes that an array may unpack to
ARRAYS = "arrays"
LEVEL = 6  # of zlib

Bytes = NDArray[np.uint8]


def packed(about: Mapping[str, Any], arrays: Mapping[str, Bytes]) -> bytes:
    """The content of a file: what it is about, as JSON, and arrays of bytes by name."""
    blobs = {name: zlib.compress(array.tobytes(), LEVEL) for name, array in arrays.items()}
    told = {name: [list(array.shape), len(blobs[name])] for name, array in arrays.items()}
    line = json.dumps({**about, ARRAYS: told}).encode()
    return line + b"\n" + b"".join(blobs.values())


def write_moment(path: Path, content: bytes) -> None:
    """The file, whole or not at all. OSError where it cannot be written."""
    path.parent.mkdir(exist_ok=True)
    write_bytes_whole(path, content)


def read_about(path: Path) -> dict[str, Any]:
    """What a file is about. OSError or ValueError where it cannot be read."""
    with path.open("rb") as file:
        return _head(file)[0]


def read_moment(path: Path, name: str) -> Bytes:
    """One of its arrays. OSError or ValueError where it cannot be read, KeyError if it has none."""
    with path.open("rb") as file:
        about, start = _head(file)
        for other, (shape, length) in about[ARRAYS].items():
            if other == name:
                file.seek(start)
                return _unpacked(file.read(length), shape)
            start += length
    raise KeyError(name)


def _head(file: IO[bytes]) -> tuple[dict[str, Any], int]:
    """The line, and where the arrays begin."""
    line = file.readline(LONGEST_HEAD)
    try:
        about = json.loads(line)
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    if not isinstance(about, dict) or not isinstance(about.get(ARRAYS), dict):
        raise ValueError("it does not say what is in it")
    size = os.fstat(file.fileno()).st_size
    for told in about[ARRAYS].values():
        if not (isinstance(told, list) and len(told) == 2 and _is_shape(told[0])):
            raise ValueError("it does not say how large its arrays are")
        if type(told[1]) is not int or not 0 <= told[1] <= size:
            raise ValueError("it promises more than there is")
    return about, len(line)


def _is_shape(shape: object) -> bool:
    return (
        isinstance(shape, list)
        and 0 < len(shape) <= 5
        and all(type(side) is int and side >= 0 for side in shape)
        and math.prod(shape) <= LARGEST
    )


def _unpacked(blob: bytes, shape: list[int]) -> Bytes:
    unpacker, n = zlib.decompressobj(), math.prod(shape)
    try:
        values = unpacker.decompress(blob, n + 1)
    except zlib.error as error:
        raise ValueError(f"an array is damaged ({error})") from error
    if len(values) != n or not unpacker.eof:
        raise ValueError(f"an array of {n} bytes was expected, got {len(values)}")
    return np.frombuffer(values, np.uint8).reshape(shape)
