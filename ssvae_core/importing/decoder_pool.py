"""Processes that decode images, so that the app stays quick and a decoder that crashes costs one
file. Run as a module, this file is such a process.

A process reads questions from its stdin and writes answers to its stdout: a length, a JSON object
of that length, and the raw bytes it announces. Nothing is pickled: who takes over a decoder by a
file made for it can send pixels, and nothing else. At the end of its stdin it ends.
"""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any

import numpy as np

from ..data.import_report import Skipped
from ..system import environment
from .decoding import Decoded, decode, decode_array, decode_vector, why_skipped
from .items import Item
from .pixel_policy import Policy

ITEMS_AT_ONCE = 64
BYTES_AT_ONCE = 16 * 2**20
MOST_PROCESSES = 8

Blob = Path | bytes
Outcome = Decoded | Skipped


class DecoderCrashed(Exception):
    """Raised where a process ended in the middle of an answer."""


class DecoderProcess:
    """One process, asked by one thread at a time."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "ssvae_core.importing.decoder_pool"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,  # Ctrl-C is for whoever imports
            env=environment(),
        )

    def decode(self, files: Sequence[tuple[str, Blob]], policy: Policy) -> list[Outcome]:
        """Decode these. DecoderCrashed if the process does not live to answer."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        question = {
            "policy": policy.to_json(),
            "files": [
                [name, os.fsdecode(blob) if isinstance(blob, Path) else len(blob)]
                for name, blob in files
            ],
        }
        try:
            blobs = [blob for _, blob in files if isinstance(blob, bytes)]
            send(self._process.stdin, question, blobs)
            answers = receive(self._process.stdout)
            return [_read_outcome(answer, self._process.stdout) for answer in answers]
        except (OSError, EOFError, ValueError) as error:
            raise DecoderCrashed from error

    def close(self) -> None:
        """End it."""
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            assert stream is not None
            with suppress(OSError):  # what was still to be sent to a process that is gone
                stream.close()


class DecoderPool:
    """Decodes in several processes; 0 processes decode in this one. Close it after use."""

    def __init__(self, n_processes: int | None = None):
        if n_processes is None:
            n_processes = min(os.cpu_count() or 1, MOST_PROCESSES)
        self.n_processes = n_processes
        self._threads = ThreadPoolExecutor(max(1, n_processes))
        self._idle: queue.SimpleQueue[DecoderProcess | None] = queue.SimpleQueue()
        for _ in range(n_processes):
            self._idle.put(None)  # started when first needed

    def outcomes(
        self, items: Iterable[Item | Skipped], policy: Policy
    ) -> Iterator[list[tuple[Item | Skipped, Outcome]]]:
        """Each item with what came of it, in order, some at a time; a few groups are under way."""
        under_way: deque[tuple[list[Item | Skipped], Future[list[Outcome]]]] = deque()
        for group, blobs in _groups(items):
            under_way.append((group, self._threads.submit(self._answer, group, blobs, policy)))
            if len(under_way) > 2 * max(1, self.n_processes):
                asked, future = under_way.popleft()
                yield list(zip(asked, future.result(), strict=True))
        while under_way:
            asked, future = under_way.popleft()
            yield list(zip(asked, future.result(), strict=True))

    def close(self) -> None:
        """End the processes."""
        self._threads.shutdown(wait=True, cancel_futures=True)
        while not self._idle.empty():
            if process := self._idle.get():
                process.close()

    def _answer(
        self, group: Sequence[Item | Skipped], blobs: dict[int, Blob | Skipped], policy: Policy
    ) -> list[Outcome]:
        found: dict[int, Outcome] = {}
        files: dict[int, tuple[str, Blob]] = {}
        for place, item in enumerate(group):
            blob = blobs.get(place, item)
            if isinstance(item, Skipped):
                found[place] = item
            elif isinstance(blob, Skipped):
                found[place] = blob
            elif isinstance(blob, Path | bytes):
                files[place] = (item.name, blob)
            else:
                found[place] = _row(item, policy)
        outcomes = self._decode(list(files.values()), policy) if files else []
        found.update(zip(files, outcomes, strict=True))
        return [found[place] for place in range(len(group))]

    def _decode(self, files: list[tuple[str, Blob]], policy: Policy) -> list[Outcome]:
        if not self.n_processes:
            return [decode(name, blob, policy) for name, blob in files]
        process = self._idle.get()
        try:
            process = process or DecoderProcess()
            return process.decode(files, policy)
        except DecoderCrashed:
            assert process is not None
            process.close()
            process = None
        finally:
            self._idle.put(process)
        if len(files) == 1:
            return [Skipped(files[0][0], "broken", "the decoder crashed on it")]
        # Which one was it? Each gets a process that starts afresh where the one before fell.
        return [outcome for file in files for outcome in self._decode([file], policy)]


