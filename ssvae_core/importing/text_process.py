"""A process that makes numbers of texts, so that the app stays quick and loads no model.

It is told the encoder, then the texts that it has to learn from where it learns, then texts to
encode, some at a time. Run as a module, this file is such a process.

Letters in shapes: B texts, F features.
"""

from __future__ import annotations

import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from .. import errors
from ..encoders.opening import download_of
from ..encoders.texts import TFIDF, TextEncoder, open_text_encoder
from ..encoders.texts.tfidf import TfidfEncoder
from ..errors import NeedsDownload, Unavailable, UserError
from .child import Child, ChildDied, receive, send, streams

LEARNED_AT_ONCE = 1000  # texts of one message
CHARACTERS_AT_ONCE = 4_000_000  # of one message, at most but for one text


class TextEncoding:
    """An encoder in a process of its own: open it, let it encode, close it."""

    def __init__(self, choice: str):
        self._choice = choice
        self._child = Child("ssvae_core.importing.text_process")
        self.key, self.n_features = "", 0

    def open(self) -> None:
        """Open a model. Raises NeedsDownload or UserError where it cannot be had."""
        self._known(self._asked({"open": self._choice}))

    def load(self, path: Path) -> None:
        """Open what `learn` wrote. UserError where it is damaged."""
        self._known(self._asked({"load": str(path)}))

    def learn(self, texts: Sequence[str], path: Path) -> None:
        """Learn from all of these, and write what was learned. UserError where nothing can be."""
        start = 0
        while start < len(texts):
            some = at_once(texts[start : start + LEARNED_AT_ONCE])
            self._asked({"learn": some})
            start += len(some)
        self._known(self._asked({"learned": str(path)}))

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Texts -> (B, F)."""
        self._asked({"encode": list(texts)})
        content = self._child.blob(len(texts) * self.n_features * 4)
        return np.frombuffer(content, np.float32).reshape(len(texts), self.n_features)

    def close(self) -> None:
        """End the process."""
        self._child.close()

    def _known(self, answer: dict[str, Any]) -> None:
        self.key, self.n_features = answer["key"], answer["n_features"]

    def _asked(self, question: dict[str, Any]) -> dict[str, Any]:
        try:
            self._child.ask(question)
            answer: dict[str, Any] = self._child.answer()
        except ChildDied:
            raise Unavailable(
                f"The encoder '{self._choice}' ended while it encoded texts, most likely because "
                "the memory was full. Import fewer texts at once, or choose another encoder."
            ) from None
        if "error" not in answer:
            return answer
        if answer["kind"] == NeedsDownload.__name__:
            raise NeedsDownload(answer["error"], **answer["download"])
        raise getattr(errors, answer["kind"], UserError)(answer["error"])


def at_once(texts: Sequence[str]) -> list[str]:
    """The first of them, as many as one message holds: one at least."""
    some, n_characters = list[str](), 0
    for text in texts:
        n_characters += len(text)
        if some and n_characters > CHARACTERS_AT_ONCE:
            break
        some.append(text)
    return some


class _Encoder:
    """What answers in the process."""

    def __init__(self) -> None:
        self._encoder: TextEncoder | None = None
        self._texts: list[str] = []

    def answer(self, question: dict[str, Any]) -> tuple[dict[str, Any], list[bytes]]:
        """The answer to one question, and its bytes."""
        if "learn" in question:
            self._texts += question["learn"]
            return {}, []
        if "encode" in question:
            assert self._encoder is not None
            rows = self._encoder.encode(question["encode"])
            return {}, [np.ascontiguousarray(rows, np.float32).tobytes()]
        self._encoder = self._opened(question)
        return {"key": self._encoder.key, "n_features": self._encoder.n_features}, []

    def _opened(self, question: dict[str, Any]) -> TextEncoder:
        if "open" in question:
            return open_text_encoder(question["open"])
        if "load" in question:
            try:
                return TfidfEncoder.load(Path(question["load"]))
            except (OSError, ValueError) as error:
                raise UserError(f"What encodes the texts cannot be read: {error}.") from error
        learned = TfidfEncoder.fitted(self._texts)
        self._texts = []
        learned.save(Path(question["learned"]))
        return learned


def serve(questions: IO[bytes], answers: IO[bytes]) -> None:
    """Answer until the questions end."""
    encoder = _Encoder()
    while True:
        try:
            question = receive(questions)
        except EOFError:
            return
        try:
            send(answers, *encoder.answer(question))
        except NeedsDownload as error:
            said = {"error": str(error), "kind": "NeedsDownload", "download": download_of(error)}
            send(answers, said)
        except UserError as error:
            send(answers, {"error": str(error), "kind": type(error).__name__})
        except Exception as error:  # a library's, of a damaged model or a full memory
            traceback.print_exc()
            send(answers, {"error": f"The encoder failed: {error}.", "kind": "UserError"})


__all__ = ["TFIDF", "TextEncoding", "at_once"]

if __name__ == "__main__":
    serve(*streams())
