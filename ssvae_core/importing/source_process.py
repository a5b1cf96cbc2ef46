"""A source that is opened and read in a process of its own, which may die of what it reads.

A damaged or malicious file costs that process, and the app a sentence. Run as a module, this file
is such a process. Its items come as the source gives them, with the bytes of what has to be read.
"""

from __future__ import annotations

import os
import traceback
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any

import numpy as np

from .. import errors
from ..data.import_report import Skipped
from ..errors import TooLarge, UserError
from ..limits import MB, MOST_ITEM, MOST_MEMORY, confine, cut
from .child import Child, ChildDied, receive, send, streams
from .decoder_pool import blob_of
from .items import Item, Source
from .reading import AS_FOUND, ReadingOption
from .sources import IMPORTERS, open_source
from .value_range import ValueRange

ITEMS_AT_ONCE = 64
BYTES_AT_ONCE = 4 * 2**20
TOLD = ("notes", "class_notes", "above")  # what a source may find while it gives its items
IN_THE_APP = ("hugging-face", "folder")  # they name files, or read by a library of their own


def open_apart(where: str | Path, reading: Mapping[str, str] = AS_FOUND) -> Source:
    """What is there to import, read in a process of its own where it unpacks anything."""
    importer = next((name for name, each in IMPORTERS.items() if each.accepts(str(where))), None)
    if importer is None or importer in IN_THE_APP:
        return open_source(where, reading)
    return SourceProcess(str(where), reading)


class SourceProcess(Source):
    """Any other source, at a distance."""

    def __init__(self, where: str, reading: Mapping[str, str] = AS_FOUND):
        super().__init__(where, reading)
        self._chosen = dict(reading)
        self._child: Child | None = None
        self._is_in_use = False
        about = self._open()
        self.title, self.kind, self.are_folders, self.has_features = (
            about[name] for name in ("title", "kind", "are_folders", "has_features")
        )
        self.class_names, self.columns = tuple(about["class_names"]), tuple(about["columns"])
        self.are_examples = about["are_examples"]
        if shape := about["loadings"]:
            assert self._child is not None
            size = 4 * int(np.prod(shape))
            self.loadings = np.frombuffer(self._child.blob(size), np.float32).reshape(shape)
        self.n_test = about["n_test"]
        self._count, self._values = about["count"], about["values"]
        self.reading.options = [ReadingOption.from_json(each) for each in about["reading"]]

    @staticmethod
    def accepts(where: str) -> bool:
        """It stands for another source, which does."""
        return False

    def count(self) -> int | None:
        """As the source says."""
        return None if self._count is None else int(self._count)

    def value_range(self) -> ValueRange | None:
        """As the source says."""
        return self._values and ValueRange(**self._values)

    def items(self) -> Iterator[Item | Skipped]:
        """Every item, with its bytes where they are not a file's."""
        return self._asked({"n": None})

    def names(self) -> Iterator[str]:
        """Of every item that may be taken; nothing of them is read."""
        named = self._asked({"n": None, "names": True})
        return (item.name for item in named if isinstance(item, Item))

    def some(self, step: int, n: int) -> Iterator[Item | Skipped]:
        """As Source.some; the rest is not read."""
        return self._asked({"step": step, "n": n})

    def close(self) -> None:
        """End the process."""
        if self._child is not None:
            self._child.close()
            self._child = None

    def _open(self) -> dict[str, Any]:
        child = self._child = Child("ssvae_core.importing.source_process")
        try:
            child.ask({"open": self.where, "reading": self._chosen})
            return self._checked(child.answer())
        except ChildDied:
            self.close()
            raise TooLarge(self._why_died()) from None
        except UserError:
            self.close()
            raise

    def _asked(self, question: dict[str, Any]) -> Iterator[Item | Skipped]:
        if self._is_in_use:  # what was asked before was not heard to its end
            self.close()
        if self._child is None:
            self._open()
        assert self._child is not None
        self._is_in_use = True
        within = [os.fsdecode(path) for path in self.within]
        try:
            self._child.ask(question | {"within": within, "known_classes": self.known_classes})
            while group := self._checked(self._child.answer())["items"]:
                for head in group:
                    yield _item(head, self._child)
        except (ChildDied, KeyError, TypeError, ValueError):
            self.close()
            raise TooLarge(self._why_died()) from None
        self._is_in_use = False

    def _checked(self, answer: dict[str, Any]) -> dict[str, Any]:
        for name in TOLD:
            setattr(self, name, answer.get(name, getattr(self, name)))
        if "error" in answer:
            kind = getattr(errors, answer["kind"], UserError)
            raise kind(answer["error"])
        return answer

    def _why_died(self) -> str:
        return (
            f"{Path(self.where).name} could not be read: it is damaged, or unpacks to more than "
            f"{MOST_MEMORY / 1e9:.1f} GB of memory. Save it in smaller rows, or as image files."
        )


