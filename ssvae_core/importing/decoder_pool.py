"""Processes that decode images, so that the app stays quick and small, and a decoder that crashes
costs one file.
"""

from __future__ import annotations

import os
import queue
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from typing import TypeVar

import numpy as np

from ..data.import_report import Skipped
from ..limits import MB
from .array_decoding import decode_row, look_at_array
from .child import ChildDied
from .decoder import Blob, DecoderProcess, Look, Outcome, decode_blob, look_at_blob
from .decoding import why_skipped
from .items import Item
from .pixel_policy import ImageFacts, Policy

ITEMS_AT_ONCE = 64
BYTES_AT_ONCE = 16 * 2**20
BYTES_UNDER_WAY = 64 * MB  # held by the app for all processes; one item may be more
SMALL_ROW = 2**20  # bytes of an array's row, up to which it is decoded without a process
MOST_PROCESSES = 8

T = TypeVar("T")


class DecoderPool:
    """Decodes in several processes; 0 processes decode in this one. Close it after use.

    Items come back without their content unless it is kept: a large one is let go of early.
    """

    def __init__(self, n_processes: int | None = None, *, keeps_content: bool = False):
        if n_processes is None:
            n_processes = min(os.cpu_count() or 1, MOST_PROCESSES)
        self.n_processes, self._keeps_content = n_processes, keeps_content
        self._threads = ThreadPoolExecutor(max(1, n_processes))
        self._idle: queue.SimpleQueue[DecoderProcess | None] = queue.SimpleQueue()
        for _ in range(n_processes):
            self._idle.put(None)  # started when first needed

    def outcomes(
        self, items: Iterable[Item | Skipped], policy: Policy
    ) -> Iterator[list[tuple[Item | Skipped, Outcome]]]:
        """Each item with what came of it, in order, some at a time; a few groups are under way."""
        yield from self._each(items, lambda group: self._answer(group, policy))

    def looks(self, items: Iterable[Item | Skipped]) -> Iterator[ImageFacts]:
        """What the items are, before they are decoded; nothing of those that are broken."""
        for group in self._each(items, self._look_at):
            yield from (found for _, found in group if found is not None)

    def close(self) -> None:
        """End the processes."""
        self._threads.shutdown(wait=True, cancel_futures=True)
        while not self._idle.empty():
            if process := self._idle.get():
                process.close()

    def _each(
        self, items: Iterable[Item | Skipped], do: Callable[[Portion], list[T]]
    ) -> Iterator[list[tuple[Item | Skipped, T]]]:
        under_way: deque[tuple[Portion, Future[list[T]]]] = deque()
        for group in _groups(items, self._keeps_content):
            under_way.append((group, self._threads.submit(do, group)))
            del group  # a large item is let go of before the next one is read
            while _is_enough(under_way, self.n_processes):
                yield _first(under_way)
        while under_way:
            yield _first(under_way)

    def _answer(self, group: Portion, policy: Policy) -> list[Outcome]:
        found: dict[int, Outcome] = {}
        files: dict[int, tuple[str, Blob]] = {}
        for place, (item, blob) in enumerate(zip(group.items, group.blobs, strict=True)):
            if isinstance(blob, Skipped):
                found[place] = blob
            elif isinstance(blob, np.ndarray) and blob.nbytes <= SMALL_ROW:
                found[place] = decode_row(item.name, blob, policy)
            else:
                files[place] = (item.name, blob)
        outcomes = self._decode(list(files.values()), policy) if files else []
        found.update(zip(files, outcomes, strict=True))
        return [found[place] for place in range(len(group.items))]

    def _look_at(self, group: Portion) -> list[Look]:
        found: dict[int, Look] = {}
        files: dict[int, tuple[str, Blob]] = {}
        for place, (item, blob) in enumerate(zip(group.items, group.blobs, strict=True)):
            if isinstance(blob, Skipped):
                found[place] = None
            elif isinstance(blob, np.ndarray) and blob.nbytes <= SMALL_ROW:
                found[place] = look_at_array(blob)
            else:
                files[place] = (item.name, blob)
        looks = self._look(list(files.values())) if files else []
        found.update(zip(files, looks, strict=True))
        return [found[place] for place in range(len(group.items))]

    def _decode(self, files: list[tuple[str, Blob]], policy: Policy) -> list[Outcome]:
        return self._in_process(
            files,
            here=lambda name, blob: decode_blob(name, blob, policy),
            there=lambda process, some: process.decode(some, policy),
            crashed=lambda name: Skipped(name, "broken", "the decoder crashed on it"),
        )

    def _look(self, files: list[tuple[str, Blob]]) -> list[Look]:
        return self._in_process(
            files, here=look_at_blob, there=DecoderProcess.look, crashed=lambda name: None
        )

    def _in_process(
        self,
        files: list[tuple[str, Blob]],
        here: Callable[[str, Blob], T],
        there: Callable[[DecoderProcess, list[tuple[str, Blob]]], list[T]],
        crashed: Callable[[str], T],
    ) -> list[T]:
        """What a process answers of these; a file on which it crashes costs no other one."""
        if not self.n_processes:
            return [here(name, blob) for name, blob in files]
        process = self._idle.get()
        try:
            process = process or DecoderProcess()
            return there(process, files)
        except ChildDied:
            assert process is not None
            process.close()
            process = None
        finally:
            self._idle.put(process)
        if len(files) == 1:
            return [crashed(files[0][0])]
        # Which one was it? Each gets a process that starts afresh where the one before fell.
        return [found for file in files for found in self._in_process([file], here, there, crashed)]


class Portion:
    """Some items without their content, and their contents; what cannot be read is Skipped."""

    def __init__(self, keeps_content: bool) -> None:
        self._keeps_content = keeps_content
        self.items: list[Item | Skipped] = []
        self.blobs: list[Blob | Skipped] = []
        self.n_bytes = 0  # that are held in memory

    def add(self, item: Item | Skipped) -> None:
        """Read what has to be read here."""
        blob = item if isinstance(item, Skipped) else blob_of(item)
        if isinstance(item, Item) and not self._keeps_content:
            item = replace(item, content=b"")
        self.items.append(item)
        self.blobs.append(blob)
        if isinstance(blob, bytes):
            self.n_bytes += len(blob)
        elif isinstance(blob, np.ndarray):
            self.n_bytes += blob.nbytes

    @property
    def is_full(self) -> bool:
        """Whether no more belongs in it."""
        return len(self.items) == ITEMS_AT_ONCE or self.n_bytes > BYTES_AT_ONCE


def _is_enough(under_way: deque[tuple[Portion, Future[list[T]]]], n_processes: int) -> bool:
    held = sum(group.n_bytes for group, _ in under_way)
    return len(under_way) > 2 * max(1, n_processes) or held > BYTES_UNDER_WAY


def _first(under_way: deque[tuple[Portion, Future[list[T]]]]) -> list[tuple[Item | Skipped, T]]:
    group, future = under_way.popleft()
    return list(zip(group.items, future.result(), strict=True))


def _groups(items: Iterable[Item | Skipped], keeps_content: bool) -> Iterator[Portion]:
    """Items in groups of bounded size."""
    group = Portion(keeps_content)
    for item in items:
        group.add(item)
        del item
        if group.is_full:
            yield group
            group = Portion(keeps_content)
    if group.items:
        yield group


def blob_of(item: Item) -> Blob | Skipped:
    """An item's content, called for where it has to be."""
    if not callable(item.content):
        return item.content
    try:
        return item.content()
    except Exception as error:  # a damaged archive raises almost anything
        return why_skipped(item.name, error)