def _row(item: Item, policy: Policy) -> Outcome:
    values = np.asarray(item.content)
    try:
        return decode_vector(values) if values.ndim == 1 else decode_array(values, policy)
    except (ValueError, TypeError) as error:
        return Skipped(item.name, "bad-row", str(error))


def _groups(
    items: Iterable[Item | Skipped],
) -> Iterator[tuple[list[Item | Skipped], dict[int, Blob | Skipped]]]:
    """Items in groups of bounded size, with the bytes of those that have to be read here."""
    group: list[Item | Skipped] = []
    blobs: dict[int, Blob | Skipped] = {}
    size = 0
    for item in items:
        if isinstance(item, Item):
            if isinstance(item.content, Path):
                blobs[len(group)] = item.content
            elif callable(item.content):
                blob = blobs[len(group)] = bytes_of(item)
                size += len(blob) if isinstance(blob, bytes) else 0
            else:
                size += item.content.nbytes
        group.append(item)
        if len(group) == ITEMS_AT_ONCE or size > BYTES_AT_ONCE:
            yield group, blobs
            group, blobs, size = [], {}, 0
    if group:
        yield group, blobs


def bytes_of(item: Item) -> bytes | Skipped:
    """What an item's content gives when called."""
    assert callable(item.content)
    try:
        return item.content()
    except Exception as error:  # a damaged archive raises almost anything
        return why_skipped(item.name, error)


def send(stream: IO[bytes], head: Any, blobs: Iterable[bytes]) -> None:
    """Write a JSON object and the bytes that belong to it."""
    text = json.dumps(head).encode()
    stream.write(len(text).to_bytes(8, "little"))
    stream.write(text)
    for blob in blobs:
        stream.write(blob)
    stream.flush()


def receive(stream: IO[bytes]) -> Any:
    """The next JSON object. EOFError at the end."""
    length = int.from_bytes(exactly(stream, 8), "little")
    return json.loads(exactly(stream, length))


def exactly(stream: IO[bytes], n: int) -> bytes:
    """The next n bytes. EOFError if there are fewer."""
    content = stream.read(n)
    if len(content) < n:
        raise EOFError
    return content


def _read_outcome(answer: dict[str, Any], stream: IO[bytes]) -> Outcome:
    if "reason" in answer:
        return Skipped(**answer)
    shape = tuple(answer["shape"])
    pixels = np.frombuffer(exactly(stream, int(np.prod(shape))), np.uint8).reshape(shape)
    return Decoded(
        pixels,
        bytes.fromhex(answer["digest"]),
        answer["height"],
        answer["width"],
        tuple(answer["facts"]),
        exactly(stream, answer["preview"]),
    )


def _as_answer(outcome: Outcome) -> dict[str, Any]:
    if isinstance(outcome, Skipped):
        return asdict(outcome)
    return {
        "shape": outcome.pixels.shape,
        "digest": outcome.digest.hex(),
        "height": outcome.height,
        "width": outcome.width,
        "facts": outcome.facts,
        "preview": len(outcome.preview),
    }


def serve(questions: IO[bytes], answers: IO[bytes]) -> None:
    """Answer until the questions end."""
    while True:
        try:
            question = receive(questions)
            policy = Policy(**question["policy"])
            outcomes = [
                decode(
                    name,
                    Path(blob) if isinstance(blob, str) else exactly(questions, blob),
                    policy,
                )
                for name, blob in question["files"]
            ]
        except EOFError:
            return
        blobs = [
            blob
            for outcome in outcomes
            if isinstance(outcome, Decoded)
            for blob in (outcome.pixels.tobytes(), outcome.preview)
        ]
        send(answers, [_as_answer(outcome) for outcome in outcomes], blobs)


if __name__ == "__main__":
    serve(sys.stdin.buffer, sys.stdout.buffer)
