"""Messages on a socket: 4 bytes of length, a JSON header, then the arrays as raw buffers.

    length   uint32, little endian, of the header in bytes
    header   {"v": 1, "type": "Labels", "from_seq": 3, ..., "arrays": [{name, dtype, shape}, ...]}
    buffers  one after the other as the header names them, C order, little endian

Nothing in it is ever executed, and nothing is allocated before its size was checked. After a
ProtocolError the place in the stream is lost: close the connection.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import math
import socket
import struct
import threading
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .message_checks import ProtocolError, check, hints, holds, is_needed, short
from .messages import MESSAGES, Message

__all__ = ["Connection", "ProtocolError", "encode"]

Array = NDArray[Any]

VERSION = 1
MAX_HEADER = 1_000_000  # bytes
MAX_ARRAYS = 1_000_000_000  # bytes, of all arrays of a message together
DTYPES = ("uint8", "int16", "int32", "int64", "float16", "float32", "float64")
MAX_AXES = 8


class Connection:
    """One end of a socket. Any thread may send; one thread at a time may receive."""

    def __init__(self, sock: socket.socket, timeout: float | None = None):
        """`timeout`: seconds without a byte after which receive and send raise TimeoutError."""
        sock.settimeout(timeout)
        self._socket = sock
        self._sending = threading.Lock()

    def send(self, message: Message) -> None:
        """Send, whole. OSError when the other end is gone."""
        buffers = encode(message)
        with self._sending:
            for buffer in buffers:
                self._socket.sendall(buffer)

    def receive(self) -> Message | None:
        """Wait for the next message; None when the other end is gone."""
        first = self._read(4, "the length of a message", may_end=True)
        if first is None:
            return None
        (length,) = struct.unpack("<I", first)
        if length > MAX_HEADER:
            raise ProtocolError(
                f"A header of at most {MAX_HEADER} bytes was expected, one of {length} came."
            )
        header = _parse(self._read(length, "the header"))
        arrays = {
            name: self._read_array(name, dtype, shape) for name, dtype, shape in _listed(header)
        }
        return _message(header, arrays)

    def finish_sending(self) -> None:
        """Tell the other end that nothing more will come; what it sends can still be received."""
        self._shut(socket.SHUT_WR)

    def interrupt(self) -> None:
        """Make a receive() that is waiting in another thread end, as if the other end had gone."""
        self._shut(socket.SHUT_RD)

    def abort(self) -> None:
        """End both directions for both ends; whoever waits on the connection stops waiting."""
        self._shut(socket.SHUT_RDWR)

    def close(self) -> None:
        """Let go of the socket."""
        self.abort()
        self._socket.close()

    def _shut(self, direction: int) -> None:
        with contextlib.suppress(OSError):  # gone already
            self._socket.shutdown(direction)

    def _read_array(self, name: str, dtype: str, shape: tuple[int, ...]) -> Array:
        values = np.empty(shape, np.dtype(dtype).newbyteorder("<"))
        if values.size:
            self._fill(values.reshape(-1).view(np.uint8).data, f"the array {name!r}")
        return values.astype(dtype, copy=False)

    def _read(self, n_bytes: int, what: str, may_end: bool = False) -> bytes | None:
        buffer = bytearray(n_bytes)
        if not self._fill(memoryview(buffer), what, may_end):
            return None
        return bytes(buffer)

    def _fill(self, buffer: memoryview, what: str, may_end: bool = False) -> bool:
        """Fill the buffer from the socket. False if the stream ends first, and may."""
        n_bytes = 0
        while n_bytes < len(buffer):
            try:
                got = self._socket.recv_into(buffer[n_bytes:])
            except ConnectionError:
                got = 0  # a killed process leaves a reset, not an end: for us the same
            if got == 0:
                if may_end and n_bytes == 0:
                    return False
                raise ProtocolError(
                    f"{len(buffer)} bytes were expected for {what}, "
                    f"but the stream ended after {n_bytes}."
                )
            n_bytes += got
        return True


def encode(message: Message) -> list[bytes | memoryview]:
    """The message as it goes over the wire, in pieces. ProtocolError where it is not valid."""
    check(message)
    kind = type(message)
    header: dict[str, Any] = {"v": VERSION, "type": kind.__name__, "arrays": []}
    buffers: list[bytes | memoryview] = []
    total = 0
    for name, hint in hints(kind.__name__).items():
        value, expected = getattr(message, name), holds(hint)
        if expected is None:
            header[name] = value
        elif value is not None:
            header["arrays"].append({"name": name, "dtype": expected.dtype, "shape": value.shape})
            total += value.nbytes
            little = np.asarray(value, np.dtype(expected.dtype).newbyteorder("<"), order="C")
            buffers.append(little.reshape(-1).view(np.uint8).data)
    _check_size(total)
    try:
        text = json.dumps(header).encode()
    except (TypeError, ValueError) as error:
        raise ProtocolError(f"{kind.__name__} holds what JSON cannot: {error}.") from error
    if len(text) > MAX_HEADER:
        raise ProtocolError(
            f"A header of at most {MAX_HEADER} bytes was expected, "
            f"{kind.__name__} has one of {len(text)}."
        )
    return [struct.pack("<I", len(text)) + text, *buffers]


def _parse(text: bytes | None) -> dict[str, Any]:
    try:
        header = json.loads(text or b"")
    except (ValueError, RecursionError) as error:
        raise ProtocolError(f"A JSON header was expected, got {short(text)}: {error}.") from error
    if not isinstance(header, dict):
        raise ProtocolError(f"A JSON object was expected as header, got {short(header)}.")
    if header.get("v") != VERSION:
        raise ProtocolError(
            f"Protocol version {VERSION} was expected, got {short(header.get('v'))}. "
            "App and trainer are not of the same release: restart the app."
        )
    if not isinstance(header.get("type"), str) or header["type"] not in MESSAGES:
        raise ProtocolError(
            f"A message of type {', '.join(MESSAGES)} was expected, "
            f"got {short(header.get('type'))}."
        )
    return header


def _listed(header: dict[str, Any]) -> list[tuple[str, str, tuple[int, ...]]]:
    """Name, dtype and shape of the arrays that follow the header, checked, none read yet."""
    listed = header.get("arrays")
    if not isinstance(listed, list):
        raise ProtocolError(f"A list of arrays was expected in the header, got {short(listed)}.")
    arrays, total = [], 0
    for entry in listed:
        if not isinstance(entry, dict) or not isinstance(entry.get("name"), str):
            raise ProtocolError(f"An array's name, dtype and shape expected, got {short(entry)}.")
        name, dtype, shape = entry["name"], entry.get("dtype"), entry.get("shape")
        if dtype not in DTYPES:
            raise ProtocolError(
                f"The array {name!r} was expected to be of {', '.join(DTYPES)}, got {short(dtype)}."
            )
        if not isinstance(shape, list) or len(shape) > MAX_AXES or not all(map(_is_size, shape)):
            raise ProtocolError(
                f"The array {name!r} was expected to have a shape of at most {MAX_AXES} sizes "
                f"from 0 up, got {short(shape)}."
            )
        total += math.prod(max(size, 1) for size in shape) * np.dtype(dtype).itemsize
        arrays.append((name, str(dtype), tuple(shape)))
    _check_size(total)
    return arrays


def _message(header: dict[str, Any], arrays: Mapping[str, Array]) -> Message:
    kind = MESSAGES[header["type"]]
    values = {name: header[name] for name in header if name not in ("v", "type", "arrays")}
    values |= arrays
    fields = {field.name: field for field in dataclasses.fields(kind)}
    if strange := sorted(values.keys() - fields.keys()):
        raise ProtocolError(f"{kind.__name__} has no field {short(strange[0])}.")
    needed = {name for name, field in fields.items() if is_needed(field)}
    if missing := sorted(needed - values.keys()):
        raise ProtocolError(f"{kind.__name__} was expected to have {missing[0]!r}; it is missing.")
    try:
        message = kind(**values)
    except (TypeError, ValueError) as error:
        raise ProtocolError(f"{kind.__name__} is not valid: {error}.") from error
    check(message)
    return message


def _check_size(n_bytes: int) -> None:
    if n_bytes > MAX_ARRAYS:
        raise ProtocolError(
            f"Arrays of at most {MAX_ARRAYS} bytes together were expected, got {n_bytes}."
        )


def _is_size(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0