def _item(head: dict[str, Any], child: Child) -> Item | Skipped:
    if "reason" in head:
        return Skipped(**head)
    name, class_name = head["name"], head["class"]
    content: Path | bytes | np.ndarray[Any, Any]
    if "path" in head:
        content = Path(head["path"])
    else:
        content = child.blob(head.get("bytes", 0))
        if "dtype" in head:
            content = np.frombuffer(content, head["dtype"]).reshape(head["shape"])
    features = None
    if head.get("features"):
        features = np.frombuffer(child.blob(head["features"]), np.float32)
    columns = None
    if head.get("columns"):
        columns = np.frombuffer(child.blob(head["columns"]), np.float32)
    in_test, domain = head["in_test"], head["domain"]
    return Item(name, content, class_name, features, in_test, domain, columns)


class _Outbox:
    """Items on their way to the app."""

    def __init__(self, answers: IO[bytes], source: Source, has_content: bool):
        self._answers, self._source, self._has_content = answers, source, has_content
        self._heads: list[dict[str, Any]] = []
        self._blobs: list[memoryview] = []
        self._size = 0

    def add(self, item: Item | Skipped) -> None:
        """Send what there is so far when it is enough."""
        blob: Any = item
        if isinstance(item, Item):
            blob = blob_of(item) if self._has_content else b""
        size = getattr(blob, "nbytes", len(blob) if isinstance(blob, bytes) else 0)
        if size > MOST_ITEM:
            blob = Skipped(item.name, "too-large", f"more than {MOST_ITEM // MB} MB unpacked")
        if isinstance(item, Skipped) or isinstance(blob, Skipped):
            skipped = item if isinstance(item, Skipped) else blob
            assert isinstance(skipped, Skipped)
            head = {"name": cut(skipped.name), "detail": cut(skipped.detail)}
            self._heads.append(asdict(skipped) | head)
        else:
            named = {"name": cut(item.name), "class": item.class_name, "in_test": item.in_test}
            self._heads.append(named | {"domain": item.domain and cut(item.domain)})
            self._add_content(blob)
            for name in ("features", "columns") if self._has_content else ():
                self._add_numbers(name, getattr(item, name))
        if len(self._heads) >= ITEMS_AT_ONCE or self._size > BYTES_AT_ONCE:
            self.send()

    def _add_content(self, blob: Path | bytes | np.ndarray[Any, Any]) -> None:
        head = self._heads[-1]
        if isinstance(blob, Path):
            head["path"] = os.fsdecode(blob)
            return
        if isinstance(blob, np.ndarray):
            head |= {"dtype": blob.dtype.str, "shape": blob.shape}
            view = np.ascontiguousarray(blob).data.cast("B")
        else:
            view = memoryview(blob)
        head["bytes"] = len(view)
        self._size += len(view)
        self._blobs.append(view)

    def _add_numbers(self, name: str, numbers: np.ndarray[Any, Any] | None) -> None:
        if numbers is None or not len(numbers):
            return
        view = _bytes_of(numbers)
        self._heads[-1][name] = len(view)
        self._size += len(view)
        self._blobs.append(view)

    def end(self) -> None:
        """Send what is left, and that nothing follows."""
        if self._heads:
            self.send()
        self.send()

    def send(self) -> None:
        """Send what there is; nothing is the end."""
        told = {name: getattr(self._source, name) for name in TOLD}
        send(self._answers, told | {"items": self._heads}, self._blobs)
        self._heads, self._blobs, self._size = [], [], 0


def _about(source: Source) -> dict[str, Any]:
    source.look()
    values = source.value_range() if source.kind == "image" else None
    return {
        **{name: getattr(source, name) for name in TOLD},
        "title": source.title,
        "kind": source.kind,
        "are_folders": source.are_folders,
        "has_features": source.has_features,
        "n_test": source.n_test,
        "class_names": source.class_names,
        "columns": source.columns,
        "are_examples": source.are_examples,
        "loadings": None if source.loadings is None else source.loadings.shape,
        "count": source.count(),
        "reading": [option.to_json() for option in source.reading.options],
        "values": values and asdict(values),
    }


def _bytes_of(numbers: np.ndarray[Any, Any]) -> memoryview:
    return np.ascontiguousarray(numbers, np.float32).data.cast("B")


def _answer(source: Source, question: dict[str, Any], answers: IO[bytes]) -> None:
    source.within = tuple(Path(path) for path in question["within"])
    source.known_classes = tuple(question["known_classes"])
    n, group = question["n"], _Outbox(answers, source, not question.get("names"))
    for item in source.items() if n is None else source.some(question["step"], n):
        group.add(item)
    group.end()


def serve(questions: IO[bytes], answers: IO[bytes]) -> None:
    """Open a source, and give its items as often as they are asked for."""
    source: Source | None = None
    while True:
        try:
            question = receive(questions)
        except EOFError:
            return
        try:
            if source is None:
                source = open_source(question["open"], question["reading"])
                loadings = [] if source.loadings is None else [_bytes_of(source.loadings)]
                send(answers, _about(source), loadings)
            else:
                _answer(source, question, answers)
        except UserError as error:
            send(answers, {"error": str(error), "kind": type(error).__name__})
        except (MemoryError, BrokenPipeError):
            return
        except Exception:  # a bug, or a file that a library stumbles over: the log tells which
            traceback.print_exc()
            return


if __name__ == "__main__":
    confine()
    serve(*streams())
