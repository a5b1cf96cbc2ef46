"""A process that decodes images. Run as a module, this file is that process.

How it is asked and answers, importing/child.py says.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from ..data.import_report import Skipped
from ..limits import confine
from .array_decoding import Decoded, decode_row, look_at_array
from .child import Child, ChildDied, exactly, receive, send, streams
from .decoding import decode, look
from .pixel_policy import ImageFacts, Policy
from .value_range import ValueRange

Blob = Path | bytes | NDArray[Any]
Outcome = Decoded | Skipped
Look = ImageFacts | None


class DecoderProcess(Child):
    """One process, asked by one thread at a time. ChildDied if it does not live to answer."""

    def __init__(self) -> None:
        super().__init__("ssvae_core.importing.decoder")

    def decode(self, files: Sequence[tuple[str, Blob]], policy: Policy) -> list[Outcome]:
        """Decode these."""
        answers = self._asked({"policy": policy.to_json()}, files)
        try:
            return [self._outcome(answer) for answer in answers]
        except (KeyError, TypeError, ValueError) as error:
            raise ChildDied from error

    def look(self, files: Sequence[tuple[str, Blob]]) -> list[Look]:
        """What each of these is."""
        try:
            return [found and _facts(**found) for found in self._asked({}, files)]
        except TypeError as error:
            raise ChildDied from error

    def _asked(self, question: dict[str, Any], files: Sequence[tuple[str, Blob]]) -> list[Any]:
        heads: list[list[Any]] = []
        blobs: list[bytes | memoryview] = []
        for name, blob in files:
            if isinstance(blob, Path):
                heads.append([name, os.fsdecode(blob)])
            elif isinstance(blob, bytes):
                heads.append([name, len(blob)])
                blobs.append(blob)
            else:
                heads.append([name, blob.nbytes, blob.dtype.str, blob.shape])
                blobs.append(np.ascontiguousarray(blob).data.cast("B"))
        self.ask(question | {"files": heads}, blobs)
        answers: list[Any] = self.answer()
        if len(answers) != len(files):
            raise ChildDied
        return answers

    def _outcome(self, answer: dict[str, Any]) -> Outcome:
        if "reason" in answer:
            return Skipped(**answer)
        shape = tuple(answer["shape"])
        pixels = np.frombuffer(self.blob(int(np.prod(shape))), np.uint8).reshape(shape)
        return Decoded(
            pixels,
            bytes.fromhex(answer["digest"]),
            answer["height"],
            answer["width"],
            tuple(answer["facts"]),
            self.blob(answer["preview"]),
        )


def decode_blob(name: str, blob: Blob, policy: Policy) -> Outcome:
    """A file, or a row of an array, as an example."""
    if isinstance(blob, np.ndarray):
        return decode_row(name, blob, policy)
    return decode(name, blob, policy)


def look_at_blob(name: str, blob: Blob) -> Look:
    """What a file, or a row of an array, is."""
    return look_at_array(blob) if isinstance(blob, np.ndarray) else look(name, blob)


def _facts(values: dict[str, Any] | None, **found: Any) -> ImageFacts:
    return ImageFacts(**found, values=ValueRange(**values) if values else None)


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


def _file(questions: IO[bytes], name: str, blob: str | int, *row: Any) -> tuple[str, Blob]:
    if isinstance(blob, str):
        return name, Path(blob)
    content = exactly(questions, blob)
    return name, np.frombuffer(content, row[0]).reshape(row[1]) if row else content


def serve(questions: IO[bytes], answers: IO[bytes]) -> None:
    """Answer until the questions end."""
    while True:
        try:
            question = receive(questions)
            files = [_file(questions, *head) for head in question["files"]]
        except EOFError:
            return
        if "policy" not in question:
            looks = [look_at_blob(*file) for file in files]
            send(answers, [found and asdict(found) for found in looks])
            continue
        policy = Policy(**question["policy"])
        outcomes = [decode_blob(*file, policy) for file in files]
        blobs = [
            blob
            for outcome in outcomes
            if isinstance(outcome, Decoded)
            for blob in (outcome.pixels.tobytes(), outcome.preview)
        ]
        send(answers, [_as_answer(outcome) for outcome in outcomes], blobs)


if __name__ == "__main__":
    confine()
    serve(*streams())
